import { FINAL_TASK_STATES } from '#contract';

import type { CommandContext } from './command-context.ts';
import { eventLine } from './event-lines.ts';
import { EXIT_CODES, type ExitCode } from './exit-codes.ts';
import { followStream } from './follow-stream.ts';
import { readable } from './readable.ts';

interface Input {
  readonly task: string;
  readonly after?: string;
}

/** pygent tasks events: durable events as they are stored; with --json what is not kept, too. */
export async function followEvents(context: CommandContext, { task, after }: Input): Promise<ExitCode> {
  const connection = await context.connect();
  let ended = false;
  await followStream(context, connection, async (signal) => {
    for await (const item of connection.client.tasks.events(task, { after, signal })) {
      if (context.json) context.dataLine(item);
      else if (item.kind === 'event') context.print(eventLine(readable(item.event), context.layout));
      else if (item.kind === 'end') context.tell(context.noticeStyle.dim(`The task is ${item.end.state}.`));
      ended = item.kind === 'end' && FINAL_TASK_STATES.includes(item.end.state);
    }
  });
  return ended ? EXIT_CODES.ok.code : EXIT_CODES.interrupted.code;
}
