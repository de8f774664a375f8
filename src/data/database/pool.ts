import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';

import type { Database, Queries } from '../../kernel/ports/database.ts';
import type { DatabaseLog } from './database-log.ts';

const DEFAULT_SIZE = 16;
const CONNECT_MILLISECONDS = 10_000;
const STATEMENT_MILLISECONDS = 60_000;
const LOCK_MILLISECONDS = 15_000;
const IDLE_TRANSACTION_MILLISECONDS = 60_000;
const IDLE_CLIENT_MILLISECONDS = 60_000;

export interface PoolOptions {
  readonly log: DatabaseLog;
  /** Most connections at once; 16 unless given. Callers beyond that wait, 10 s at most. */
  readonly size?: number;
  readonly applicationName?: string;
}

/**
 * A bounded pool. Values come as `pg` gives them, nothing is configured globally: int8 and numeric as text
 * (lossless: `BigInt(text)`), int4 and float8 as number, timestamptz as Date, json and jsonb parsed, text[] as
 * string[], bytea as Buffer. Named statements (`{ name, text, values }`) are prepared once a connection.
 * A statement is canceled after 60 s, a wait for a lock after 15 s, a transaction that idles after 60 s.
 */
export function createPool(connection: pg.ClientConfig, options: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    ...connection,
    application_name: options.applicationName ?? 'pygent',
    max: options.size ?? DEFAULT_SIZE,
    idleTimeoutMillis: IDLE_CLIENT_MILLISECONDS,
    connectionTimeoutMillis: CONNECT_MILLISECONDS,
    statement_timeout: STATEMENT_MILLISECONDS,
    lock_timeout: LOCK_MILLISECONDS,
    idle_in_transaction_session_timeout: IDLE_TRANSACTION_MILLISECONDS,
    keepAlive: true,
  });
  // An idle connection that breaks is replaced at the next use; unheard, this event would end the process. While
  // the pool closes, the server may be faster than the goodbyes.
  pool.on('error', (error) => {
    if (!pool.ending) options.log.warn({ error: error.message }, 'an idle database connection broke');
  });
  // One that is lent out has only this listener: what breaks between two statements of a transaction would end
  // the process. The next statement fails with it.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** Kysely over the pool; closing the pool is the pool's owner's business. */
export function createQueries(pool: pg.Pool): Queries {
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
}

/** A connection of its own beside the pool, in pipeline mode: statements travel without waiting for answers. */
export async function openPipelinedClient(connection: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client({
    ...connection,
    application_name: 'pygent-events',
    connectionTimeoutMillis: CONNECT_MILLISECONDS,
    keepAlive: true,
    pipeline: true,
  });
  await client.connect();
  return client;
}
