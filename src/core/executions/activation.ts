import type { CallContext } from '../../kernel/call-context.ts';
import { AppError, type ErrorRecord } from '../../kernel/errors.ts';
import type { ExecutionId } from '../../kernel/ids.ts';
import type { EphemeralEvent, EventBus } from '../../kernel/ports/event-bus.ts';
import type { Message, ModelGateway } from '../../kernel/ports/language-model.ts';
import type { JsonObject } from '../../utils/json.ts';
import type { AgentDefinition, Limits } from '../agents/index.ts';
import type { TaskAggregate, TaskEvent } from '../tasks/index.ts';
import type { ToolRegistry } from '../tools/index.ts';
import { type AskedStep, stepDifference } from './step-difference.ts';
import type { StepState } from './execution.ts';
import type { ExecutionStarted } from './execution-events.ts';
import type { Journal } from './journal.ts';
import type { MessageJournal } from './message-journal.ts';
import { pendingDecisions } from './pending-decisions.ts';
import { QuietWatch } from './quiet-watch.ts';
import type { ChildTask, StartedTask } from './start-task.ts';
import { WaitingRoom, type WaitOptions } from './waiting-room.ts';

/** Failures that came upon the function from outside, so that the journal may hold less than it asked for. */
const CUT_OFF: ReadonlySet<string> = new Set(['EXECUTION_TIMEOUT', 'NON_DETERMINISM', 'EVENT_UNSTORABLE']);

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

/** How an activation came to rest, and what it waited for then. */
export interface Rest {
  readonly kind: 'suspended' | 'drained';
  readonly steps: readonly string[];
  /** The earliest time at which one of the steps is over. */
  readonly wakeAt?: Date;
}

/**
 * One stretch of an execution in one process: running → ended | suspended | drained | lost.
 * It owns what all contexts of the durable function share: the journal, the abort signal, the
 * waits, and the bookkeeping of who is at work. Once it rests, no step of it begins or ends.
 */
export class Activation {
  readonly options: ActivationOptions;
  readonly #controller = new AbortController();
  readonly #quiet: QuietWatch;
  readonly #waits: WaitingRoom;
  readonly #rest = Promise.withResolvers<Rest>();
  /** Steps that the code asked for so far, answered from the journal or not. */
  readonly #asked = new Set<string>();
  /** Without what a fork inherits, which was paid for by its origin; so that a replay counts alike. */
  #counted = 0;
  #task: TaskAggregate;
  #draining = false;
  #resting = false;

  constructor(options: ActivationOptions) {
    this.options = options;
    this.#task = options.task;
    this.#quiet = new QuietWatch(() => {
      if (this.#draining) this.#goToRest('drained');
      else if (!this.#waits.endsSoon) this.#goToRest('suspended');
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
  get atRest(): Promise<Rest> {
    return this.#rest.promise;
  }

  get stepsLeft(): number {
    return Math.max(0, this.options.limits.steps - this.#counted);
  }

  /** A step that the journal holds and the code has not asked for. */
  get unasked(): StepState | undefined {
    return [...this.journal.state.steps.values()].find((step) => !step.inherited && !this.#asked.has(step.key));
  }

  /** Every call under way rejects with the reason, and none begins. */
  abort(reason: AppError): void {
    this.#controller.abort(reason);
  }

  /** A line of steps goes on as branches; answers what to call when one of them ends. */
  split(branches: number): () => void {
    return this.#quiet.split(branches);
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
   * What the journal holds of a step that the code asks for; called once for each. Where it holds
   * another one, everything under way is aborted with that, so that nothing is built upon it.
   * @throws AppError NON_DETERMINISM, STEP_LIMIT_REACHED
   */
  recall(key: string, asked: AskedStep): StepState | undefined {
    this.signal.throwIfAborted();
    const held = this.journal.state.steps.get(key);
    const difference = held === undefined ? undefined : stepDifference(held, asked);
    if (difference !== undefined) {
      this.abort(difference);
      throw difference;
    }
    this.#asked.add(key);
    if (held?.inherited !== true) this.#countStep();
    return held;
  }

  /** Does the work of a step that has not ended, unless a replay or a stopping worker forbids it. */
  async perform<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    this.signal.throwIfAborted();
    if (this.options.replayOnly) return this.#beyondJournal(key);
    if (this.#draining || this.#resting) return this.forever();
    return this.#quiet.during(work);
  }

  /** Waits until `check` finds what it looks for; the execution may be let go and taken up again meanwhile. */
  waitFor<Result>(options: WaitOptions<Result>): Promise<Result> {
    return this.options.replayOnly || this.#resting ? this.forever() : this.#waits.waitFor(options);
  }

  /** A promise for a branch that this activation will not carry on: it never settles, and goes with it. */
  forever(): Promise<never> {
    this.#quiet.park();
    return new Promise(() => {});
  }

  /** The person's decision on a step that is not used up yet. */
  decision(key: string): TaskAggregate['decisions'][number] | undefined {
    const used = this.journal.state.steps.get(key)?.retries ?? 0;
    return decisionsOn(this.#task, { executionId: this.options.executionId, step: key })[used];
  }

  /** The events that tell what a person has to decide as the journal stands now, without what is decided by then. */
  inputRequired(): (task: TaskAggregate) => readonly TaskEvent[] {
    const { executionId } = this.options;
    const pending = pendingDecisions(executionId, this.journal.state);
    return (task) => [
      {
        type: 'TaskInputRequired',
        data: {
          executionId,
          waiting: pending
            .filter(({ used, waiting }) => decisionsOn(task, waiting).length <= used)
            .map(({ waiting }) => waiting),
        },
      },
    ];
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
    if (this.#counted >= steps) {
      throw new AppError('STEP_LIMIT_REACHED', `the limit of ${steps} steps is reached`, { details: { limit: steps } });
    }
    this.#counted += 1;
  }

  /** The waits end with it, so that nothing which comes now is half used; whoever takes the execution up looks anew. */
  #goToRest(kind: Rest['kind']): void {
    if (this.#resting) return;
    this.#resting = true;
    this.#rest.resolve({ kind, ...this.#waits.view });
    this.#waits.close();
  }

  /** What was cut off from outside had steps under way, of which the journal holds nothing. */
  #beyondJournal(key: string): Promise<never> {
    const { status, error } = this.journal.state;
    const isCutOff = status === 'canceled' || (error !== undefined && CUT_OFF.has(error.code));
    if (status === 'running' || status === 'suspended' || isCutOff) return this.forever();
    throw new AppError('NON_DETERMINISM', `the code asks for step ${key}, which the journal does not hold`, {
      details: { step: key },
    });
  }
}

function decisionsOn(
  task: TaskAggregate,
  { executionId, step }: { readonly executionId: string; readonly step: string },
): TaskAggregate['decisions'] {
  return task.decisions.filter((made) => made.executionId === executionId && made.step === step);
}

/** A journalled failure as it was thrown. */
export function recordedError(record: ErrorRecord | undefined): AppError {
  return new AppError(
    (record?.code ?? 'INTERNAL') as AppError['code'],
    record?.message ?? 'the step failed',
    record?.details === undefined ? {} : { details: record.details },
  );
}
