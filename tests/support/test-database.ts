import { randomBytes } from 'node:crypto';

import type pg from 'pg';
import { inject } from 'vitest';

import { createPool, createQueries } from '../../src/data/database/pool.ts';
import type { Queries } from '../../src/kernel/ports/database.ts';
import { execute, type TestServer, withDatabase } from './database-setup.ts';
import { silentLog } from './silent-log.ts';

/** A database of one test file. */
export interface TestDatabase {
  readonly name: string;
  readonly pool: pg.Pool;
  readonly queries: Queries;
  readonly connection: pg.ClientConfig;
  /** Closes the pool and drops the database, whoever else is connected. */
  close(): Promise<void>;
}

export interface TestDatabaseOptions {
  /** Without the product's tables. */
  readonly empty?: boolean;
  /** Most connections of the pool; 8 unless given. */
  readonly poolSize?: number;
}

/** The server of this test file's worker. */
export function testServer(): TestServer {
  const servers = inject('testServers');
  const server = servers[(Number(process.env['VITEST_POOL_ID']) - 1) % servers.length];
  if (server === undefined) throw new Error('the run has started no database for this worker');
  return server;
}

/** Makes a database of its own, a copy of the migrated template. Call it in `beforeAll`, and `close` in `afterAll`. */
export async function createTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const server = testServer();
  const name = `pygent_test_${randomBytes(6).toString('hex')}`;
  const template = options.empty === true ? 'template0' : server.template;
  await execute(server.connection, `CREATE DATABASE ${name} TEMPLATE ${template} ENCODING 'UTF8'`);
  const connection = withDatabase(server.connection, name);
  const pool = createPool(connection, { log: silentLog, size: options.poolSize ?? 8 });
  return {
    name,
    pool,
    queries: createQueries(pool),
    connection,
    close: async () => {
      await pool.end();
      await execute(server.connection, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

/** The connection as a URL; a socket folder goes into the query. */
export function databaseUrl({ connection }: Pick<TestDatabase, 'connection'>): string {
  if (connection.connectionString !== undefined) return connection.connectionString;
  const host = encodeURIComponent(String(connection.host));
  return `postgres://${connection.user}:${String(connection.password)}@localhost:${connection.port}/${connection.database}?host=${host}`;
}
