import type { Pool } from 'pg';

import { AppError } from '../../kernel/errors.ts';
import type { RecordedEvent } from '../../kernel/event.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { BlobStore } from '../../kernel/ports/blob-store.ts';
import type { EventBus } from '../../kernel/ports/event-bus.ts';
import type { AppendRequest, EventStore, ReadAllOptions, ReadStreamOptions } from '../../kernel/ports/event-store.ts';
import { Batcher } from '../../utils/batcher.ts';
import { holdsNul } from '../../utils/holds-nul.ts';
import { AppendLane } from './append-lane.ts';
import { AppendWriter, type AppendWriterDependencies } from './append-writer.ts';
import { decodeRow, encodeData, type EventRow } from './event-codec.ts';
import { KnownHeads } from './known-heads.ts';
import type { PreparedAppend } from './append-statements.ts';

const MAX_BATCH_EVENTS = 1_000;
const MAX_WAITING_APPENDS = 20_000;
const KNOWN_HEADS = 50_000;

export interface PgEventStoreDependencies extends AppendWriterDependencies {
  /** For reads. */
  readonly pool: Pool;
  readonly blobs: BlobStore;
  readonly bus: EventBus;
  readonly clock: Clock;
}

export interface PgEventStore extends EventStore {
  close(): Promise<void>;
}

/** The event log in PostgreSQL, with group commit. */
export function createPgEventStore(dependencies: PgEventStoreDependencies): PgEventStore {
  const { pool, blobs, bus, clock, queue } = dependencies;
  const heads = new KnownHeads(KNOWN_HEADS);
  const writer = new AppendWriter({ ...dependencies, heads });
  const lane = new AppendLane<PreparedAppend, readonly RecordedEvent[]>({
    commit: (appends) => writer.commit(appends),
    clashKeys: (append) => append.request.streams.map((stream) => stream.streamId),
    weigh: (append) => append.events.length,
    maxBatchWeight: MAX_BATCH_EVENTS,
    maxWaiting: MAX_WAITING_APPENDS,
  });

  const decodeAll = async (rows: readonly EventRow[]): Promise<readonly RecordedEvent[]> => {
    const events: RecordedEvent[] = [];
    for (const row of rows) events.push(await decodeRow(row, blobs));
    return events;
  };

  // Streams are short and asked for by the hundred when many executions begin: those share a query.
  const whole = new Batcher({ load: (streamIds) => readStreams(pool, streamIds) });

  return {
    async append(request) {
      const reserved = request.jobs === undefined ? undefined : queue?.reserve(request.jobs);
      const jobs = reserved?.jobs ?? request.jobs ?? [];
      let events: readonly RecordedEvent[];
      try {
        const prepared = await prepare({ ...request, jobs }, { blobs, clock });
        events = await lane.submit({ ...prepared, taken: reserved?.claims ?? [] });
      } catch (error) {
        reserved?.giveUp({ mayBeStored: error instanceof AppError && error.code === 'DATABASE_UNAVAILABLE' });
        throw error;
      }
      bus.publishRecorded(events);
      reserved?.take(events);
      if (jobs.length > 0) queue?.wake();
      return events;
    },
    async readStream(streamId, options: ReadStreamOptions = {}) {
      if (holdsNul(streamId)) return [];
      const isWhole = options.fromVersion === undefined && options.limit === undefined;
      const rows = isWhole ? ((await whole.get(streamId)) ?? []) : await readPart(pool, { streamId, ...options });
      const last = rows.at(-1);
      if (last !== undefined) heads.see(streamId, last.version);
      return decodeAll(rows);
    },
    async readAll(options) {
      const { rows } = await pool.query<EventRow>(readAllQuery(options));
      return decodeAll(rows);
    },
    async close() {
      await lane.close();
      await writer.close();
    },
  };
}

/** What `decodeRow` takes. */
export const COLUMNS = 'global_position, stream_id, version, type, data, metadata, tenant_id, recorded_at';

async function readPart(
  pool: Pool,
  { streamId, fromVersion = 1, limit }: ReadStreamOptions & { readonly streamId: string },
): Promise<readonly EventRow[]> {
  const { rows } = await pool.query<EventRow>({
    name: 'read-stream',
    text: `SELECT ${COLUMNS} FROM events WHERE stream_id = $1 AND version >= $2 ORDER BY version LIMIT $3`,
    values: [streamId, fromVersion, limit ?? null],
  });
  return rows;
}

async function readStreams(pool: Pool, streamIds: readonly string[]): Promise<ReadonlyMap<string, EventRow[]>> {
  const { rows } = await pool.query<EventRow>({
    name: 'read-streams',
    text: `SELECT ${COLUMNS} FROM events WHERE stream_id = ANY($1::text[]) ORDER BY stream_id, version`,
    values: [streamIds],
  });
  return Map.groupBy(rows, (row) => row.stream_id);
}

/**
 * Rows whose transaction may still have an older one in flight beside it are left for the next
 * read: everything below the snapshot's xmin is decided, so no smaller position can appear later.
 * (The bare sequence would skip a transaction that drew its positions early and commits late.)
 */
export const DECIDED = 'transaction_id < pg_snapshot_xmin(pg_current_snapshot())';

function readAllQuery(options: ReadAllOptions): { name: string; text: string; values: unknown[] } {
  const values: unknown[] = [options.after.toString(), options.limit];
  let filter = '';
  let name = 'read-all';
  if (options.streamIds !== undefined) {
    values.push(options.streamIds.filter((streamId) => !holdsNul(streamId)));
    filter += ` AND stream_id = ANY($${values.length}::text[])`;
    name += '-streams';
  }
  if (options.tenantId !== undefined) {
    values.push(options.tenantId);
    filter += ` AND tenant_id = $${values.length}`;
    name += '-tenant';
  }
  const text = `SELECT ${COLUMNS}
    FROM events
    WHERE global_position > $1 AND ${DECIDED}${filter}
    ORDER BY global_position LIMIT $2`;
  return { name, text, values };
}

async function prepare(
  request: AppendRequest,
  { blobs, clock }: { readonly blobs: BlobStore; readonly clock: Clock },
): Promise<Omit<PreparedAppend, 'taken'>> {
  const recordedAt = clock.now();
  const events: PreparedAppend['events'][number][] = [];
  const dataTexts: string[] = [];
  for (const stream of request.streams) {
    if (stream.events.length === 0) throw new AppError('INTERNAL', `an append to ${stream.streamId} has no events`);
    for (const [index, event] of stream.events.entries()) {
      events.push({
        streamId: stream.streamId,
        version: stream.expectedVersion + index + 1,
        type: event.type,
        data: event.data as RecordedEvent['data'],
        metadata: request.metadata,
        tenantId: request.tenantId,
        recordedAt,
      });
      const text = encodeData(event, blobs);
      // Most are small, and need not wait.
      dataTexts.push(typeof text === 'string' ? text : await text);
    }
  }
  return { request, events, dataTexts, metadataText: JSON.stringify(request.metadata) };
}
