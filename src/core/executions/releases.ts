import { setTimeout as delay } from 'node:timers/promises';

import { toAppError } from '../../kernel/errors.ts';
import type { JobQueue, WorkerIdentity } from '../../kernel/ports/job-queue.ts';
import type { OutageLog } from './outage-log.ts';

interface Batch {
  readonly over: string[];
  readonly again: string[];
  readonly done: PromiseWithResolvers<void>;
}

const AFTER_FAILURE_MILLISECONDS = 1_000;

export interface ReleasesOptions {
  readonly queue: JobQueue;
  readonly identity: WorkerIdentity;
  readonly outages: OutageLog;
  /** Aborted when the worker stops: what it still holds is then handed over as a whole. */
  readonly signal: AbortSignal;
}

/**
 * Gives claims back in batches: while one release is under way the next ones gather. One that
 * fails is repeated: its claims would stand as long as this worker lives, with nobody at work.
 */
export class Releases {
  readonly #options: ReleasesOptions;
  #next: Batch | undefined;
  #running: Promise<void> | undefined;

  constructor(options: ReleasesOptions) {
    this.#options = options;
  }

  release(executionId: string, { again }: { readonly again: boolean }): Promise<void> {
    this.#next ??= { over: [], again: [], done: Promise.withResolvers() };
    this.#next[again ? 'again' : 'over'].push(executionId);
    const { promise } = this.#next.done;
    this.#running ??= this.#run();
    return promise;
  }

  async flush(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    // What ends in the same turn of the event loop shares the first batch.
    await Promise.resolve();
    while (this.#next !== undefined) {
      const batch = this.#next;
      this.#next = undefined;
      await this.#give(batch.over, false);
      await this.#give(batch.again, true);
      batch.done.resolve();
    }
    this.#running = undefined;
  }

  async #give(subjects: readonly string[], again: boolean): Promise<void> {
    if (subjects.length === 0) return;
    const { queue, identity, outages, signal } = this.#options;
    for (;;) {
      try {
        await queue.release(identity, subjects, { again });
        outages.succeeded('release');
        return;
      } catch (error) {
        outages.failed('release', toAppError(error));
        if (signal.aborted) return;
        await delay(AFTER_FAILURE_MILLISECONDS, undefined, { ref: false, signal }).catch(() => undefined);
      }
    }
  }
}
