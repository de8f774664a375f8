import type {
  AgentDefinition,
  AgentSummary,
  AgentVersionSummary,
  AgentVersionView,
  AgentView,
  ListAgentsQuery,
} from '#contract';

import type { CallContext } from '../../kernel/call-context.ts';
import type { TenantId } from '../../kernel/ids.ts';
import type { Page, PageRequest } from '../../kernel/page.ts';

/** An agent, and the mark of its state: equal marks, equal state. */
export interface Revised<View> {
  readonly view: View;
  /** Version of its stream. */
  readonly revision: number;
}

/** An agent without its definition. */
export interface AgentRecord {
  readonly name: string;
  /** The newest version; all from 1 on are there. */
  readonly version: number;
  readonly status: 'enabled' | 'disabled';
  /** `live` is always among them. */
  readonly aliases: Readonly<Record<string, number>>;
  /** Version of its stream. */
  readonly revision: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What the registry and the runtime look up; never behind the log. */
export interface AgentLookup {
  find(tenantId: TenantId, name: string): Promise<AgentRecord | undefined>;
  /** Of any version there ever was, those of deleted agents too. */
  definition(
    tenantId: TenantId,
    at: { readonly name: string; readonly version: number },
  ): Promise<AgentDefinition | undefined>;
  /** The names of agents, 1,000 at most, to suggest one from. */
  names(tenantId: TenantId): Promise<readonly string[]>;
  /**
   * To whom the agents of these names delegate, in their newest version or one that an alias
   * points to; a name that there is no agent of is left out.
   */
  delegatesOf(tenantId: TenantId, names: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Enabled agents other than this one that delegate to it, in a version as in `delegatesOf`. */
  delegatorsOf(tenantId: TenantId, name: string): Promise<readonly string[]>;
}

/** The questions about agents. */
export interface AgentQueries extends AgentLookup {
  /** By name. @throws AppError CURSOR_INVALID */
  list(context: CallContext, query: ListAgentsQuery): Promise<Page<AgentSummary>>;
  /** With the newest definition. @throws AppError AGENT_NOT_FOUND */
  get(context: CallContext, name: string): Promise<Revised<AgentView>>;
  /** Newest first. @throws AppError AGENT_NOT_FOUND, CURSOR_INVALID */
  versions(context: CallContext, name: string, page: PageRequest): Promise<Page<AgentVersionSummary>>;
  /** @throws AppError AGENT_NOT_FOUND, AGENT_VERSION_NOT_FOUND */
  version(context: CallContext, name: string, version: number): Promise<AgentVersionView>;
}
