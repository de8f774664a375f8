import type { RecordedEvent } from '../../kernel/event.ts';
import type { SqlStatement } from '../../kernel/ports/database.ts';
import type { Claim, Job } from '../../kernel/ports/job-queue.ts';

/** What of an append's jobs a worker of this process takes at once; it is settled when the append is. */
export interface Reservation {
  /** To be stored with the append. */
  readonly claims: readonly Claim[];
  /** Those that go to the queue. */
  readonly jobs: readonly Job[];
  readonly take: (events: readonly RecordedEvent[]) => void;
  /** The append failed; `mayBeStored`: with a connection, so that nobody knows. */
  readonly giveUp: (options: { readonly mayBeStored: boolean }) => void;
}

/** What the event store asks of the job queue: jobs and claims are stored with the events they come with. */
export interface AppendQueue {
  /** What of the jobs a worker of this process takes at once; undefined where it is nothing. */
  reserve(jobs: readonly Job[]): Reservation | undefined;
  /**
   * Hands over the statements that insert jobs, with one call of the runner each. They run in the
   * append's transaction, behind its events; the runner answers before they do, without rows.
   */
  enqueueWith(
    jobs: readonly Job[],
    executeSql: (text: string, values?: unknown[]) => Promise<{ rows: unknown[] }>,
  ): Promise<void>;
  /** The statement that stores claims which begin with their subjects. */
  claimNew(claims: readonly Claim[]): SqlStatement;
  /** The statement that gives up claims of subjects that are over. */
  endClaims(claims: readonly Claim[]): SqlStatement;
  /** Told after each commit that carried jobs. */
  wake(): void;
}
