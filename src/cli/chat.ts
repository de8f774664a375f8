import type { CommandContext } from './command-context.ts';
import type { Connection } from './connection.ts';
import { EXIT_CODES, type ExitCode } from './exit-codes.ts';
import { chatLines } from './chat-lines.ts';
import { runTask } from './run-task.ts';
import { taskRequest, type TaskOptions } from './task-request.ts';

const HELP = '/new begins another conversation, /exit or Ctrl-D ends. Ctrl-C cancels an answer.';

/** pygent chat: 0, or the code of the last turn that did not complete. */
export async function chat(context: CommandContext, options: TaskOptions): Promise<ExitCode> {
  const connection = await context.connect();
  const { name, version } = await connection.client.agents.get(options.agent.split('@', 1)[0] ?? '');
  if (context.interactive) {
    context.tell(`${context.noticeStyle.bold(`${name}@${version}`)}  ${context.noticeStyle.dim(HELP)}`);
  }
  const lines = chatLines(context);
  let exitCode: ExitCode = EXIT_CODES.ok.code;
  let conversation = options.conversation;
  for await (const line of lines) {
    if (line === '/exit' || line === '/quit') break;
    if (line === '/new') {
      conversation = undefined;
      context.tell(context.noticeStyle.dim('A new conversation.'));
    } else if (line === '/help') context.tell(context.noticeStyle.dim(HELP));
    else if (/^\/[a-z]+$/.test(line)) context.tell(`There is no ${line}. ${HELP}`);
    else {
      const turn = await takeTurn({ context, connection, options: { ...options, conversation }, line });
      conversation = turn.conversationId ?? conversation;
      if (turn.exitCode !== EXIT_CODES.ok.code) exitCode = turn.exitCode;
    }
  }
  if (conversation !== undefined && context.interactive) {
    context.tell(context.noticeStyle.dim(`Go on with: pygent chat ${options.agent} --conversation ${conversation}`));
  }
  return exitCode;
}

interface Turn {
  readonly context: CommandContext;
  readonly connection: Connection;
  readonly options: Omit<TaskOptions, 'conversation'> & { readonly conversation: string | undefined };
  readonly line: string;
}

async function takeTurn({ context, connection, options, line }: Turn) {
  const { conversation, ...others } = options;
  const request = taskRequest(context.surroundings, {
    ...others,
    input: line,
    ...(conversation === undefined ? {} : { conversation }),
  });
  const { task, exitCode } = await runTask({ context, connection, request });
  if (context.json) context.dataLine(task);
  return { conversationId: task.conversationId, exitCode };
}
