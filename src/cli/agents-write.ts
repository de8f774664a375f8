import { ApiError } from '#contract';

import type { CommandContext } from './command-context.ts';
import { readDefinition } from './definition-file.ts';
import { UsageError } from './usage-error.ts';

interface Input {
  readonly file: string;
  readonly ifVersion?: number;
}

/** pygent agents create */
export async function createAgent(context: CommandContext, { file }: Input): Promise<void> {
  const definition = await readDefinition(context, file);
  const { client } = await context.connect();
  const agent = await client.agents.create(definition);
  context.present(agent, ({ name, version }) => [`Created ${name}@${version}.`]);
}

/** pygent agents update */
export async function updateAgent(context: CommandContext, { file, ifVersion }: Input): Promise<void> {
  const definition = await readDefinition(context, file);
  const { name } = definition as { readonly name: unknown };
  if (typeof name !== 'string' || name === '') throw new UsageError(`${file}: name is missing`);
  const { client } = await context.connect();
  const before = await client.call('agents.get', { params: { name } });
  if (ifVersion !== undefined && before.body.version !== ifVersion) throw changedMeanwhile(name, before.body.version);
  // Without the ETag two updates at once would both succeed, and one of them would be lost from sight.
  const agent = await client.agents.update(name, definition, { ifMatch: before.etag });
  const changed = agent.version !== before.body.version;
  context.present(agent, ({ version }) => [
    changed ? `Updated ${name}: version ${version}.` : `${name}@${version} is like this already.`,
  ]);
}

function changedMeanwhile(name: string, version: number): ApiError {
  return new ApiError({
    status: 412,
    code: 'PRECONDITION_FAILED',
    title: 'It changed since it was read',
    detail: `the newest version of ${name} is ${version}`,
    remedy: `Look at it with \`pygent agents show ${name}\`, and repeat the change.`,
  });
}
