import type pg from 'pg';

import { AppError } from '../../kernel/errors.ts';
import type { Queries } from '../../kernel/ports/database.ts';
import type { DatabaseLog } from './database-log.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded/embedded-postgres.ts';
import { migrate, type MigrationReport } from './migrate.ts';
import { createPool, createQueries, openPipelinedClient } from './pool.ts';

export interface OpenDatabaseOptions {
  /** A PostgreSQL 15 or newer to use; the embedded one unless given. */
  readonly databaseUrl?: string;
  /** The server that another process runs on the folder (of `findRunningServer`), to be a further client of it. */
  readonly running?: pg.ClientConfig;
  /** Folder of the embedded database. */
  readonly dataDir: string;
  readonly log: DatabaseLog;
  /** Most connections of the pool. */
  readonly poolSize?: number;
  readonly applicationName?: string;
  /** Leave the schema as it is, for a restore; the report then says version 0. */
  readonly withoutMigrations?: boolean;
}

export interface OpenedDatabase {
  readonly pool: pg.Pool;
  readonly queries: Queries;
  /** For clients beside the pool (LISTEN, pg-boss). */
  readonly connection: pg.ClientConfig;
  /** Opens a connection in pipeline mode, whose closing is its owner's business. */
  openClient(): Promise<pg.Client>;
  readonly mode: 'embedded' | 'server';
  readonly migrations: MigrationReport;
  /** Calls back when the embedded server ended and can't be started again; returns how to stop listening. */
  onLost(listener: (error: AppError) => void): () => void;
  /** Closes the pool, and stops the embedded server. The second call answers like the first. */
  close(): Promise<void>;
}

/**
 * The database of this process: connects to `databaseUrl`, or starts the embedded server, and brings the schema
 * up to date.
 * @throws AppError of `startEmbeddedPostgres` and `migrate`; CONFIGURATION_INVALID for a malformed URL.
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<OpenedDatabase> {
  if (options.databaseUrl !== undefined) {
    return await connect(options, { connection: { connectionString: checkedUrl(options.databaseUrl) } });
  }
  if (options.running !== undefined) return await connect(options, { connection: options.running });
  const server = await startEmbeddedPostgres({ dataDir: options.dataDir, log: options.log });
  try {
    return await connect(options, { connection: server.connection, server });
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function connect(
  options: OpenDatabaseOptions,
  { connection, server }: { connection: pg.ClientConfig; server?: EmbeddedPostgres },
): Promise<OpenedDatabase> {
  const migrations = options.withoutMigrations === true ? { version: 0, applied: [] } : await migrate(connection);
  const pool = createPool(connection, {
    log: options.log,
    ...(options.poolSize === undefined ? {} : { size: options.poolSize }),
    ...(options.applicationName === undefined ? {} : { applicationName: options.applicationName }),
  });
  let closing: Promise<void> | undefined;
  return {
    pool,
    queries: createQueries(pool),
    connection,
    openClient: () => openPipelinedClient(connection),
    mode: server === undefined ? 'server' : 'embedded',
    migrations,
    onLost: (listener) => server?.onExit(listener) ?? (() => undefined),
    close: () => (closing ??= close(pool, server)),
  };
}

async function close(pool: pg.Pool, server: EmbeddedPostgres | undefined): Promise<void> {
  try {
    await pool.end();
  } finally {
    await server?.stop();
  }
}

/** The URL itself is never shown: it bears the password. */
function checkedUrl(url: string): string {
  const protocol = URL.canParse(url) ? new URL(url).protocol : undefined;
  if (protocol === 'postgres:' || protocol === 'postgresql:') return url;
  throw new AppError(
    'CONFIGURATION_INVALID',
    'DATABASE_URL is not a PostgreSQL address: write postgres://user:password@host:5432/database.',
    { details: { field: 'DATABASE_URL' } },
  );
}
