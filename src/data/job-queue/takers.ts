import type { Job, Taker } from '../../kernel/ports/job-queue.ts';
import type { Reservation } from '../event-store/index.ts';

/** The workers of this process that take new subjects. */
export class Takers {
  readonly #takers = new Set<Taker>();

  add(taker: Taker): () => void {
    this.#takers.add(taker);
    return () => this.#takers.delete(taker);
  }

  /** Finds a worker with room for what is new and due; undefined where none has, or nothing is. */
  reserve(jobs: readonly Job[]): Reservation | undefined {
    const subjects = jobs.filter(canBeTaken).map(({ subject }) => subject);
    if (subjects.length === 0) return undefined;
    for (const taker of this.#takers) {
      if (!taker.reserve(subjects)) continue;
      return {
        claims: subjects.map((subject) => ({ subject, workerId: taker.identity.id })),
        jobs: jobs.filter((job) => !canBeTaken(job)),
        take: (events) => taker.take(subjects, events),
        giveUp: (options) => taker.giveUp(subjects, options),
      };
    }
    return undefined;
  }
}

/** What has to wait, or goes before others, is the queue's to say. */
function canBeTaken({ isNew, startAfter, priority = 0 }: Job): boolean {
  return isNew === true && startAfter === undefined && priority === 0;
}
