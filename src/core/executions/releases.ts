import { toAppError } from '../../kernel/errors.ts';
import type { JobQueue, WorkerIdentity } from '../../kernel/ports/job-queue.ts';
import type { Logger } from '../../observability/index.ts';

interface Batch {
  readonly over: string[];
  readonly again: string[];
  readonly done: PromiseWithResolvers<void>;
}

/**
 * Gives claims back in batches: while one release is under way the next ones gather. One that
 * fails is not repeated: the claim then stands until this worker stops or is found dead, and an
 * execution that is over is ended at once by whoever gets it.
 */
export class Releases {
  readonly #options: { readonly queue: JobQueue; readonly identity: WorkerIdentity; readonly logger: Logger };
  #next: Batch | undefined;
  #running: Promise<void> | undefined;

  constructor(options: { readonly queue: JobQueue; readonly identity: WorkerIdentity; readonly logger: Logger }) {
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
    const { queue, identity, logger } = this.#options;
    try {
      await queue.release(identity, subjects, { again });
    } catch (error) {
      logger.warn({ err: toAppError(error), subjects }, 'claims could not be given back');
    }
  }
}
