import type { CallContext } from '../../kernel/call-context.ts';
import { AppError, type ErrorRecord } from '../../kernel/errors.ts';
import type { ExecutionId } from '../../kernel/ids.ts';
import type { EphemeralEvent, EventBus } from '../../kernel/ports/event-bus.ts';
import type { Message, ModelGateway } from '../../kernel/ports/language-model.ts';
import type { JsonObject } from '../../utils/json.ts';
import type { AgentDefinition, Limits } from '../agents/index.ts';
import type { TaskAggregate, TaskEvent } from '../tasks/index.ts';
import type { ToolRegistry } from '../tools/index.ts';
import { assertSameStep, type AskedStep } from './assert-same-step.ts';
import type { StepState } from './execution.ts';
import type { ExecutionStarted } from './execution-events.ts';
import type { Journal } from './journal.ts';
import type { MessageJournal } from './message-journal.ts';
import { pendingDecisions } from './pending-decisions.ts';
import { QuietWatch } from './quiet-watch.ts';
import type { ChildTask, StartedTask } from './start-task.ts';
import { WaitingRoom, type WaitOptions } from './waiting-room.ts';

/** What an activation needs of the world. */
export interface ActivationServices {
  readonly models: Pick<ModelGateway, 'generate'>;
  readonly tools: ToolRegistry;
  readonly bus: Pick<EventBus, 'publishEphemeral'>;
  /** A new task for a delegate, ready to be stored together with the step that asks for it. */
  readonly startChild: (call: CallContext, child: ChildTask) => Promise<StartedTask>;
  /** The task as its stream tells it now. */
  readonly loadTask: (taskId: string) => Promise<TaskAggregate>;
}

/** Limits with everything in them that always bounds an execution. */
export type EffectiveLimits = Limits & { readonly steps: number; readonly stepTimeoutSeconds: number };

export interface ActivationOptions {
  readonly services: ActivationServices;
  readonly call: CallContext;
  readonly executionId: ExecutionId;
  readonly started: ExecutionStarted['data'];
  readonly agent: AgentDefinition;
  readonly limits: EffectiveLimits;
  readonly journal: Journal;
  readonly messages: MessageJournal;
  /** The messages the execution began with. */
  readonly initial: readonly Message[];
  readonly task: TaskAggregate;
  /** Answer from the journal only; the path ends quietly where an execution that goes on has got to. */
  readonly replayOnly: boolean;
}

/**
 * One stretch of an execution in one process: running → ended | suspended | drained | lost.
 * It owns what all contexts of the durable function share: the journal, the abort signal, the
 * waits, and the bookkeeping of who is at work.
 */
export class Activation {
  readonly options: ActivationOptions;
  readonly #controller = new AbortController();
  readonly #quiet: QuietWatch;
  readonly #waits: WaitingRoom;
  readonly #rest = Promise.withResolvers<'suspended' | 'drained'>();
  /** Steps that the code asked for so far, answered from the journal or not, so that a replay counts alike. */
  #asked = 0;
  #task: TaskAggregate;
  #draining = false;

  constructor(options: ActivationOptions) {
    this.options = options;
    this.#task = options.task;
    this.#quiet = new QuietWatch(() => {
      if (this.#draining) this.#rest.resolve('drained');
      else if (!this.#waits.endsSoon) this.#rest.resolve('suspended');
    });
    this.#waits = new WaitingRoom({
      quiet: this.#quiet,
      signal: this.signal,
      clock: options.call.clock,
      refresh: async () => {
        this.#task = await this.options.services.loadTask(this.options.started.taskId);
      },
    });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get journal(): Journal {
    return this.options.journal;
  }

  /** Settles when nothing can go on by itself: every branch waits, or the worker wants to stop. */
  get atRest(): Promise<'suspended' | 'drained'> {
    return this.#rest.promise;
  }

  /** Steps that wait, and the earliest time at which one of them is over. */
  get waiting(): { readonly steps: readonly string[]; readonly wakeAt?: Date } {
    return this.#waits.view;
  }

  get stepsLeft(): number {
    return Math.max(0, this.options.limits.steps - this.#asked);
  }

  /** Every call under way rejects with the reason, and none begins. */
  abort(reason: AppError): void {
    this.#controller.abort(reason);
  }

  /** Begins no further step; those under way may end. */
  drain(): void {
    this.#draining = true;
    this.#quiet.park();
  }

  /** Looks again at everything that waits: a decision, a delegate or a timer may have come. */
  async wake(): Promise<void> {
    await this.#waits.wake();
  }

  /** Ends the timers of what still waits. */
  close(): void {
    this.#waits.close();
  }

  /**
   * What the journal holds of a step that the code asks for; called once for each.
   * @throws AppError NON_DETERMINISM where it holds another one, STEP_LIMIT_REACHED
   */
  recall(key: string, asked: AskedStep): StepState | undefined {
    this.signal.throwIfAborted();
    const held = this.journal.state.steps.get(key);
    if (held !== undefined) assertSameStep(held, asked);
    // What a fork inherits was paid for by its origin.
    if (held?.inherited !== true) this.#countStep();
    return held;
  }

  /** Does the work of a step that has not ended, unless a replay or a stopping worker forbids it. */
  async perform<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    this.signal.throwIfAborted();
    if (this.options.replayOnly) return this.#beyondJournal(key);
    if (this.#draining) return this.forever();
    return this.#quiet.during(work);
  }

  /** Waits until `check` finds what it looks for; the execution may be let go and taken up again meanwhile. */
  waitFor<Result>(options: WaitOptions<Result>): Promise<Result> {
    return this.options.replayOnly ? this.forever() : this.#waits.waitFor(options);
  }

  /** A promise for a branch that this activation will not carry on: it never settles, and goes with it. */
  forever(): Promise<never> {
    this.#quiet.park();
    return new Promise(() => {});
  }

  /** The person's decision on a step that is not used up yet. */
  decision(key: string): TaskAggregate['decisions'][number] | undefined {
    const used = this.journal.state.steps.get(key)?.retries ?? 0;
    const { executionId } = this.options;
    return this.#task.decisions.filter((made) => made.executionId === executionId && made.step === key)[used];
  }

  /** The event that tells what a person has to decide as the journal stands now. */
  inputRequired(): TaskEvent {
    const { executionId } = this.options;
    return {
      type: 'TaskInputRequired',
      data: { executionId, waiting: pendingDecisions(executionId, this.journal.state) },
    };
  }

  /** Tells watchers of something that is not kept. */
  tell(type: EphemeralEvent['type'], data: JsonObject): void {
    if (this.options.replayOnly) return;
    const { executionId, started, services } = this.options;
    services.bus.publishEphemeral({ type, taskId: started.taskId, executionId, data });
  }

  now(): Date {
    return this.options.call.clock.now();
  }

  #countStep(): void {
    const { steps } = this.options.limits;
    if (this.#asked >= steps) {
      throw new AppError('STEP_LIMIT_REACHED', `the limit of ${steps} steps is reached`, { details: { limit: steps } });
    }
    this.#asked += 1;
  }

  #beyondJournal(key: string): Promise<never> {
    const { status } = this.journal.state;
    if (status === 'running' || status === 'suspended') return this.forever();
    throw new AppError('NON_DETERMINISM', `the code asks for step ${key}, which the journal does not hold`, {
      details: { step: key },
    });
  }
}

/** A journalled failure as it was thrown. */
export function recordedError(record: ErrorRecord | undefined): AppError {
  return new AppError(
    (record?.code ?? 'INTERNAL') as AppError['code'],
    record?.message ?? 'the step failed',
    record?.details === undefined ? {} : { details: record.details },
  );
}
