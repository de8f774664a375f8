import { Socket } from 'node:net';

import pg from 'pg';

import { AppError } from '../../kernel/errors.ts';
import { errorMessage } from '../../utils/error-code.ts';
import { toDatabaseError } from './database-error.ts';
import { type Migration, readMigrations } from './migration-files.ts';

/** Key of the advisory lock that one migrating process holds: "pygent" in ASCII. */
const LOCK_KEY = '123666728054388';
const OLDEST_SERVER = 150_000;

const CREATE_TABLE = `
  CREATE TABLE IF NOT EXISTS schema_migrations (
    version    integer     PRIMARY KEY,
    name       text        NOT NULL,
    checksum   text        NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
  )`;

export interface MigrationReport {
  /** The schema's version now. */
  readonly version: number;
  /** Names of the files applied by this call. */
  readonly applied: readonly string[];
}

export interface MigrateOptions {
  /** The package's own unless given. */
  readonly migrations?: readonly Migration[];
  /** Breaks off, also while another process is waited for; a file under way is rolled back when its statement is over. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Brings the schema to the version of this code, each file in a transaction of its own. Processes that start
 * together take turns by an advisory lock, and the second finds everything done.
 * @throws AppError SCHEMA_TOO_NEW, MIGRATION_FAILED (the failing file's changes are rolled back),
 *   CONFIGURATION_INVALID where the server is older than 15 or not UTF-8, DATABASE_UNAVAILABLE, STORAGE_FULL;
 *   the signal's reason.
 */
export async function migrate(
  connection: pg.ClientConfig,
  { migrations = readMigrations(), signal }: MigrateOptions = {},
): Promise<MigrationReport> {
  signal?.throwIfAborted();
  // Ours, so that it can be broken off before a server has answered, too.
  const socket = new Socket();
  const client = new pg.Client({
    ...connection,
    application_name: 'pygent-migrate',
    connectionTimeoutMillis: 10_000,
    stream: () => socket,
  });
  // A connection that breaks fails the query under way as well; that is where it is reported.
  client.on('error', () => undefined);
  const breakOff = (): void => void socket.destroy();
  signal?.addEventListener('abort', breakOff);
  try {
    await client.connect();
    await checkServer(client);
    await client.query(`SELECT pg_advisory_lock(${LOCK_KEY})`);
    return await applyPending(client, migrations);
  } catch (error) {
    signal?.throwIfAborted();
    throw toDatabaseError(error);
  } finally {
    signal?.removeEventListener('abort', breakOff);
    await client.end();
  }
}

async function checkServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: number; encoding: string }>(
    `SELECT current_setting('server_version_num')::int AS version, current_setting('server_encoding') AS encoding`,
  );
  const server = rows[0];
  if (server === undefined || server.version < OLDEST_SERVER || server.encoding !== 'UTF8') {
    throw new AppError(
      'CONFIGURATION_INVALID',
      `DATABASE_URL: PostgreSQL 15 or newer with a UTF8 database is needed; this one is ` +
        `version ${Math.floor((server?.version ?? 0) / 10_000)} with ${server?.encoding}.`,
      { details: { field: 'DATABASE_URL' } },
    );
  }
}

async function applyPending(client: pg.Client, migrations: readonly Migration[]): Promise<MigrationReport> {
  await client.query(CREATE_TABLE);
  const { rows } = await client.query<AppliedRow>(
    'SELECT version, name, checksum FROM schema_migrations ORDER BY version',
  );
  const newest = migrations.at(-1)?.version ?? 0;
  checkApplied(rows, migrations);
  const done = new Set(rows.map((row) => row.version));
  const pending = migrations.filter((migration) => !done.has(migration.version));
  for (const migration of pending) await apply(client, migration);
  return { version: newest, applied: pending.map((migration) => migration.name) };
}

interface AppliedRow {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
}

function checkApplied(applied: readonly AppliedRow[], migrations: readonly Migration[]): void {
  const newest = migrations.at(-1)?.version ?? 0;
  const found = applied.at(-1);
  if (found !== undefined && found.version > newest) {
    throw new AppError(
      'SCHEMA_TOO_NEW',
      `The database is at schema ${found.version} (${found.name}), and this version of pygent-factory knows ${newest}: ` +
        'upgrade pygent-factory, or use another database.',
      { details: { found: found.version, known: newest } },
    );
  }
  for (const row of applied) {
    const migration = migrations.find((candidate) => candidate.version === row.version);
    if (migration?.checksum === row.checksum) continue;
    throw new AppError(
      'MIGRATION_FAILED',
      `${row.name} was changed after it had been applied to this database: restore the file as it was, ` +
        'and put the change into a new one.',
      { details: { migration: row.name } },
    );
  }
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  try {
    await client.query('BEGIN');
    await client.query(migration.sql);
    await client.query('INSERT INTO schema_migrations (version, name, checksum) VALUES ($1, $2, $3)', [
      migration.version,
      migration.name,
      migration.checksum,
    ]);
    await client.query('COMMIT');
  } catch (error) {
    const mapped = toDatabaseError(error);
    if (mapped instanceof AppError) throw mapped;
    await client.query('ROLLBACK');
    throw new AppError('MIGRATION_FAILED', `${migration.name}${lineOf(error, migration.sql)}: ${errorMessage(error)}`, {
      details: { migration: migration.name },
      cause: error,
    });
  }
}

function lineOf(error: unknown, sql: string): string {
  if (!(error instanceof pg.DatabaseError) || error.position === undefined) return '';
  return `:${sql.slice(0, Number(error.position)).split('\n').length}`;
}
