import type { Pool } from 'pg';

import type { BlobStore } from '../../kernel/ports/blob-store.ts';
import type { SqlStatement } from '../../kernel/ports/database.ts';
import type { CatchUpProjection } from '../../kernel/projection.ts';
import { readWindow } from './read-window.ts';

export interface AdvanceDependencies {
  readonly projection: CatchUpProjection;
  readonly pool: Pool;
  readonly blobs: BlobStore;
}

/** Where the projection stands in the log; 0 at its beginning. */
export async function storedPosition(pool: Pool, name: string): Promise<bigint> {
  const { rows } = await pool.query<{ position: string }>({
    name: 'projection-position',
    text: 'SELECT position FROM projections WHERE name = $1',
    values: [name],
  });
  if (rows[0] !== undefined) return BigInt(rows[0].position);
  await pool.query('INSERT INTO projections (name, position) VALUES ($1, 0) ON CONFLICT (name) DO NOTHING', [name]);
  return 0n;
}

/**
 * Takes the projection over the next events behind its stored position, `size` at most.
 * @returns whether there were any
 */
export async function advanceProjection(
  { projection, pool, blobs }: AdvanceDependencies,
  { after, size }: { readonly after: bigint; readonly size: number },
): Promise<boolean> {
  const { events, end } = await readWindow({ pool, blobs }, { after, size, types: projection.handles });
  if (end === undefined) return false;
  const statements = events.length === 0 ? [] : projection.project(events);
  await commit(pool, { name: projection.name, after, end, statements });
  return true;
}

interface Step {
  readonly name: string;
  readonly after: bigint;
  readonly end: bigint;
  readonly statements: readonly SqlStatement[];
}

/*
 * The events are read and projected before the transaction, which then is short: as long as it is
 * open, no reader of the log sees what was stored since it began. (Rejected: to lock the row first
 * and read under the lock.) That the position is still where the read began makes it exactly once:
 * whoever comes second, another runner or one that was overtaken by a rebuild, writes nothing.
 */
async function commit(pool: Pool, { name, after, end, statements }: Step): Promise<void> {
  const client = await pool.connect();
  let isCommitted = false;
  try {
    // A commit that a crash undoes is made again: the position goes with the rows.
    await client.query('BEGIN; SET LOCAL synchronous_commit = off');
    const { rowCount } = await client.query({
      name: 'advance-projection',
      text: 'UPDATE projections SET position = $3, updated_at = now() WHERE name = $1 AND position = $2',
      values: [name, after.toString(), end.toString()],
    });
    if (rowCount === 1) {
      for (const statement of statements) await client.query({ ...statement, values: [...statement.values] });
    }
    await client.query('COMMIT');
    isCommitted = true;
  } finally {
    // A connection that is closed takes its open transaction with it.
    client.release(!isCommitted);
  }
}
