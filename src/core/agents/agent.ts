import { type AgentDefinition, agentNameSchema } from '#contract';

import type { Decider } from '../../kernel/decider.ts';
import { AppError } from '../../kernel/errors.ts';
import type { DomainEvent } from '../../kernel/event.ts';
import type { TenantId } from '../../kernel/ids.ts';
import { jsonHash } from '../../utils/content-hash.ts';
import { agentNotFound, versionNotFound } from './agent-errors.ts';

interface NewVersion {
  readonly name: string;
  readonly version: number;
  readonly definition: AgentDefinition;
  /** SHA-256 of the definition's canonical JSON. */
  readonly hash: string;
}
interface Named {
  readonly name: string;
}

export type AgentCreated = DomainEvent<'AgentCreated', NewVersion>;
export type AgentVersionCreated = DomainEvent<'AgentVersionCreated', NewVersion>;
export type AgentAliasSet = DomainEvent<'AgentAliasSet', Named & { readonly alias: string; readonly version: number }>;
export type AgentAliasRemoved = DomainEvent<'AgentAliasRemoved', Named & { readonly alias: string }>;
export type AgentDisabled = DomainEvent<'AgentDisabled', Named>;
export type AgentEnabled = DomainEvent<'AgentEnabled', Named>;
export type AgentDeleted = DomainEvent<'AgentDeleted', Named>;

export type AgentEvent =
  | AgentCreated
  | AgentVersionCreated
  | AgentAliasSet
  | AgentAliasRemoved
  | AgentDisabled
  | AgentEnabled
  | AgentDeleted;

export type AgentCommand =
  | { readonly type: 'CreateAgent' | 'UpdateAgent'; readonly name: string; readonly definition: AgentDefinition }
  | { readonly type: 'SetAgentAlias'; readonly name: string; readonly alias: string; readonly version: number }
  | { readonly type: 'RemoveAgentAlias'; readonly name: string; readonly alias: string }
  | { readonly type: 'DisableAgent' | 'EnableAgent' | 'DeleteAgent'; readonly name: string };

/** What bounds one execution. */
export type Limits = AgentDefinition['limits'];

/** The alias that a bare name means. */
export const LIVE = 'live';

/**
 * A name and what it stands for: none → enabled ⇄ disabled → deleted → enabled (created again).
 * Versions are counted for the name, not for one life of it, so that a version means the same
 * definition for ever.
 */
export interface AgentAggregate {
  readonly status: 'none' | 'enabled' | 'disabled' | 'deleted';
  /** The newest version; 0 before the first. */
  readonly version: number;
  /** Of the newest version. */
  readonly definition?: AgentDefinition;
  readonly hash?: string;
  /** The aliases that were set; `live` is not among them while it follows the newest version. */
  readonly aliases: Readonly<Record<string, number>>;
}

export const agentDecider: Decider<AgentAggregate, AgentCommand, AgentEvent> = {
  initialState: () => ({ status: 'none', version: 0, aliases: {} }),
  decide,
  evolve,
};

/** The stream of one agent. A name holds no slash, so no two agents share one. */
export const agentStream = (tenantId: TenantId, name: string): string => `agent-${tenantId}/${name}`;

/** All aliases with the versions they point to, `live` first. */
export function aliasesOf(agent: Pick<AgentAggregate, 'version' | 'aliases'>): Record<string, number> {
  const others = Object.entries(agent.aliases).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return { [LIVE]: agent.version, ...Object.fromEntries(others) };
}

function decide(agent: AgentAggregate, command: AgentCommand): readonly AgentEvent[] {
  const { name } = command;
  const exists = agent.status === 'enabled' || agent.status === 'disabled';
  if (command.type === 'CreateAgent') {
    if (!exists) return [{ type: 'AgentCreated', data: newVersion(agent, command) }];
    throw new AppError('AGENT_EXISTS', `there is an agent named ${name} already`, { details: { agent: name } });
  }
  if (!exists) throw agentNotFound(name);
  switch (command.type) {
    case 'UpdateAgent': {
      const data = newVersion(agent, command);
      return data.hash === agent.hash ? [] : [{ type: 'AgentVersionCreated', data }];
    }
    case 'SetAgentAlias':
      return setAlias(agent, command);
    case 'RemoveAgentAlias':
      return removeAlias(agent, command);
    case 'DisableAgent':
      return agent.status === 'disabled' ? [] : [{ type: 'AgentDisabled', data: { name } }];
    case 'EnableAgent':
      return agent.status === 'enabled' ? [] : [{ type: 'AgentEnabled', data: { name } }];
    default:
      command.type satisfies 'DeleteAgent';
      return [{ type: 'AgentDeleted', data: { name } }];
  }
}

function newVersion(
  agent: AgentAggregate,
  { name, definition }: { readonly name: string; readonly definition: AgentDefinition },
): NewVersion {
  return { name, version: agent.version + 1, definition, hash: jsonHash(definition) };
}

type AliasCommand<Type> = Extract<AgentCommand, { type: Type }>;

function setAlias(agent: AgentAggregate, command: AliasCommand<'SetAgentAlias'>): readonly AgentEvent[] {
  const { name, alias, version } = command;
  if (!agentNameSchema.safeParse(alias).success) {
    throw new AppError(
      'AGENT_ALIAS_RESERVED',
      `${JSON.stringify(alias.slice(0, 64))} is not an alias: use lower-case letters, digits and single hyphens, beginning with a letter`,
      { details: { errors: [{ path: 'alias', message: 'is not a name' }] } },
    );
  }
  if (!Number.isInteger(version) || version < 1 || version > agent.version) {
    throw versionNotFound({ name, wanted: version, version: agent.version, aliases: aliasesOf(agent) });
  }
  const before = Object.hasOwn(agent.aliases, alias) ? agent.aliases[alias] : undefined;
  return before === version ? [] : [{ type: 'AgentAliasSet', data: { name, alias, version } }];
}

/** Removing `live` makes it follow the newest version again; it is never gone. */
function removeAlias(agent: AgentAggregate, command: AliasCommand<'RemoveAgentAlias'>): readonly AgentEvent[] {
  const { name, alias } = command;
  if (Object.hasOwn(agent.aliases, alias)) return [{ type: 'AgentAliasRemoved', data: { name, alias } }];
  if (alias === LIVE) return [];
  throw versionNotFound({ name, wanted: alias, version: agent.version, aliases: aliasesOf(agent) });
}

function evolve(agent: AgentAggregate, event: AgentEvent): AgentAggregate {
  switch (event.type) {
    case 'AgentCreated': {
      const { version, definition, hash } = event.data;
      return { status: 'enabled', version, definition, hash, aliases: {} };
    }
    case 'AgentVersionCreated': {
      const { version, definition, hash } = event.data;
      return { ...agent, version, definition, hash };
    }
    case 'AgentAliasSet':
      return { ...agent, aliases: { ...agent.aliases, [event.data.alias]: event.data.version } };
    case 'AgentAliasRemoved': {
      const { [event.data.alias]: _removed, ...aliases } = agent.aliases;
      return { ...agent, aliases };
    }
    case 'AgentDisabled':
      return { ...agent, status: 'disabled' };
    case 'AgentEnabled':
      return { ...agent, status: 'enabled' };
    case 'AgentDeleted':
      return { status: 'deleted', version: agent.version, aliases: {} };
    default:
      event satisfies never;
      return agent;
  }
}
