import type { CommandContext } from './command-context.ts';
import { UsageError } from './usage-error.ts';

interface Input {
  readonly agent: string;
  readonly alias: string;
  readonly version?: number;
  readonly remove?: boolean;
}

/** pygent agents alias */
export async function aliasAgent(context: CommandContext, input: Input): Promise<void> {
  const { agent: name, alias, version } = input;
  if ((input.remove === true) === (version !== undefined)) {
    throw new UsageError('name a version to point the alias to, or --remove');
  }
  const { client } = await context.connect();
  if (version === undefined) {
    await client.agents.deleteAlias(name, alias);
    context.present({ name, alias, removed: true }, () => [`Removed ${name}@${alias}.`]);
    return;
  }
  const agent = await client.agents.setAlias(name, { alias, version });
  context.present(agent, () => [`${name}@${alias} is version ${version} now.`]);
}
