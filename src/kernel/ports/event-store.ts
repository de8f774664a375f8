import type { DomainEvent, EventMetadata, RecordedEvent } from '../event.ts';
import type { TenantId } from '../ids.ts';
import type { Claim, Job } from './job-queue.ts';

/** Events for one stream, to be stored behind its current end. */
export interface StreamAppend {
  readonly streamId: string;
  /** Version of the last event the writer knows; 0 for a stream that must not exist yet. */
  readonly expectedVersion: number;
  readonly events: readonly DomainEvent<string, object>[];
}

/** Appends to one or more streams that are stored together or not at all, with the jobs that follow. */
export interface AppendRequest {
  readonly tenantId: TenantId;
  readonly metadata: EventMetadata;
  readonly streams: readonly StreamAppend[];
  /** Inserted in the same transaction. */
  readonly jobs?: readonly Job[];
  /** Claims that end with it, given up in the same transaction. */
  readonly ended?: readonly Claim[];
}

/** Which part of a stream to read. */
export interface ReadStreamOptions {
  /** First version wanted; 1 unless given. */
  readonly fromVersion?: number;
  /** At most so many events; all unless given. */
  readonly limit?: number;
}

/** Which part of the whole log to read. */
export interface ReadAllOptions {
  /** Only events behind this position. */
  readonly after: bigint;
  readonly limit: number;
  /** Only events of these streams. */
  readonly streamIds?: readonly string[];
  /** Only events of this tenant. */
  readonly tenantId?: TenantId;
}

/** The log. Appends are group-committed: callers that come while a commit is under way share the next. */
export interface EventStore {
  /**
   * Stores the events and resolves when they are on disk.
   * @throws AppError CONCURRENCY_CONFLICT where a stream is not at its expected version, or a read
   *   model holds the place already (`details.constraint`), STORAGE_FULL, DATABASE_UNAVAILABLE.
   *   Nothing of the request is stored then; only where the database went away in the middle of the
   *   commit and did not come back in time, it may be.
   */
  append(request: AppendRequest): Promise<readonly RecordedEvent[]>;
  /** Events of one stream in their order; empty where there is no such stream. */
  readStream(streamId: string, options?: ReadStreamOptions): Promise<readonly RecordedEvent[]>;
  /**
   * Events in the order of the log, never past a transaction that is still in flight, so that a
   * reader who goes on from the last position misses nothing.
   */
  readAll(options: ReadAllOptions): Promise<readonly RecordedEvent[]>;
}
