import { setTimeout as delay } from 'node:timers/promises';

import { fold } from '../../kernel/decider.ts';
import { AppError } from '../../kernel/errors.ts';
import type { DomainEvent, EventMetadata } from '../../kernel/event.ts';
import type { ExecutionId, TaskId, TenantId } from '../../kernel/ids.ts';
import type { EventStore, StreamAppend } from '../../kernel/ports/event-store.ts';
import type { Claim, Job } from '../../kernel/ports/job-queue.ts';
import { type TaskAggregate, taskDecider, type TaskEvent, taskStream } from '../tasks/index.ts';
import { executionDecider, type ExecutionState } from './execution.ts';
import { type ExecutionEvent, executionStream } from './execution-events.ts';
import { awayPause, patiently } from './patiently.ts';

/** Events that may wait are on disk after this long at the latest. */
const LINGER_MILLISECONDS = 25;

export interface JournalOptions {
  readonly store: EventStore;
  readonly tenantId: TenantId;
  readonly metadata: EventMetadata;
  readonly executionId: ExecutionId;
  readonly taskId: TaskId;
  readonly state: ExecutionState;
  readonly version: number;
  /** The task as it was when its stream had so many events; read when it is first needed unless given. */
  readonly task?: StoredTask;
  /** Aborted when this process gives the execution up; until then an append waits for a database that is away. */
  readonly signal: AbortSignal;
  /** Told once when another writer was found in the stream: this worker has lost the execution. */
  readonly onLost: (error: AppError) => void;
}

/** A task, and the version of the stream it was folded from. */
export interface StoredTask {
  readonly state: TaskAggregate;
  readonly version: number;
}

/** What is stored together with events of the execution. */
export interface Together {
  /** Events of the task, or made from its state; decided against its state at the time of the append. */
  readonly task?: readonly TaskEvent[] | ((task: TaskAggregate) => readonly TaskEvent[]);
  readonly streams?: readonly StreamAppend[];
  readonly jobs?: readonly Job[];
  /** Claims that end with it. */
  readonly ended?: readonly Claim[];
}

/** As it is, or made from the state with the event in it. */
type TogetherWith = Together | (() => Together);

/**
 * The execution's stream as its one writer sees it: open → (lost | closed). `later` puts an event
 * behind the others without waiting; `now` does so and resolves when it and everything before it
 * is on disk. One append is under way at a time; what comes meanwhile shares the next. An append
 * that finds another writer's event ends the journal: nothing can be recorded after that.
 */
export class Journal {
  readonly #options: JournalOptions;
  #state: ExecutionState;
  #version: number;
  #pending: ExecutionEvent[] = [];
  #together: Together[] = [];
  #task: StoredTask | undefined;
  #flushing: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #linger: NodeJS.Timeout | undefined;
  #failure: unknown;

  constructor(options: JournalOptions) {
    this.#options = options;
    this.#state = options.state;
    this.#version = options.version;
    this.#task = options.task;
  }

  get state(): ExecutionState {
    return this.#state;
  }

  /** Records an event that need not be on disk before the next step begins. */
  later(event: ExecutionEvent, together?: TogetherWith): void {
    this.#record(event, together);
    this.#startLinger();
  }

  /** Records an event and waits for the disk. @throws AppError CONCURRENCY_CONFLICT, DATABASE_UNAVAILABLE, … */
  async now(event: ExecutionEvent, together?: TogetherWith): Promise<void> {
    this.#record(event, together);
    await this.flush();
  }

  /**
   * Stores it together with the next events, or by itself where none come soon: that a task has
   * begun costs no append of its own unless its first step takes a while, and is told of then.
   */
  attach(together: Together): void {
    this.#together.push(together);
    this.#startLinger();
  }

  #startLinger(): void {
    this.#linger ??= setTimeout(() => {
      this.#linger = undefined;
      const isIdle = this.#pending.length === 0 && this.#flushing === undefined;
      (isIdle ? this.#start() : this.flush()).catch(() => {
        // The failure is kept: whoever records or waits next is told of it.
      });
    }, LINGER_MILLISECONDS);
  }

  /** Resolves when everything recorded so far is on disk. */
  flush(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#pending.length === 0) return this.#flushing ?? Promise.resolve();
    if (this.#flushing === undefined) return this.#start();
    // By way of `flush`: somebody may have begun an append between the end of that one and this turn.
    this.#next ??= this.#flushing.then(() => {
      this.#next = undefined;
      return this.flush();
    });
    return this.#next;
  }

  #record(event: ExecutionEvent, together: TogetherWith | undefined): void {
    if (this.#failure !== undefined) throw this.#failure;
    executionDecider.decide(this.#state, event);
    this.#state = executionDecider.evolve(this.#state, event);
    this.#pending.push(event);
    if (together !== undefined) this.#together.push(typeof together === 'function' ? together() : together);
  }

  #start(): Promise<void> {
    this.#next = undefined;
    clearTimeout(this.#linger);
    this.#linger = undefined;
    const flushing = this.#append().finally(() => {
      if (this.#flushing === flushing) this.#flushing = undefined;
    });
    this.#flushing = flushing;
    return flushing;
  }

  async #append(): Promise<void> {
    const events = this.#pending;
    const together = this.#together;
    if (events.length === 0 && together.length === 0) return;
    this.#pending = [];
    this.#together = [];
    try {
      await this.#appendWithTask(events, together);
      this.#version += events.length;
    } catch (error) {
      this.#failure = error;
      if (error instanceof AppError && error.code === 'CONCURRENCY_CONFLICT') this.#options.onLost(error);
      throw error;
    }
  }

  /** A race on the task's stream (a person decided something) is repeated; one on the execution's own is not. */
  async #appendWithTask(events: readonly ExecutionEvent[], together: readonly Together[]): Promise<void> {
    const ofTask = together.flatMap(({ task }) => (task === undefined ? [] : [task]));
    const own = executionStream(this.#options.executionId);
    for (let away = 0; ;) {
      const task = ofTask.length === 0 ? undefined : (this.#task ??= await this.#loadTask());
      const decided = task === undefined ? [] : decideTask(task.state, ofTask);
      // The task may have begun without us, and nothing else be there to tell.
      if (events.length === 0 && decided.length === 0) return;
      try {
        await this.#options.store.append({
          tenantId: this.#options.tenantId,
          metadata: this.#options.metadata,
          streams: [
            ...(events.length === 0 ? [] : [{ streamId: own, expectedVersion: this.#version, events }]),
            ...(task === undefined || decided.length === 0 ? [] : [this.#taskAppend(task.version, decided)]),
            ...together.flatMap((entry) => entry.streams ?? []),
          ],
          jobs: together.flatMap((entry) => entry.jobs ?? []),
          ended: together.flatMap((entry) => entry.ended ?? []),
        });
        if (task !== undefined) {
          this.#task = { state: fold(taskDecider, decided, task.state), version: task.version + decided.length };
        }
        return;
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        if (error.code === 'DATABASE_UNAVAILABLE' || error.code === 'STORAGE_FULL') {
          away += 1;
          await delay(awayPause(away), undefined, { signal: this.#options.signal });
        } else if (error.details['stream'] === taskStream(this.#options.taskId)) {
          this.#task = undefined;
        } else {
          throw error;
        }
      }
    }
  }

  #taskAppend(version: number, events: readonly DomainEvent<string, object>[]): StreamAppend {
    return { streamId: taskStream(this.#options.taskId), expectedVersion: version, events };
  }

  async #loadTask(): Promise<StoredTask> {
    const { store, taskId, signal } = this.#options;
    const events = await patiently(() => store.readStream(taskStream(taskId)), signal);
    return { state: fold(taskDecider, events as unknown as readonly TaskEvent[]), version: events.length };
  }
}

function decideTask(task: TaskAggregate, wanted: readonly NonNullable<Together['task']>[]): readonly TaskEvent[] {
  let state = task;
  return wanted.flatMap((entry) => {
    const events = typeof entry === 'function' ? entry(state) : entry;
    return events.flatMap((event) => {
      const decided = taskDecider.decide(state, event);
      state = fold(taskDecider, decided, state);
      return decided;
    });
  });
}
