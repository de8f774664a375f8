import type { AgentDefinition } from '#contract';

import { AppError } from '../../kernel/errors.ts';
import type { TenantId } from '../../kernel/ids.ts';
import { LIVE } from './agent.ts';
import { versionNotFound } from './agent-errors.ts';
import type { AgentLookup, AgentRecord } from './agent-queries.ts';
import { DefinitionCache } from './definition-cache.ts';
import { existingAgent } from './existing-agent.ts';

/** An agent at one of its versions. */
export interface ResolvedAgent {
  readonly name: string;
  readonly version: number;
  readonly definition: AgentDefinition;
  readonly status: 'enabled' | 'disabled';
}

/** Where the runtime finds the agents it runs. */
export interface AgentDirectory {
  /**
   * The agent that `name`, `name@3` or `name@alias` means at this moment; a bare name is
   * `name@live`. A disabled agent is found too.
   * @throws AppError AGENT_NOT_FOUND, AGENT_VERSION_NOT_FOUND
   */
  resolve(tenantId: TenantId, reference: string): Promise<ResolvedAgent>;
  /**
   * The definition of a version, also where the agent has been deleted since.
   * @throws AppError AGENT_VERSION_NOT_FOUND
   */
  version(tenantId: TenantId, name: string, version: number): Promise<AgentDefinition>;
}

export interface AgentDirectoryDependencies {
  readonly lookup: AgentLookup;
  /** Most characters of definitions kept in memory, as JSON; 16 Mi unless given. */
  readonly mostCachedCharacters?: number;
}

const MOST_CACHED_CHARACTERS = 16_777_216;

/** What a name means is read each time; what a version says never changes and is kept. */
export function createAgentDirectory(dependencies: AgentDirectoryDependencies): AgentDirectory {
  const { lookup, mostCachedCharacters = MOST_CACHED_CHARACTERS } = dependencies;
  const cache = new DefinitionCache(mostCachedCharacters);

  const directory: AgentDirectory = {
    async resolve(tenantId, reference) {
      const { name, wanted } = parseReference(reference);
      const agent = await existingAgent(lookup, { tenantId, name });
      const version = versionOf(agent, wanted);
      const definition = await directory.version(tenantId, name, version);
      return { name, version, definition, status: agent.status };
    },
    // oxlint-disable-next-line max-params -- the three words of `tenant name@version`
    async version(tenantId, name, version) {
      const key = `${tenantId}/${name}@${version}`;
      const known = cache.get(key);
      if (known !== undefined) return known;
      const definition = await lookup.definition(tenantId, { name, version });
      if (definition === undefined) {
        throw new AppError('AGENT_VERSION_NOT_FOUND', `there is no version ${version} of an agent named ${name}`, {
          details: { agent: name, wanted: version },
        });
      }
      cache.set(key, definition);
      return definition;
    },
  };
  return directory;
}

function parseReference(reference: string): { readonly name: string; readonly wanted: string } {
  const at = reference.indexOf('@');
  return at === -1
    ? { name: reference, wanted: LIVE }
    : { name: reference.slice(0, at), wanted: reference.slice(at + 1) };
}

/** The version that a number or an alias means. @throws AppError AGENT_VERSION_NOT_FOUND */
export function versionOf(agent: AgentRecord, wanted: string): number {
  if (/^\d{1,16}$/.test(wanted)) {
    const version = Number(wanted);
    if (version >= 1 && version <= agent.version) return version;
    throw versionNotFound({ ...agent, wanted: version });
  }
  const version = Object.hasOwn(agent.aliases, wanted) ? agent.aliases[wanted] : undefined;
  if (version === undefined) throw versionNotFound({ ...agent, wanted });
  return version;
}
