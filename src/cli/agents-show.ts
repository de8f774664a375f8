import { type AgentDefinition, ApiError, type AgentVersionView, type AgentView, type Client } from '#contract';
import { stringify } from 'yaml';

import { parseAgentReference } from './agent-reference.ts';
import type { CommandContext, Layout } from './command-context.ts';
import { formatTime } from './formats.ts';
import { readableText } from './readable.ts';
import { paintState } from './state-paint.ts';

interface Input {
  readonly agent: string;
  readonly yaml?: boolean;
}

/** pygent agents show */
export async function showAgent(context: CommandContext, { agent: reference, yaml }: Input): Promise<void> {
  const { client } = await context.connect();
  const { name, version } = parseAgentReference(reference);
  const agent = await client.agents.get(name);
  const shown = version === undefined ? undefined : await findVersion(client, { agent, version });
  if (yaml === true) {
    context.surroundings.stdout.write(readableText(definitionYaml((shown ?? agent).definition, 0)));
    return;
  }
  if (shown === undefined) context.present(agent, agentLines);
  else context.present(shown, versionLines);
}

async function findVersion(
  client: Client,
  { agent, version }: { agent: AgentView; version: string },
): Promise<AgentVersionView> {
  const number = /^\d+$/.test(version) ? Number(version) : agent.aliases[version];
  if (number !== undefined) return client.agents.version(agent.name, number);
  const known = Object.keys(agent.aliases).join(', ');
  throw new ApiError({
    status: 404,
    code: 'AGENT_VERSION_NOT_FOUND',
    title: 'No such version or alias of the agent',
    detail: `${agent.name} has no alias ${version}; there are ${known}`,
  });
}

function agentLines(agent: AgentView, layout: Layout): readonly string[] {
  const { style } = layout;
  const aliases = Object.entries(agent.aliases).map(([alias, version]) => `${alias} → ${version}`);
  return [
    `${style.bold(`${agent.name}@${agent.version}`)}  ${paintState(style, agent.status)}`,
    style.dim(`aliases ${aliases.join(', ')}`),
    style.dim(`created ${formatTime(agent.createdAt)}, changed ${formatTime(agent.updatedAt)}`),
    '',
    ...definitionLines(agent.definition, layout),
  ];
}

function versionLines(version: AgentVersionView, layout: Layout): readonly string[] {
  const { style } = layout;
  return [
    style.bold(`${version.name}@${version.version}`),
    style.dim(`aliases ${version.aliases.length === 0 ? 'none' : version.aliases.join(', ')}`),
    style.dim(`created ${formatTime(version.createdAt)} by ${version.createdBy}`),
    style.dim(`hash ${version.hash}`),
    '',
    ...definitionLines(version.definition, layout),
  ];
}

/** The definition as YAML, its keys set off. */
function definitionLines(definition: AgentDefinition, { style, width }: Layout): readonly string[] {
  return definitionYaml(definition, width ?? 0)
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/^[A-Za-z]\w*:/, (key) => style.bold(key)));
}

function definitionYaml(definition: AgentDefinition, lineWidth: number): string {
  return stringify(filled(definition), { lineWidth });
}

/** What is empty says nothing, and is left out; inside of a schema it may say something. */
function filled(definition: AgentDefinition): object {
  const { name, parameters } = definition.strategy;
  const strategy = isEmpty(parameters) ? { name } : definition.strategy;
  return Object.fromEntries(
    Object.entries({ ...definition, strategy }).filter(([, value]: [string, unknown]) => !isEmpty(value)),
  );
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === '') return true;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
