import { FINAL_TASK_STATES, type TaskView } from '#contract';

import { AppError } from '../kernel/errors.ts';
import type { EventBus } from '../kernel/ports/event-bus.ts';

/** Where another process runs the task, the bus of this one doesn't tell of its end. */
const POLL_MILLISECONDS = 1_000;
const SETTLING = new Set(['TaskCompleted', 'TaskFailed', 'TaskCanceled', 'TaskInputRequired']);

export interface TaskWaitsOptions {
  readonly bus: Pick<EventBus, 'onRecorded'>;
  readonly get: (taskId: string) => Promise<TaskView>;
  /** Aborted when nothing is waited for any more. */
  readonly signal: AbortSignal;
}

/** Waits for the ends of tasks with one listener for all of them. */
export class TaskWaits {
  readonly #options: TaskWaitsOptions;
  /** Stream of the task to who looks again when it has news. */
  readonly #lookers = new Map<string, Set<() => void>>();

  constructor(options: TaskWaitsOptions) {
    this.#options = options;
    options.bus.onRecorded((events) => {
      for (const event of events) {
        if (!SETTLING.has(event.type)) continue;
        for (const look of this.#lookers.get(event.streamId) ?? []) look();
      }
    });
  }

  /**
   * The task once it has ended or waits for a person. `isNew`: it was submitted in this turn of the
   * event loop, so that it can't have ended yet.
   * @throws AppError TASK_NOT_FOUND; the signal's reason
   */
  async settled(taskId: string, { isNew = false }: { readonly isNew?: boolean } = {}): Promise<TaskView> {
    const { signal } = this.#options;
    let isKnown = isNew;
    const stream = `task-${taskId}`;
    for (;;) {
      signal.throwIfAborted();
      const { promise: news, resolve: settle } = Promise.withResolvers<void>();
      const resolve = (): void => settle();
      const lookers = this.#lookers.get(stream) ?? new Set();
      this.#lookers.set(stream, lookers.add(resolve));
      const timer = setTimeout(resolve, POLL_MILLISECONDS);
      try {
        const task = isKnown ? undefined : await this.#look(taskId);
        isKnown = false;
        if (task !== undefined && (FINAL_TASK_STATES.includes(task.state) || task.state === 'input-required')) {
          return task;
        }
        signal.addEventListener('abort', resolve, { once: true });
        await news;
      } finally {
        clearTimeout(timer);
        signal.removeEventListener('abort', resolve);
        lookers.delete(resolve);
        if (lookers.size === 0) this.#lookers.delete(stream);
      }
    }
  }

  /** The task, or undefined where the database can't tell just now: the task itself goes on. */
  async #look(taskId: string): Promise<TaskView | undefined> {
    try {
      return await this.#options.get(taskId);
    } catch (error) {
      if (error instanceof AppError && error.code !== 'DATABASE_UNAVAILABLE') throw error;
      return undefined;
    }
  }
}
