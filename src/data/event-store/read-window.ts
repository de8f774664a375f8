import type { Pool } from 'pg';

import type { RecordedEvent } from '../../kernel/event.ts';
import type { BlobStore } from '../../kernel/ports/blob-store.ts';
import { decodeRow, type EventRow } from './event-codec.ts';
import { COLUMNS, DECIDED } from './pg-event-store.ts';

export interface WindowRequest {
  readonly after: bigint;
  /** How many events are looked at. */
  readonly size: number;
  /** Events wanted. */
  readonly types: readonly string[];
}

export interface LogWindow {
  /** Those of the wanted types, in the order of the log. */
  readonly events: readonly RecordedEvent[];
  /** Position of the last event looked at, wanted or not; undefined where there is none. */
  readonly end: bigint | undefined;
}

/*
 * The window is cut before the types are looked at, so that a read costs the same however rare they
 * are, and the reader gets past what it doesn't want. The last event comes along to tell the end.
 */
const READ = `
WITH part AS MATERIALIZED (
  SELECT ${COLUMNS} FROM events WHERE global_position > $1 AND ${DECIDED} ORDER BY global_position LIMIT $2)
SELECT * FROM part WHERE type = ANY($3::text[]) OR global_position = (SELECT max(global_position) FROM part)
ORDER BY global_position`;

/** The next events of the log behind a position, never past a transaction that is still in flight. @throws as `decodeRow` does */
export async function readWindow(
  { pool, blobs }: { readonly pool: Pool; readonly blobs: BlobStore },
  { after, size, types }: WindowRequest,
): Promise<LogWindow> {
  const values = [after.toString(), size, types];
  const { rows } = await pool.query<EventRow>({ name: 'read-window', text: READ, values });
  const last = rows.at(-1);
  const events: RecordedEvent[] = [];
  for (const row of rows) if (types.includes(row.type)) events.push(await decodeRow(row, blobs));
  return { events, end: last === undefined ? undefined : BigInt(last.global_position) };
}
