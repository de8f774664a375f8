import type { AgentDefinition, AgentDiff, AgentView } from '#contract';

import type { CallContext } from '../../kernel/call-context.ts';
import { AppError } from '../../kernel/errors.ts';
import type { TenantId } from '../../kernel/ids.ts';
import { invalidInput } from '../../kernel/parse-input.ts';
import type { EventStore } from '../../kernel/ports/event-store.ts';
import type { AgentCommand } from './agent.ts';
import { type AgentChange, AgentChanges } from './agent-changes.ts';
import { diffDefinitions } from './agent-diff.ts';
import { createAgentDirectory } from './agent-directory.ts';
import type { AgentQueries, Revised } from './agent-queries.ts';
import { DEFINITION } from './parse-agent.ts';
import { type DefinitionDependencies, validateDefinition } from './validate-definition.ts';

/** The registry of agents: the commands, and the questions of `AgentQueries`. */
export interface AgentService extends Pick<AgentQueries, 'list' | 'get' | 'versions' | 'version'> {
  /** @throws AppError AGENT_EXISTS, and those of `validateDefinition` */
  create(context: CallContext, definition: AgentDefinition): Promise<Revised<AgentView>>;
  /**
   * Makes a new version, unless the definition equals the newest.
   * @throws AppError AGENT_NOT_FOUND, PRECONDITION_FAILED, CONCURRENCY_CONFLICT (somebody else
   *   changed the agent meanwhile), and those of `validateDefinition`
   */
  update(
    context: CallContext,
    change: AgentChange & { readonly definition: AgentDefinition },
  ): Promise<Revised<AgentView>>;
  /**
   * Deletes an agent. Its versions stay readable for the executions pinned to them, and an agent
   * created again under its name goes on counting them.
   * @throws AppError AGENT_NOT_FOUND, AGENT_IN_USE, PRECONDITION_FAILED, CONCURRENCY_CONFLICT
   */
  delete(context: CallContext, change: AgentChange): Promise<void>;
  /** `from` and `to` are versions or aliases. @throws AppError AGENT_NOT_FOUND, AGENT_VERSION_NOT_FOUND */
  diff(context: CallContext, name: string, between: { readonly from: string; readonly to: string }): Promise<AgentDiff>;
  /** @throws AppError AGENT_NOT_FOUND, AGENT_VERSION_NOT_FOUND, AGENT_ALIAS_RESERVED, PRECONDITION_FAILED */
  setAlias(
    context: CallContext,
    change: AgentChange & { readonly alias: string; readonly version: number },
  ): Promise<Revised<AgentView>>;
  /** `live` is not removed, but follows the newest version again. @throws AppError AGENT_NOT_FOUND, AGENT_VERSION_NOT_FOUND */
  deleteAlias(context: CallContext, change: AgentChange & { readonly alias: string }): Promise<void>;
  /** Tasks under way go on. @throws AppError AGENT_NOT_FOUND, PRECONDITION_FAILED */
  disable(context: CallContext, change: AgentChange): Promise<Revised<AgentView>>;
  /** @throws AppError AGENT_NOT_FOUND, PRECONDITION_FAILED */
  enable(context: CallContext, change: AgentChange): Promise<Revised<AgentView>>;
}

export interface AgentServiceDependencies extends Omit<DefinitionDependencies, 'lookup'> {
  readonly eventStore: EventStore;
  readonly queries: AgentQueries;
  /** How many tasks of the agent are not over. */
  readonly unfinishedTasks: (tenantId: TenantId, name: string) => Promise<number>;
}

export function createAgentService(dependencies: AgentServiceDependencies): AgentService {
  const { queries, eventStore, unfinishedTasks } = dependencies;
  const directory = createAgentDirectory({ lookup: queries, mostCachedCharacters: 0 });
  const changes = new AgentChanges({ eventStore, lookup: queries });
  const validate = async ({ tenantId }: CallContext, definition: AgentDefinition) =>
    validateDefinition({ ...dependencies, lookup: queries }, { tenantId, definition });
  const change = async (context: CallContext, { ifRevision, ...command }: AgentCommand & AgentChange) => {
    const before = await changes.current(context, { name: command.name, ifRevision });
    return changes.apply(context, { before, command, ifRevision });
  };

  return {
    ...queries,
    create: async (context, definition) => changes.create(context, await validate(context, definition)),
    async update(context, { name, definition, ifRevision }) {
      const before = await changes.current(context, { name, ifRevision });
      if (definition.name !== name) throw renamed(name, definition.name);
      const command = { type: 'UpdateAgent', name, definition: await validate(context, definition) } as const;
      return changes.apply(context, { before, command, ifRevision, exclusive: true });
    },
    async delete(context, { name, ifRevision }) {
      const before = await changes.current(context, { name, ifRevision });
      const [delegators, tasks] = await Promise.all([
        queries.delegatorsOf(context.tenantId, name),
        unfinishedTasks(context.tenantId, name),
      ]);
      if (delegators.length > 0 || tasks > 0) throw inUse(name, { delegators, tasks });
      await changes.delete(context, { before, ifRevision });
    },
    // oxlint-disable-next-line max-params -- an agent, and what to compare of it
    async diff({ tenantId }, name, { from, to }) {
      const before = await directory.resolve(tenantId, `${name}@${from}`);
      const after = await directory.resolve(tenantId, `${name}@${to}`);
      return {
        name,
        from: before.version,
        to: after.version,
        changes: diffDefinitions(before.definition, after.definition),
      };
    },
    setAlias: async (context, request) => change(context, { type: 'SetAgentAlias', ...request }),
    async deleteAlias(context, request) {
      await change(context, { type: 'RemoveAgentAlias', ...request });
    },
    disable: async (context, request) => change(context, { type: 'DisableAgent', ...request }),
    enable: async (context, request) => change(context, { type: 'EnableAgent', ...request }),
  };
}

function renamed(name: string, wanted: string): AppError {
  const message = `is ${JSON.stringify(wanted)}, but the agent is ${JSON.stringify(name)}; an agent cannot be renamed`;
  return invalidInput(DEFINITION, [{ path: 'name', message }]);
}

function inUse(
  name: string,
  { delegators, tasks }: { readonly delegators: readonly string[]; readonly tasks: number },
): AppError {
  const uses = [
    ...(delegators.length === 0 ? [] : [`${delegators.join(', ')} may delegate to it`]),
    ...(tasks === 0 ? [] : [`${tasks} of its tasks ${tasks === 1 ? 'is' : 'are'} not over`]),
  ];
  return new AppError('AGENT_IN_USE', `agent ${name} cannot be deleted: ${uses.join(', and ')}`, {
    details: { agent: name, delegators, unfinishedTasks: tasks },
  });
}
