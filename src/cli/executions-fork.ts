import type { CommandContext } from './command-context.ts';

interface Input {
  readonly execution: string;
  readonly at: string;
  readonly input?: string;
  readonly agent?: string;
}

/** pygent executions fork */
export async function forkExecution(context: CommandContext, { execution, at, input, agent }: Input): Promise<void> {
  const { client } = await context.connect();
  const fork = await client.executions.fork(execution, {
    at,
    ...(input === undefined ? {} : { input }),
    ...(agent === undefined ? {} : { agent }),
  });
  context.present(fork, ({ id }) => [id]);
  if (context.json) return;
  context.tell(context.noticeStyle.dim(`Forked at step ${at}. Look at it with \`pygent executions show ${fork.id}\`.`));
}
