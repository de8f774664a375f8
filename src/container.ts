import { hostname } from 'node:os';
import { join } from 'node:path';

import type { LanguageModelV4 } from '@ai-sdk/provider';

import { createModelGateway, loadLocalRules, loadPriceTable } from './ai/llm/index.ts';
import { assertDocumentRoots, createDocumentLibrary, createDocumentTools } from './ai/rag/index.ts';
import type { Configuration } from './config/index.ts';
import {
  agentsProjection,
  createAgentDirectory,
  createAgentService,
  createPgAgentQueries,
} from './core/agents/index.ts';
import {
  createExecutionCommands,
  createLoadExecution,
  createPgExecutionQueries,
  ExecutionRun,
  executionsProjection,
  executionStream,
  initialMessages,
  loadTask,
  OutageLog,
  type RunDependencies,
  TaskStarter,
  Worker,
} from './core/executions/index.ts';
import { createStrategyRegistry, direct, react, type Strategy } from './core/reasoning/index.ts';
import { createPgTaskQueries, createTaskCommands, tasksProjection } from './core/tasks/index.ts';
import {
  calculate,
  createFileTools,
  createHttpGetTool,
  createToolRegistry,
  defineTool,
  now,
  type Tool,
  type ToolRegistry,
} from './core/tools/index.ts';
import { createPgUsageQueries, usageProjection } from './core/usage/index.ts';
import { type OpenedDatabase, openDatabase } from './data/database/index.ts';
import { createLocalEventBus } from './data/event-bus/index.ts';
import { createPgEventStore, readProjectionLag, readProjectionLags } from './data/event-store/index.ts';
import { createPgBossJobQueue } from './data/job-queue/index.ts';
import { openLocalBlobStore } from './data/storage/index.ts';
import { type Clock, systemClock } from './kernel/clock.ts';
import { toAppError } from './kernel/errors.ts';
import { newWorkerId } from './kernel/ids.ts';
import type { ModelGateway } from './kernel/ports/language-model.ts';
import type { CatchUpProjection, InlineProjection } from './kernel/projection.ts';
import { createMetrics, type Logger, type Metrics, observeEvents } from './observability/index.ts';
import type { DataParts, FactoryParts } from './roles/factory-parts.ts';
import { keysProjection } from './security/authentication/index.ts';
import { createEgressGuard } from './security/egress/index.ts';

export interface ContainerOptions {
  readonly configuration: Configuration;
  readonly logger: Logger;
  /** Beside the built-in ones. */
  readonly tools?: readonly Tool[];
  readonly strategies?: readonly Strategy[];
  /** Models of the embedding program, by the prefix under which agents name them. */
  readonly providers?: Readonly<Record<string, (modelId: string) => LanguageModelV4>>;
  readonly clock?: Clock;
  /** Breaks the opening off. */
  readonly signal?: AbortSignal | undefined;
}

/** The read models that are kept in the transaction of each append. */
export function inlineProjections(): readonly InlineProjection[] {
  return [agentsProjection, tasksProjection, executionsProjection, keysProjection];
}

/** The read models that are kept behind the log. */
export function catchUpProjections(): readonly CatchUpProjection[] {
  return [usageProjection];
}

/** Connections for each worker slot would be too many: they share the pool. */
const POOL_SIZE = 16;

/**
 * The composition root: opens the database and the stores, and hands every part what it needs.
 * @throws AppError of `openDatabase` and of whatever reads the configuration, and the signal's reason; nothing stays
 *   open then
 */
export async function openContainer(options: ContainerOptions): Promise<FactoryParts> {
  const closers: (() => Promise<void>)[] = [];
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= closeAll(closers));
  try {
    const metrics = createMetrics();
    const outages = new OutageLog({ logger: options.logger, clock: options.clock ?? systemClock });
    const data = await openData(options, { metrics, outages, closers });
    return { ...createCore(options, { data, metrics, outages }), ...data, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function closeAll(closers: (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const close of closers.toReversed()) {
    try {
      await close();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

async function openData(
  { configuration, logger, clock = systemClock, signal }: ContainerOptions,
  { metrics, outages, closers }: Omit<Foundation, 'data'> & { readonly closers: (() => Promise<void>)[] },
): Promise<DataParts> {
  const { DATA_DIR, DATABASE_URL } = configuration;
  const database = await openDatabase({
    dataDir: DATA_DIR,
    log: logger,
    poolSize: POOL_SIZE,
    signal,
    ...(DATABASE_URL === undefined ? {} : { databaseUrl: DATABASE_URL }),
  });
  closers.push(() => database.close());
  signal?.throwIfAborted();
  const blobStore = await openLocalBlobStore(join(DATA_DIR, 'blobs'));
  const eventBus = createLocalEventBus();
  const jobQueue = await createPgBossJobQueue({
    pool: database.pool,
    onError: (error) => {
      const failure = toAppError(error);
      if (failure.code === 'DATABASE_UNAVAILABLE') outages.failed('job queue', failure);
      else logger.warn({ err: failure }, 'the job queue reported an error');
    },
    onAnswer: () => outages.succeeded('job queue'),
  });
  closers.push(() => jobQueue.close());
  signal?.throwIfAborted();
  const eventStore = createPgEventStore({
    pool: database.pool,
    openClient: () => database.openClient(),
    blobs: blobStore,
    bus: eventBus,
    clock,
    projections: inlineProjections(),
    queue: jobQueue,
    onBatch: (events) => metrics.appendBatch.observe(events),
  });
  closers.push(() => eventStore.close());
  const stopObserving = observeEvents(eventBus, metrics);
  closers.push(async () => stopObserving());
  return { database, blobStore, eventBus, jobQueue, eventStore };
}

interface Foundation {
  readonly data: DataParts;
  readonly metrics: Metrics;
  readonly outages: OutageLog;
}

function createCore(
  options: ContainerOptions,
  { data, metrics, outages }: Foundation,
): Omit<FactoryParts, keyof DataParts | 'close'> {
  const { configuration, logger, clock = systemClock } = options;
  const { eventStore, database } = data;
  const models = createModels(options);
  const tools = createTools(options);
  const strategies = createStrategyRegistry([direct, react, ...(options.strategies ?? [])]);
  const agentQueries = createPgAgentQueries(database.queries);
  const directory = createAgentDirectory({ lookup: agentQueries });
  const taskQueries = createPgTaskQueries({ queries: database.queries, executionStream });
  const agents = createAgentService({
    models,
    tools,
    strategies,
    eventStore,
    queries: agentQueries,
    unfinishedTasks: (tenantId, name) => taskQueries.unfinishedTasks(tenantId, name),
  });
  const starter = new TaskStarter({
    agents: directory,
    functions: strategies,
    tools,
    models,
    eventStore,
    clock,
    checkDocuments: (setting) => assertDocumentRoots(setting, configuration.DOCUMENT_ROOTS),
  });
  const tasks = createTaskCommands({
    eventStore,
    queries: taskQueries,
    start: (call, request) => starter.start(call, request),
  });
  const parts = {
    configuration,
    clock,
    logger,
    metrics,
    models,
    tools,
    strategies,
    agents,
    directory,
    tasks,
    taskQueries,
    ...createBehindTheLog(database),
  };
  return { ...parts, ...createRuntime({ ...data, ...parts, outages, starter }) };
}

/** What is kept behind the log, and what answers from it. */
function createBehindTheLog({
  pool,
  queries,
}: OpenedDatabase): Pick<FactoryParts, 'usageQueries' | 'catchUpProjections' | 'projectionLags'> {
  const projections = catchUpProjections();
  const names = projections.map(({ name }) => name);
  return {
    catchUpProjections: projections,
    projectionLags: () => readProjectionLags(pool, names),
    usageQueries: createPgUsageQueries({ queries, readLag: (name) => readProjectionLag(pool, name) }),
  };
}

type RuntimeParts = Omit<FactoryParts, 'executions' | 'executionQueries' | 'createWorker' | 'close'> & {
  readonly outages: OutageLog;
  readonly starter: TaskStarter;
};

function createRuntime(parts: RuntimeParts): Pick<FactoryParts, 'executions' | 'executionQueries' | 'createWorker'> {
  const { eventStore, eventBus, directory, strategies, tools, models, tasks, starter, clock, logger, metrics } = parts;
  const { outages } = parts;
  const loadExecution = createLoadExecution(eventStore);
  const executionQueries = createPgExecutionQueries({
    queries: parts.database.queries,
    eventStore,
    loadExecution,
    initialMessages: async (tenantId, started) => {
      const { instructions } = await directory.version(tenantId, started.agent.name, started.agent.version);
      return initialMessages({ instructions, started, eventStore });
    },
  });
  const run: RunDependencies = {
    eventStore,
    loadExecution,
    agents: directory,
    functions: strategies,
    services: {
      models,
      tools,
      bus: eventBus,
      startChild: (call, child) => starter.startChild(call, child),
      loadTask: (taskId) => loadTask(taskId, eventStore),
    },
    // oxlint-disable-next-line max-params -- whose cancel, of which task, and why
    cancelTask: (call, taskId, reason) => tasks.cancelIfRunning(call, taskId, reason),
    clock,
    logger,
  };
  return {
    executionQueries,
    executions: createExecutionCommands({
      eventStore,
      queries: executionQueries,
      loadExecution,
      starter,
      agents: directory,
      functions: strategies,
      tools,
    }),
    createWorker: () => {
      const identity = { id: newWorkerId(), host: hostname(), pid: process.pid };
      return new Worker({
        queue: parts.jobQueue,
        identity,
        slots: parts.configuration.WORKER_CONCURRENCY,
        createRun: (executionId, fresh) =>
          new ExecutionRun(executionId, { ...run, worker: identity.id, ...(fresh === undefined ? {} : { fresh }) }),
        bus: eventBus,
        logger,
        outages,
        onActive: (count) => metrics.executionsActive.set(count),
      });
    },
  };
}

/** The models that the configuration gives. */
export function createModels({ configuration, providers, clock = systemClock }: ContainerOptions): ModelGateway {
  return createModelGateway({
    configuration: {
      defaultModel: configuration.DEFAULT_MODEL,
      openaiApiKey: configuration.OPENAI_API_KEY,
      openaiBaseUrl: configuration.OPENAI_BASE_URL,
      anthropicApiKey: configuration.ANTHROPIC_API_KEY,
      anthropicBaseUrl: configuration.ANTHROPIC_BASE_URL,
      googleApiKey: configuration.GOOGLE_GENERATIVE_AI_API_KEY,
      googleBaseUrl: configuration.GOOGLE_BASE_URL,
    },
    clock,
    prices: loadPriceTable(configuration.PRICES_FILE),
    localRules: () => loadLocalRules({ clock }),
    custom: providers,
  });
}

function createTools({ configuration, tools = [], clock = systemClock }: ContainerOptions): ToolRegistry {
  const guard = createEgressGuard({ allow: configuration.EGRESS_ALLOW });
  return createToolRegistry([
    ...createDocumentTools(createDocumentLibrary({ clock })),
    ...createFileTools({ folder: join(configuration.DATA_DIR, 'files') }),
    defineTool(calculate),
    defineTool(now),
    createHttpGetTool(guard),
    ...tools,
  ]);
}
