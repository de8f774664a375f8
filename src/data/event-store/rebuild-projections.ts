import { Client, type ClientConfig } from 'pg';

import type { BlobStore } from '../../kernel/ports/blob-store.ts';
import type { CatchUpProjection, InlineProjection } from '../../kernel/projection.ts';
import { toDatabaseError } from '../database/index.ts';
import { projectedStatements } from './append-statements.ts';
import { decodeRow, type EventRow } from './event-codec.ts';
import { COLUMNS } from './pg-event-store.ts';

/** Events a batch; each may be a megabyte. */
const BATCH = 200;

export interface RebuildOptions {
  readonly connection: ClientConfig;
  /** Where events above 64 KiB have their data. */
  readonly blobs: BlobStore;
  /** All of them: the tables of those left out keep what they have. */
  readonly projections: readonly InlineProjection[];
  /** All of them, too: they are at the end of the log then. */
  readonly catchUps: readonly CatchUpProjection[];
  /** Told after each batch how many events have been projected. */
  readonly onProgress?: (events: number) => void;
}

/** What was made anew. */
export interface RebuildReport {
  readonly tables: readonly string[];
  /** Events that the projections handled. */
  readonly events: number;
}

/**
 * Makes the tables of the projections anew from the whole log, in one transaction: readers see the
 * old rows until it commits, and where it is killed nothing has happened. The log is locked against
 * writers meanwhile (in whatever process, whether a worker or not), and so against a second
 * rebuild; both wait. The events are read without the horizon of `readAll`, since under the lock
 * every one is there. A runner of a catch-up projection finds its position moved, and goes on from there.
 * @throws AppError DATABASE_UNAVAILABLE, STORAGE_FULL, BLOB_NOT_FOUND, BLOB_CORRUPT
 */
export async function rebuildProjections(options: RebuildOptions): Promise<RebuildReport> {
  const client = new Client({ ...options.connection, application_name: 'pygent-rebuild' });
  // A connection that breaks fails the query under way as well; that is where it is reported.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('BEGIN; LOCK TABLE events IN SHARE ROW EXCLUSIVE MODE');
    const { projections, catchUps } = options;
    await moveToEnd(
      client,
      catchUps.map(({ name }) => name),
    );
    const tables = [...projections, ...catchUps].flatMap((projection) => projection.tables);
    // Not TRUNCATE: it would hold up readers, and show an empty table to a backup under way.
    for (const table of tables) await client.query(`DELETE FROM ${client.escapeIdentifier(table)}`);
    const events = await replay(client, options);
    await client.query('COMMIT');
    return { tables, events };
  } catch (error) {
    throw toDatabaseError(error);
  } finally {
    await client.end();
  }
}

/** Before the tables are touched, in the order in which runners lock them; those wait until the rebuild is over. */
async function moveToEnd(client: Client, names: readonly string[]): Promise<void> {
  await client.query(
    `INSERT INTO projections (name, position)
     SELECT name, coalesce((SELECT max(global_position) FROM events), 0) FROM unnest($1::text[]) AS names (name)
     ON CONFLICT (name) DO UPDATE SET position = excluded.position, updated_at = now()`,
    [names],
  );
}

async function replay(client: Client, options: RebuildOptions): Promise<number> {
  const { blobs, projections, catchUps, onProgress } = options;
  const types = [...new Set([...projections, ...catchUps].flatMap((projection) => projection.handles))];
  let position = '0';
  let count = 0;
  for (;;) {
    const { rows } = await client.query<EventRow>({
      name: 'log-to-replay',
      text: `SELECT ${COLUMNS} FROM events
             WHERE global_position > $1 AND type = ANY($2::text[]) ORDER BY global_position LIMIT ${BATCH}`,
      values: [position, types],
    });
    const last = rows.at(-1);
    if (last === undefined) return count;
    const events = [];
    for (const row of rows) events.push(await decodeRow(row, blobs));
    // The inline ones first: the others may read their tables.
    const statements = [...projectedStatements(events, projections), ...projectedStatements(events, catchUps)];
    for (const { name, text, values } of statements) {
      await client.query({ name, text, values: [...values] });
    }
    position = last.global_position;
    count += rows.length;
    onProgress?.(count);
  }
}
