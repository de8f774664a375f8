import type {
  AgentDefinition,
  AgentDiff,
  AgentSummary,
  AgentVersionSummary,
  AgentVersionView,
  AgentView,
} from '#contract';
import type { CreatedKey, DeepHealthView, KeyView, ListAgentsQuery, ParsedBody } from '#contract';

import type { ExecutionQueries, ExecutionService } from '../../core/executions/index.ts';
import type { TaskQueries, TaskService } from '../../core/tasks/index.ts';
import type { Tool } from '../../core/tools/index.ts';
import type { UsageQueries } from '../../core/usage/index.ts';
import type { CallContext } from '../../kernel/call-context.ts';
import type { Page, PageRequest } from '../../kernel/page.ts';
import type { Authorizer } from '../../kernel/ports/authorizer.ts';
import type { EventBus } from '../../kernel/ports/event-bus.ts';
import type { EventStore } from '../../kernel/ports/event-store.ts';
import type { ModelGateway } from '../../kernel/ports/language-model.ts';

/** A thing that changes, and the mark of its state: equal marks, equal state. */
export interface Revised<View> {
  readonly view: View;
  /** Version of its stream. */
  readonly revision: number;
}

export interface ChangeOptions {
  /** The thing must be at this revision. @throws AppError PRECONDITION_FAILED by the service otherwise */
  readonly ifRevision?: number;
}

/** The agents, as the door of REST needs them. */
export interface RestAgents {
  create(context: CallContext, definition: AgentDefinition): Promise<Revised<AgentView>>;
  list(context: CallContext, query: ListAgentsQuery): Promise<Page<AgentSummary>>;
  get(context: CallContext, name: string): Promise<Revised<AgentView>>;
  update(
    context: CallContext,
    change: { readonly name: string; readonly definition: AgentDefinition } & ChangeOptions,
  ): Promise<Revised<AgentView>>;
  delete(context: CallContext, change: { readonly name: string } & ChangeOptions): Promise<void>;
  versions(context: CallContext, name: string, page: PageRequest): Promise<Page<AgentVersionSummary>>;
  version(context: CallContext, name: string, version: number): Promise<AgentVersionView>;
  diff(context: CallContext, name: string, between: { readonly from: string; readonly to: string }): Promise<AgentDiff>;
  setAlias(
    context: CallContext,
    change: { readonly name: string; readonly alias: string; readonly version: number } & ChangeOptions,
  ): Promise<Revised<AgentView>>;
  deleteAlias(context: CallContext, change: { readonly name: string; readonly alias: string }): Promise<void>;
  disable(context: CallContext, change: { readonly name: string } & ChangeOptions): Promise<Revised<AgentView>>;
  enable(context: CallContext, change: { readonly name: string } & ChangeOptions): Promise<Revised<AgentView>>;
}

/** The keys, as the door of REST needs them. */
export interface RestKeys {
  create(context: CallContext, request: ParsedBody<'keys.create'>): Promise<CreatedKey>;
  list(context: CallContext, page: PageRequest): Promise<Page<KeyView>>;
  revoke(context: CallContext, id: string): Promise<void>;
}

/** What the process knows of itself. */
export interface SystemFacts {
  readonly version: string;
  readonly startedAt: Date;
  /** Absolute path; told to admins only. */
  readonly dataFolder: string;
  /** Such as `embedded PostgreSQL 18.4`; told to admins only. */
  readonly database: string;
}

export interface HealthChecks {
  /** @throws AppError DATABASE_UNAVAILABLE */
  ready(): Promise<void>;
  deep(context: CallContext): Promise<DeepHealthView>;
}

/** Everything that the REST handlers call. */
export interface RestServices {
  readonly agents: RestAgents;
  readonly tasks: TaskService;
  readonly taskQueries: TaskQueries;
  readonly executions: ExecutionService;
  readonly executionQueries: ExecutionQueries;
  readonly usageQueries: UsageQueries;
  readonly keys: RestKeys;
  readonly tools: { list(): readonly Pick<Tool, 'name' | 'description' | 'effect' | 'parameters'>[] };
  readonly models: Pick<ModelGateway, 'list' | 'defaultModel'>;
  readonly eventStore: Pick<EventStore, 'readAll' | 'readStream'>;
  readonly eventBus: Pick<EventBus, 'onRecorded' | 'onEphemeral'>;
  readonly authorizer: Authorizer;
  readonly system: SystemFacts;
  readonly health: HealthChecks;
}
