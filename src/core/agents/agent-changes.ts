import type { AgentDefinition, AgentView } from '#contract';

import type { CallContext } from '../../kernel/call-context.ts';
import { CommandHandler, type Handled } from '../../kernel/command-handler.ts';
import { AppError } from '../../kernel/errors.ts';
import type { EventStore } from '../../kernel/ports/event-store.ts';
import {
  type AgentAggregate,
  type AgentCommand,
  agentDecider,
  type AgentEvent,
  agentStream,
  aliasesOf,
} from './agent.ts';
import type { AgentLookup, AgentRecord, Revised } from './agent-queries.ts';
import { existingAgent } from './existing-agent.ts';

/** Which agent to change, and the revision it must be at. */
export interface AgentChange {
  readonly name: string;
  /** PRECONDITION_FAILED where the agent is at another. */
  readonly ifRevision?: number | undefined;
}

export interface ApplyChange {
  readonly before: AgentRecord;
  readonly command: AgentCommand;
  /** The caller's own condition. */
  readonly ifRevision?: number | undefined;
  /** Whether a change that came between `before` and this one is a conflict; else this one is made on top. */
  readonly exclusive?: boolean;
}

/** Sends the commands on agents to their streams. */
export class AgentChanges {
  readonly #handler: CommandHandler<AgentAggregate, AgentCommand, AgentEvent>;
  readonly #lookup: AgentLookup;

  constructor({ eventStore, lookup }: { readonly eventStore: EventStore; readonly lookup: AgentLookup }) {
    this.#handler = new CommandHandler(eventStore, agentDecider);
    this.#lookup = lookup;
  }

  /** The agent to change. @throws AppError AGENT_NOT_FOUND, PRECONDITION_FAILED */
  async current({ tenantId }: CallContext, { name, ifRevision }: AgentChange): Promise<AgentRecord> {
    const found = await existingAgent(this.#lookup, { tenantId, name });
    if (ifRevision !== undefined && ifRevision !== found.revision) throw changedSince(name, { ifRevision });
    return found;
  }

  /** @throws AppError AGENT_EXISTS, also for the later of two at once */
  async create(context: CallContext, definition: AgentDefinition): Promise<Revised<AgentView>> {
    const handled = await this.#handle(context, { type: 'CreateAgent', name: definition.name, definition });
    const at = handled.events[0]?.recordedAt ?? context.clock.now();
    return revised(handled, { createdAt: at, updatedAt: at });
  }

  /** The agent as this very change left it. @throws AppError PRECONDITION_FAILED, CONCURRENCY_CONFLICT */
  async apply(context: CallContext, change: ApplyChange): Promise<Revised<AgentView>> {
    const { before } = change;
    const handled = await this.#applied(context, change);
    const updatedAt = handled.events.at(-1)?.recordedAt ?? before.updatedAt;
    return revised(handled, { createdAt: before.createdAt, updatedAt });
  }

  /** @throws AppError PRECONDITION_FAILED, CONCURRENCY_CONFLICT */
  async delete(context: CallContext, change: Omit<ApplyChange, 'command' | 'exclusive'>): Promise<void> {
    const command = { type: 'DeleteAgent', name: change.before.name } as const;
    await this.#applied(context, { ...change, command, exclusive: true });
  }

  async #applied(context: CallContext, change: ApplyChange): Promise<Handled<AgentAggregate>> {
    const { before, command, ifRevision, exclusive = false } = change;
    try {
      return await this.#handle(context, command, ifRevision ?? (exclusive ? before.revision : undefined));
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'CONCURRENCY_CONFLICT') throw error;
      throw changedSince(before.name, { ifRevision, cause: error });
    }
  }

  // oxlint-disable-next-line max-params -- who, what, and on which version
  async #handle(
    context: CallContext,
    command: AgentCommand,
    expectedVersion?: number,
  ): Promise<Handled<AgentAggregate>> {
    const { tenantId, principal, traceId } = context;
    return this.#handler.handle({
      streamId: agentStream(tenantId, command.name),
      tenantId,
      metadata: { actor: principal.id, correlationId: command.name, traceId },
      command,
      ...(expectedVersion === undefined ? {} : { expectedVersion }),
    });
  }
}

function changedSince(
  name: string,
  { ifRevision, cause }: { readonly ifRevision: number | undefined; readonly cause?: unknown },
): AppError {
  const options = { details: { agent: name }, ...(cause === undefined ? {} : { cause }) };
  return ifRevision === undefined
    ? new AppError('CONCURRENCY_CONFLICT', `agent ${name} was changed by somebody else at the same time`, options)
    : new AppError('PRECONDITION_FAILED', `agent ${name} is no longer at revision ${ifRevision}`, options);
}

function revised(
  { state, version: revision }: Handled<AgentAggregate>,
  { createdAt, updatedAt }: { readonly createdAt: Date; readonly updatedAt: Date },
): Revised<AgentView> {
  const { definition, version } = state;
  if (definition === undefined) throw new AppError('INTERNAL', 'an agent that is there has no definition');
  const { name, description, tags, capabilities } = definition;
  const view: AgentView = {
    name,
    version,
    description,
    tags,
    capabilities,
    definition,
    status: state.status === 'disabled' ? 'disabled' : 'enabled',
    aliases: aliasesOf(state),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
  return { view, revision };
}
