import { FINAL_TASK_STATES, type TaskView } from '#contract';

import type { EventBus } from '../kernel/ports/event-bus.ts';

/** Where another process runs the task, the bus of this one doesn't tell of its end. */
const POLL_MILLISECONDS = 1_000;
const SETTLING = new Set(['TaskCompleted', 'TaskFailed', 'TaskCanceled', 'TaskInputRequired']);

export interface TaskWaitsOptions {
  readonly bus: Pick<EventBus, 'onRecorded'>;
  readonly get: (taskId: string) => Promise<TaskView>;
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

  /** The task once it has ended or waits for a person. */
  async settled(taskId: string): Promise<TaskView> {
    const stream = `task-${taskId}`;
    for (;;) {
      const { promise: news, resolve } = Promise.withResolvers<void>();
      const lookers = this.#lookers.get(stream) ?? new Set();
      this.#lookers.set(stream, lookers.add(resolve));
      const timer = setTimeout(resolve, POLL_MILLISECONDS);
      try {
        const task = await this.#options.get(taskId);
        if (FINAL_TASK_STATES.includes(task.state) || task.state === 'input-required') return task;
        await news;
      } finally {
        clearTimeout(timer);
        lookers.delete(resolve);
        if (lookers.size === 0) this.#lookers.delete(stream);
      }
    }
  }
}
