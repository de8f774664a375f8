import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';

import type { Database, Queries } from '../../kernel/ports/database.ts';
import { errorCode } from '../../utils/error-code.ts';
import { toDatabaseError } from './database-error.ts';
import type { DatabaseLog } from './database-log.ts';

const DEFAULT_SIZE = 16;
const CONNECT_MILLISECONDS = 10_000;
const STATEMENT_MILLISECONDS = 60_000;
const LOCK_MILLISECONDS = 15_000;
const IDLE_TRANSACTION_MILLISECONDS = 60_000;
const IDLE_CLIENT_MILLISECONDS = 60_000;
/** A server that can't be reached any more acknowledges no goodbye. */
const GOODBYE_MILLISECONDS = 3_000;

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
 * What it and its clients reject with is as `toDatabaseError` says.
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
  // An idle connection that breaks is replaced at the next use; unheard, this event would end the process.
  pool.on('error', (error) => {
    if (!pool.ending) options.log.warn({ error: error.message }, 'an idle database connection broke');
  });
  mapFailures(pool, 'connect');
  mapFailures(pool, 'query');
  pool.on('connect', prepareClient);
  endWithClients(pool);
  return pool;
}

/** SQLSTATEs with which the server ends a connection; the driver hears of the end only a moment later. */
const LAST_WORDS: ReadonlySet<string | undefined> = new Set(['25P03', '57P01', '57P02', '57P03', '57P05']);

function prepareClient(client: pg.PoolClient): void {
  // While it is lent, nobody but its borrower hears of its end, by the query that fails; unheard, this event
  // would end the process.
  client.on('error', () => undefined);
  // One that is ending goes not back into the pool, where the next caller would find it dead.
  mapFailures(client, 'query', (error) => {
    if (LAST_WORDS.has(errorCode(error))) void client.end();
  });
}

type Method = (...parameters: unknown[]) => unknown;

/** The callbacks by which the pool speaks to its clients, and which are not ours, stay as they are. */
// oxlint-disable-next-line max-params -- whose method, which one, and who else hears of it
function mapFailures<Name extends string>(
  target: { [key in Name]: unknown },
  name: Name,
  onFailure: (error: unknown) => void = () => undefined,
): void {
  const method = target[name] as Method;
  const fail = (error: unknown): never => {
    onFailure(error);
    throw toDatabaseError(error);
  };
  target[name] = ((...parameters) => {
    const answer = method.apply(target, parameters);
    return answer instanceof Promise ? answer.catch(fail) : answer;
  }) satisfies Method;
}

/** Lets `end` wait until the connections are closed; by itself it only says goodbye, and the server may go first. */
function endWithClients(pool: pg.Pool): void {
  const open = new Set<pg.PoolClient>();
  const { promise: allClosed, resolve } = Promise.withResolvers<void>();
  const look = (): void => {
    if (pool.ended && open.size === 0) resolve();
  };
  pool.on('connect', (client) => open.add(client));
  pool.on('remove', (client) => {
    open.delete(client);
    look();
  });
  const end = pool.end.bind(pool);
  pool.end = async () => {
    await end();
    look();
    const patience = setTimeout(resolve, GOODBYE_MILLISECONDS);
    await allClosed;
    clearTimeout(patience);
  };
}

/** Kysely over the pool; closing the pool is the pool's owner's business. */
export function createQueries(pool: pg.Pool): Queries {
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
}

/**
 * A connection of its own beside the pool, in pipeline mode: statements travel without waiting for
 * answers. Prepared ones are planned once for all: for arrays of one element the planner would take
 * a plan for these very values to be the cheaper one each time, and planning is most of their cost.
 */
export async function openPipelinedClient(connection: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client({
    ...connection,
    application_name: 'pygent-events',
    connectionTimeoutMillis: CONNECT_MILLISECONDS,
    keepAlive: true,
    pipeline: true,
  });
  await client.connect();
  await client.query(`SET plan_cache_mode = 'force_generic_plan'`);
  return client;
}
