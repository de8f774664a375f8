import type { CallContext } from '../../kernel/call-context.ts';
import { AppError, toAppError, toErrorRecord } from '../../kernel/errors.ts';
import type { RecordedEvent } from '../../kernel/event.ts';
import type { ExecutionId } from '../../kernel/ids.ts';
import { Activation, type EffectiveLimits } from './activation.ts';
import type { DurableFunction } from './durable-function.ts';
import type { RunDependencies, RunOutcome, Settled } from './run-outcome.ts';
import { endExecution } from './end-execution.ts';
import type { ExecutionStarted } from './execution-events.ts';
import { initialMessages } from './initial-messages.ts';
import type { FreshExecution } from './fresh-execution.ts';
import { Journal, type StoredTask } from './journal.ts';
import type { LoadedExecution } from './load-execution.ts';
import { MessageJournal } from './message-journal.ts';
import { patiently } from './patiently.ts';
import { runFunction } from './run-function.ts';

const MOST_ACTIVATIONS = 5;
const LONGEST_TIMER_MILLISECONDS = 2_147_483_647;

export interface ExecutionRunDependencies extends RunDependencies {
  /** Id of the worker whose run it is. */
  readonly worker: string;
  readonly fresh?: FreshExecution;
}

/** An execution in the hands of this process: loading → running → over, one way or another. */
export class ExecutionRun {
  readonly #executionId: ExecutionId;
  readonly #dependencies: ExecutionRunDependencies;
  readonly #abandoned = new AbortController();
  #activation: Activation | undefined;
  #draining = false;
  /** A wake-up came while the execution was being loaded, maybe with an older state of its task. */
  #wokenEarly = false;
  #taskId: string | undefined;

  /** Where it begins with this run: what need not be read again, until something says that it may have changed. */
  #fresh: FreshExecution | undefined;

  constructor(executionId: string, dependencies: ExecutionRunDependencies) {
    this.#executionId = executionId as ExecutionId;
    this.#dependencies = dependencies;
    this.#fresh = dependencies.fresh;
    this.#taskId = dependencies.fresh?.loaded.state.started?.taskId;
  }

  /** Known once it is loaded. */
  get taskId(): string | undefined {
    return this.#taskId;
  }

  /** Runs the function until the execution is over, waits, or is given up. @throws what loading it failed with */
  async run(): Promise<RunOutcome> {
    for (let activations = 1; ; activations += 1) {
      const outcome = await this.#activate();
      if (outcome !== 'again') return outcome;
      if (activations === MOST_ACTIVATIONS) return { kind: 'lost' };
    }
  }

  /** Something it may wait for has come; or its task was canceled. */
  async wake(): Promise<void> {
    const activation = this.#activation;
    if (activation === undefined) {
      this.#wokenEarly = true;
      return;
    }
    const task = await activation.options.services.loadTask(activation.options.started.taskId);
    const cancelReason = task.cancelReasons[this.#executionId];
    if (cancelReason === undefined) await activation.wake();
    else activation.abort(new AppError('EXECUTION_CANCELED', cancelReason));
  }

  /** Begins no further step, and ends when those under way have ended. */
  drain(): void {
    this.#draining = true;
    this.#activation?.drain();
  }

  /** Lets go at once, whatever is under way; nothing more is written down. */
  abandon(): void {
    const reason = new AppError('SHUTTING_DOWN', 'the worker stops');
    this.#abandoned.abort(reason);
    this.#activation?.abort(reason);
  }

  async #activate(): Promise<RunOutcome | 'again'> {
    const { loadExecution, services, functions } = this.#dependencies;
    const fresh = this.#fresh;
    this.#fresh = undefined;
    const loaded = fresh?.loaded ?? (await loadExecution(this.#executionId));
    const { state, first } = loaded;
    const { started } = state;
    if (started === undefined || first === undefined) return { kind: 'ended' };
    if (state.status !== 'running' && state.status !== 'suspended') return { kind: 'ended' };
    this.#taskId = started.taskId;
    const task = fresh?.task.state ?? (await services.loadTask(started.taskId));
    if (this.#draining) return { kind: 'drained' };
    const durable = functions.get(started.strategy.name, started.strategy.version);
    if (durable === undefined) return { kind: 'elsewhere' };
    const own = { ...loaded, first, started, ...(fresh === undefined ? {} : { storedTask: fresh.task }) };
    const activation = await this.#createActivation(own, task);
    this.#activation = activation;
    try {
      const cancelReason = task.cancelReasons[this.#executionId];
      if (cancelReason !== undefined) activation.abort(new AppError('EXECUTION_CANCELED', cancelReason));
      else if (this.#wokenEarly) this.wake().catch((error: unknown) => activation.abort(toAppError(error)));
      this.#wokenEarly = false;
      const ended = await this.#settle(activation, durable);
      return await endExecution(activation, ended, this.#dependencies);
    } catch (error) {
      return this.#afterFailure(activation, error);
    } finally {
      activation.close();
      this.#activation = undefined;
    }
  }

  async #createActivation(
    loaded: LoadedExecution & {
      readonly first: RecordedEvent;
      readonly started: ExecutionStarted['data'];
      readonly storedTask?: StoredTask;
    },
    task: Activation['options']['task'],
  ): Promise<Activation> {
    const { agents, eventStore, services } = this.#dependencies;
    const { state, version, first, started, storedTask } = loaded;
    const agent = await agents.version(first.tenantId, started.agent.name, started.agent.version);
    const messages = await initialMessages({ instructions: agent.instructions, started, eventStore });
    const call = this.#callContext(first);
    const journal = new Journal({
      store: eventStore,
      tenantId: first.tenantId,
      metadata: {
        actor: this.#executionId,
        correlationId: started.taskId,
        ...(started.parent === undefined ? {} : { causationId: started.parent.executionId }),
        ...(first.metadata.traceId === undefined ? {} : { traceId: first.metadata.traceId }),
      },
      executionId: this.#executionId,
      taskId: started.taskId,
      state,
      version,
      ...(storedTask === undefined ? {} : { task: storedTask }),
      signal: this.#abandoned.signal,
      onLost: (error) => this.#activation?.abort(error),
    });
    if (version > 1) journal.later({ type: 'ExecutionResumed', data: { worker: this.#dependencies.worker } });
    if (started.primary && task.state === 'submitted') {
      journal.attach({ task: [{ type: 'TaskStarted', data: { executionId: this.#executionId } }] });
    }
    return new Activation({
      services: {
        ...services,
        startChild: (own, child) => patiently(() => services.startChild(own, child), this.#abandoned.signal),
        loadTask: (taskId) => patiently(() => services.loadTask(taskId), this.#abandoned.signal),
      },
      call,
      executionId: this.#executionId,
      started,
      agent,
      limits: started.limits as EffectiveLimits,
      journal,
      messages: new MessageJournal(messages),
      initial: messages,
      task,
      replayOnly: false,
    });
  }

  #callContext(first: RecordedEvent): CallContext {
    return {
      tenantId: first.tenantId,
      principal: { id: this.#executionId, kind: 'execution', role: 'operator' },
      traceId: first.metadata.traceId ?? this.#executionId,
      signal: this.#abandoned.signal,
      clock: this.#dependencies.clock,
    };
  }

  async #settle(activation: Activation, durable: DurableFunction): Promise<Settled> {
    const { signal } = activation;
    const stopClock = this.#startDeadline(activation);
    const finished = runFunction(activation, durable).then(
      (result): Settled => ({ kind: 'finished', result }),
      (error: unknown): Settled => ({ kind: 'failed', error: toAppError(error) }),
    );
    const aborted = new Promise<Settled>((resolve) => {
      const onAbort = (): void => resolve({ kind: 'aborted', reason: toAppError(signal.reason) });
      if (signal.aborted) onAbort();
      else signal.addEventListener('abort', onAbort, { once: true });
    });
    try {
      const settled = await Promise.race([finished, activation.atRest, aborted]);
      // What the function made of the abort is of no account.
      return signal.aborted ? await aborted : settled;
    } finally {
      stopClock();
    }
  }

  #startDeadline(activation: Activation): () => void {
    const { deadline } = activation.options.started;
    if (deadline === undefined) return () => undefined;
    const reason = new AppError('EXECUTION_TIMEOUT', `the execution was not over by ${deadline}`, {
      details: { deadline },
    });
    let timer: NodeJS.Timeout | undefined;
    const look = (): void => {
      const left = Date.parse(deadline) - this.#dependencies.clock.now().getTime();
      if (left <= 0) return activation.abort(reason);
      timer = setTimeout(look, Math.min(left, LONGEST_TIMER_MILLISECONDS));
      timer.unref();
    };
    look();
    return () => clearTimeout(timer);
  }

  #afterFailure(activation: Activation, error: unknown): RunOutcome | 'again' {
    if (this.#abandoned.signal.aborted) return { kind: 'drained' };
    const failure = toAppError(error);
    // The task was ended by somebody else meanwhile: load both again and see.
    if (failure.code === 'TASK_FINISHED') return 'again';
    const level = failure.code === 'CONCURRENCY_CONFLICT' ? 'warn' : 'error';
    this.#dependencies.logger[level](
      { err: failure, 'execution.id': this.#executionId, error: toErrorRecord(failure) },
      'the execution was let go',
    );
    activation.abort(failure);
    return { kind: 'lost' };
  }
}
