import type { RecordedEvent } from '../event.ts';

/** A request to look at something; it carries no state, so a lost or doubled job harms nothing. */
export interface Job {
  readonly queue: 'advance';
  /** What to look at: an execution id. */
  readonly subject: string;
  /** Not before this time; at once unless given. */
  readonly startAfter?: Date;
  /** Larger goes first; 0 unless given. */
  readonly priority?: number;
  /** The subject comes into being with the job, so that nobody can hold it yet. */
  readonly isNew?: true;
}

/** That a worker holds a subject. */
export interface Claim {
  readonly workerId: string;
  readonly subject: string;
}

/** A process that works on jobs. */
export interface WorkerIdentity {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
}

/** What a claim brought: subjects that are this worker's now, and those it held already. */
export interface Claimed {
  readonly taken: readonly string[];
  readonly again: readonly string[];
}

/** A worker that takes new subjects without the detour over the queue, in the append that makes them. */
export interface Taker {
  readonly identity: WorkerIdentity;
  /** Keeps a place for each of the subjects, or for none; they are then taken or given up. */
  readonly reserve: (subjects: readonly string[]) => boolean;
  /** They are stored, with these events, and this worker's. */
  readonly take: (subjects: readonly string[], events: readonly RecordedEvent[]) => void;
  /** Their append failed; `mayBeStored`: with a connection, so that nobody knows. */
  readonly giveUp: (subjects: readonly string[], options: { readonly mayBeStored: boolean }) => void;
}

/** Hands due jobs to workers; a claim stands until it is released or its worker is dead. */
export interface JobQueue {
  enqueue(jobs: readonly Job[]): Promise<void>;
  /** Turns up to `limit` due jobs into claims of this worker, at once and for nobody else. */
  claim(worker: WorkerIdentity, limit: number): Promise<Claimed>;
  /** Gives claims up. `again` makes them due for others, and so does a job that came for them meanwhile. */
  release(worker: WorkerIdentity, subjects: readonly string[], options: { readonly again: boolean }): Promise<void>;
  /** Says that this worker lives. */
  heartbeat(worker: WorkerIdentity): Promise<void>;
  /**
   * Makes the claims of dead workers due again, and answers how many there were. `soleOwner`: every
   * other worker is dead. `holding`: what this worker has in hand; other claims of its own are freed too.
   */
  recover(
    worker: WorkerIdentity,
    options: { readonly soleOwner: boolean; readonly holding?: readonly string[] },
  ): Promise<number>;
  /** Forgets this worker, its claims made due for others. */
  leave(worker: WorkerIdentity): Promise<void>;
  /** Calls back when a job may be due sooner than the next poll; returns how to stop. */
  onWake(listener: () => void): () => void;
  /** Offers new subjects to the worker first; returns how to stop. */
  offerNew(taker: Taker): () => void;
}
