/** A request to look at something; it carries no state, so a lost or doubled job harms nothing. */
export interface Job {
  readonly queue: 'advance';
  /** What to look at: an execution id. */
  readonly subject: string;
  /** Not before this time; at once unless given. */
  readonly startAfter?: Date;
  /** Larger goes first; 0 unless given. */
  readonly priority?: number;
}

/** A job that this process took and nobody else has. */
export interface FetchedJob {
  readonly id: string;
  readonly subject: string;
}

export interface JobQueue {
  enqueue(jobs: readonly Job[]): Promise<void>;
  /** Takes up to `limit` due jobs; they come back to others if they are not completed in time. */
  fetch(limit: number): Promise<readonly FetchedJob[]>;
  complete(ids: readonly string[]): Promise<void>;
  /** Calls back when a job may be due sooner than the next poll; returns how to stop. */
  onWake(listener: () => void): () => void;
}
