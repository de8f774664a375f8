import { existsSync } from 'node:fs';
import { join } from 'node:path';

import pg from 'pg';

import type { Configuration } from '../config/index.ts';
import {
  type DatabaseLog,
  findRunningServer,
  openDatabase,
  readMigrations,
  toDatabaseError,
} from '../data/database/index.ts';
import { AppError, toAppError } from '../kernel/errors.ts';
import { ERRORS } from '#contract';
import type { CheckResult } from './check-result.ts';

const CONNECT_MILLISECONDS = 5_000;
const CLOCK_WARN_MILLISECONDS = 2_000;
const CLOCK_FAIL_MILLISECONDS = 60_000;

export interface DatabaseCheck {
  readonly configuration: Pick<Configuration, 'DATA_DIR' | 'DATABASE_URL'>;
  readonly log: DatabaseLog;
}

/** What the checks need to know of the database. */
interface DatabaseFacts {
  readonly version: string;
  /** Undefined where no migration was ever applied. */
  readonly schema: number | undefined;
  readonly hasKeys: boolean;
  /** How far its clock is ahead of ours, in milliseconds; half of the way there and back is taken off. */
  readonly ahead: number;
}

export interface DatabaseFindings {
  readonly checks: readonly CheckResult[];
  /** Whether it holds API keys; undefined where it could not be asked. */
  readonly hasKeys?: boolean;
}

/**
 * Whether the database answers, fits this version, and has the right time. A server that runs is
 * asked as one more client; an embedded one that doesn't is started for the question.
 */
export async function checkDatabase({ configuration, log }: DatabaseCheck): Promise<DatabaseFindings> {
  const { DATA_DIR, DATABASE_URL } = configuration;
  if (DATABASE_URL === undefined && !existsSync(join(DATA_DIR, 'postgres'))) {
    return { checks: [{ name: 'database', status: 'ok', detail: 'embedded; made at the first start' }] };
  }
  try {
    const facts = await askAnyhow({ configuration, log });
    const where = DATABASE_URL === undefined ? 'embedded' : 'DATABASE_URL';
    return {
      hasKeys: facts.hasKeys,
      checks: [
        { name: 'database', status: 'ok', detail: `${where}, PostgreSQL ${facts.version} answers` },
        checkSchema(facts.schema),
        checkClock(facts.ahead),
      ],
    };
  } catch (error) {
    const { code, message } = toAppError(toDatabaseError(error));
    return { checks: [{ name: 'database', status: 'fail', detail: message, remedy: ERRORS[code].remedy }] };
  }
}

async function askAnyhow({ configuration, log }: DatabaseCheck): Promise<DatabaseFacts> {
  const { DATA_DIR: dataDir, DATABASE_URL } = configuration;
  const running = DATABASE_URL === undefined ? findRunningServer(dataDir) : undefined;
  if (running !== undefined) return await ask(running);
  const databaseUrl = DATABASE_URL === undefined ? {} : { databaseUrl: DATABASE_URL };
  const database = await openDatabase({ dataDir, log, poolSize: 1, withoutMigrations: true, ...databaseUrl });
  try {
    return await ask(database.connection);
  } finally {
    await database.close();
  }
}

async function ask(connection: pg.ClientConfig): Promise<DatabaseFacts> {
  const client = new pg.Client({
    ...connection,
    application_name: 'pygent-doctor',
    connectionTimeoutMillis: CONNECT_MILLISECONDS,
    query_timeout: CONNECT_MILLISECONDS,
  });
  // A connection that breaks fails the query under way as well; that is where it is reported.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const sent = Date.now();
    const { rows } = await client.query<{ now: Date; version: string; migrated: boolean; keyed: boolean }>(
      `SELECT clock_timestamp() AS now, current_setting('server_version') AS version,
              to_regclass('schema_migrations') IS NOT NULL AS migrated, to_regclass('keys') IS NOT NULL AS keyed`,
    );
    const [facts] = rows;
    if (facts === undefined) throw new AppError('DATABASE_UNAVAILABLE', 'The database answered nothing.');
    const ahead = facts.now.getTime() - (sent + Date.now()) / 2;
    return {
      version: facts.version,
      ahead,
      schema: facts.migrated
        ? await readNumber(client, 'SELECT max(version) AS value FROM schema_migrations')
        : undefined,
      hasKeys: facts.keyed && (await readNumber(client, 'SELECT count(*)::int AS value FROM keys')) > 0,
    };
  } finally {
    await client.end();
  }
}

async function readNumber(client: pg.Client, sql: string): Promise<number> {
  const { rows } = await client.query<{ value: number | null }>(sql);
  return rows[0]?.value ?? 0;
}

function checkSchema(schema: number | undefined): CheckResult {
  const newest = readMigrations().length;
  const detail = `version ${schema ?? 0}, this pygent knows ${newest}`;
  if (schema === newest) return { name: 'schema', status: 'ok', detail: `version ${schema}` };
  if ((schema ?? 0) > newest) return { name: 'schema', status: 'fail', detail, remedy: ERRORS.SCHEMA_TOO_NEW.remedy };
  return {
    name: 'schema',
    status: 'warn',
    detail,
    remedy: 'The next start brings it up to date, or `pygent db migrate`.',
  };
}

/** Timers, expiries and leases are compared across the two. */
function checkClock(ahead: number): CheckResult {
  const off = Math.abs(ahead);
  const detail = `the database is ${Math.round(off)} ms ${ahead >= 0 ? 'ahead' : 'behind'}`;
  if (off < CLOCK_WARN_MILLISECONDS) return { name: 'clock', status: 'ok', detail: 'agrees with the database' };
  const status = off < CLOCK_FAIL_MILLISECONDS ? 'warn' : 'fail';
  return { name: 'clock', status, detail, remedy: 'Set both machines by NTP.' };
}
