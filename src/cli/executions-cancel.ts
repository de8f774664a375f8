import type { CommandContext } from './command-context.ts';

interface Input {
  readonly execution: string;
  readonly reason?: string;
}

/** pygent executions cancel */
export async function cancelExecution(context: CommandContext, { execution: id, reason }: Input): Promise<void> {
  const { client } = await context.connect();
  const execution = await client.executions.cancel(id, reason === undefined ? {} : { reason });
  context.present(execution, () => [`Canceled ${id}.`]);
}
