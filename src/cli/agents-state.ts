import type { CommandContext } from './command-context.ts';
import { confirmFirst } from './confirmation.ts';
import type { ExitCode } from './exit-codes.ts';

interface Input {
  readonly agent: string;
  readonly yes?: boolean;
}

/** pygent agents enable */
export async function enableAgent(context: CommandContext, { agent: name }: Input): Promise<void> {
  const { client } = await context.connect();
  context.present(await client.agents.enable(name), () => [`Enabled ${name}.`]);
}

/** pygent agents disable */
export async function disableAgent(context: CommandContext, { agent: name }: Input): Promise<void> {
  const { client } = await context.connect();
  context.present(await client.agents.disable(name), () => [`Disabled ${name}; its tasks under way go on.`]);
}

/** pygent agents delete */
export async function deleteAgent(context: CommandContext, { agent: name, yes }: Input): Promise<ExitCode | undefined> {
  const stop = await confirmFirst(context, { question: `Delete ${name} with all its versions?`, yes });
  if (stop !== undefined) return stop;
  const { client } = await context.connect();
  await client.agents.delete(name);
  context.present({ name, deleted: true }, () => [`Deleted ${name}.`]);
  return undefined;
}
