import type { Configuration } from '../config/index.ts';
import type { AgentDirectory, AgentService } from '../core/agents/index.ts';
import type { ExecutionQueries, ExecutionService, Worker } from '../core/executions/index.ts';
import type { StrategyRegistry } from '../core/reasoning/index.ts';
import type { TaskCommands, TaskQueries } from '../core/tasks/index.ts';
import type { ToolRegistry } from '../core/tools/index.ts';
import type { UsageQueries } from '../core/usage/index.ts';
import type { OpenedDatabase } from '../data/database/index.ts';
import type { PgBossJobQueue } from '../data/job-queue/index.ts';
import type { Clock } from '../kernel/clock.ts';
import type { BlobStore } from '../kernel/ports/blob-store.ts';
import type { EventBus } from '../kernel/ports/event-bus.ts';
import type { EventStore } from '../kernel/ports/event-store.ts';
import type { ModelGateway } from '../kernel/ports/language-model.ts';
import type { CatchUpProjection, ProjectionLag } from '../kernel/projection.ts';
import type { Logger, Metrics } from '../observability/index.ts';

/** What reads and writes outside the process. */
export interface DataParts {
  readonly database: OpenedDatabase;
  readonly blobStore: BlobStore;
  readonly eventBus: EventBus;
  readonly jobQueue: PgBossJobQueue;
  readonly eventStore: EventStore;
}

/** The factory's parts, wired by the container; nothing of it runs by itself. */
export interface FactoryParts extends DataParts {
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly models: ModelGateway;
  readonly tools: ToolRegistry;
  readonly strategies: StrategyRegistry;
  readonly agents: AgentService;
  readonly directory: AgentDirectory;
  readonly tasks: TaskCommands;
  readonly taskQueries: TaskQueries;
  readonly executions: ExecutionService;
  readonly executionQueries: ExecutionQueries;
  readonly usageQueries: UsageQueries;
  /** The read models that the scheduler keeps behind the log. */
  readonly catchUpProjections: readonly CatchUpProjection[];
  /** How far each of them is behind now. */
  readonly projectionLags: () => Promise<readonly ProjectionLag[]>;
  /** A worker that isn't started. */
  readonly createWorker: () => Worker;
  /** Closes everything, last opened first; the second call answers like the first. */
  close(): Promise<void>;
}
