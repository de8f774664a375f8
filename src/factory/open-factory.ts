import { type AgentDefinition, cancelTaskSchema, resolveTaskSchema, submitTaskSchema, type TaskView } from '#contract';

import { loadConfiguration } from '../config/index.ts';
import { openContainer } from '../container.ts';
import type { FactoryParts } from '../roles/factory-parts.ts';
import { checkOptions } from './check-options.ts';
import type { Factory, FactoryOptions, RunOptions } from './factory.ts';
import { systemContext } from '../kernel/call-context.ts';
import { AppError } from '../kernel/errors.ts';
import { parseInput } from '../kernel/parse-input.ts';
import { createLogger } from '../observability/index.ts';
import { packageVersion } from '../utils/package-root.ts';
import { TaskWaits } from './task-waits.ts';

/** `createFactory`, with everything it takes. */
export async function openFactory(options: FactoryOptions): Promise<Factory> {
  checkOptions(options);
  const configuration = loadConfiguration({ environment: environmentOf(options), folder: process.cwd() });
  const logger = createLogger({ level: configuration.LOG_LEVEL, serviceVersion: packageVersion() });
  const parts = await openContainer({ configuration, logger, ...options });
  try {
    for (const agent of options.agents ?? []) await installAgent(parts, agent);
    const worker = parts.createWorker();
    await worker.start({ soleOwner: parts.database.mode === 'embedded' });
    const closed = new AbortController();
    let closing: Promise<void> | undefined;
    const stop = async (): Promise<void> => {
      try {
        await worker.stop(configuration.DRAIN_SECONDS * 1_000);
      } finally {
        closed.abort(new AppError('SHUTTING_DOWN', 'the factory is closed'));
        await parts.close();
      }
    };
    const close = (): Promise<void> => (closing ??= stop());
    return { ...createMethods(parts, closed.signal), parts, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await parts.close();
    throw error;
  }
}

/** Options stand before the environment. */
function environmentOf(options: FactoryOptions): Record<string, string | undefined> {
  const { dataDir, databaseUrl, defaultModel, concurrency, logLevel } = options;
  const given = {
    DATA_DIR: dataDir,
    DATABASE_URL: databaseUrl,
    DEFAULT_MODEL: defaultModel,
    WORKER_CONCURRENCY: concurrency?.toString(),
    LOG_LEVEL: logLevel,
  };
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...process.env, ...Object.fromEntries(set) };
}

async function installAgent({ agents, directory, clock }: FactoryParts, definition: AgentDefinition): Promise<void> {
  const context = systemContext({ clock });
  try {
    await directory.resolve(context.tenantId, definition.name);
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'AGENT_NOT_FOUND')) throw error;
    await agents.create(context, definition);
    return;
  }
  await agents.update(context, { name: definition.name, definition });
}

function createMethods(
  parts: FactoryParts,
  closed: AbortSignal,
): Pick<Factory, 'run' | 'submit' | 'wait' | 'resolve' | 'cancel'> {
  const { tasks, taskQueries, eventBus, clock } = parts;
  const context = systemContext({ clock });
  const waits = new TaskWaits({ bus: eventBus, get: (id) => taskQueries.get(context, id), signal: closed });
  // oxlint-disable-next-line max-params -- the words of `run agent input`
  const submit = async (agent: string, input: string, options: Omit<RunOptions, 'signal'> = {}): Promise<TaskView> => {
    closed.throwIfAborted();
    return tasks.submit(context, parseInput(submitTaskSchema, { ...options, agent, input }, 'the task'));
  };
  return {
    submit,
    wait: (taskId) => waits.settled(taskId),
    async resolve(taskId, decision) {
      closed.throwIfAborted();
      return tasks.resolve(context, taskId, parseInput(resolveTaskSchema, decision, 'the decision'));
    },
    async cancel(taskId, reason) {
      closed.throwIfAborted();
      return tasks.cancel(context, taskId, parseInput(cancelTaskSchema, { reason }, 'the cancel').reason);
    },
    // oxlint-disable-next-line max-params -- the words of `run agent input`
    async run(agent, input, { signal, ...options } = {}) {
      signal?.throwIfAborted();
      const { id } = await submit(agent, input, options);
      const cancel = (): void => {
        tasks.cancelIfRunning(context, id, 'its caller aborted').catch((error: unknown) => {
          parts.logger.warn({ err: error, 'task.id': id }, 'a task could not be canceled');
        });
      };
      signal?.addEventListener('abort', cancel, { once: true });
      if (signal?.aborted === true) cancel();
      const task = await waits.settled(id, { isNew: true }).finally(() => signal?.removeEventListener('abort', cancel));
      const failure = taskError(task);
      if (failure !== undefined) throw failure;
      return { text: task.output?.text ?? '', task };
    },
  };
}

/** What a task that didn't complete is thrown as. */
function taskError(task: TaskView): AppError | undefined {
  if (task.state === 'failed') {
    const { code = 'INTERNAL', message = 'the task failed', details = {} } = task.error ?? {};
    return new AppError(code as AppError['code'], message, { details: { ...details, taskId: task.id } });
  }
  if (task.state !== 'canceled' && task.state !== 'rejected') return undefined;
  return new AppError('EXECUTION_CANCELED', `task ${task.id} was ${task.state}`, { details: { taskId: task.id } });
}
