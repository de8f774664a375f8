import type { CommandContext } from './command-context.ts';

interface Input {
  readonly task: string;
  readonly reason?: string;
}

/** pygent tasks cancel */
export async function cancelTask(context: CommandContext, { task: id, reason }: Input): Promise<void> {
  const { client } = await context.connect();
  const task = await client.tasks.cancel(id, reason === undefined ? {} : { reason });
  context.present(task, () => [`Canceled ${id}.`]);
}
