import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import pg from 'pg';
import type { TestProject } from 'vitest/node';

import { startEmbeddedPostgres } from '../../src/data/database/embedded/embedded-postgres.ts';
import { migrate } from '../../src/data/database/migrate.ts';
import { silentLog } from './silent-log.ts';

/** Where the test run's database server is, and which database is the migrated one to copy. */
export interface TestServer {
  readonly connection: pg.ClientConfig;
  readonly template: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** One for each test file at a time. */
    testServers: readonly TestServer[];
  }
}

/**
 * Starts a PostgreSQL for each worker of the run, in a folder of its own and with no port (or uses TEST_DATABASE_URL),
 * and migrates the template that every test file's database is copied from.
 */
// oxlint-disable-next-line import/no-default-export -- the form the test runner asks for
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const count = process.env['TEST_DATABASE_URL'] === undefined ? project.vitest.config.maxWorkers : 1;
  const servers = await Promise.all(Array.from({ length: count }, openServer));
  project.provide(
    'testServers',
    servers.map(({ connection, template }) => ({ connection, template })),
  );
  return async () => {
    await Promise.all(servers.map(({ close }) => close()));
  };
}

async function openServer(): Promise<TestServer & { readonly close: () => Promise<void> }> {
  const { connection, stop } = await startServer();
  const template = `pygent_template_${randomBytes(6).toString('hex')}`;
  await execute(connection, `CREATE DATABASE ${template} TEMPLATE template0 ENCODING 'UTF8'`);
  await migrate(withDatabase(connection, template));
  const close = async (): Promise<void> => {
    await execute(connection, `DROP DATABASE ${template} WITH (FORCE)`);
    await stop();
  };
  return { connection, template, close };
}

interface StartedServer {
  readonly connection: pg.ClientConfig;
  stop(): Promise<void>;
}

async function startServer(): Promise<StartedServer> {
  const url = process.env['TEST_DATABASE_URL'];
  if (url !== undefined) return { connection: { connectionString: url }, stop: () => Promise.resolve() };
  const dataDir = await mkdtemp(join(tmpdir(), 'pygent-test-'));
  const server = await startEmbeddedPostgres({ dataDir, log: silentLog, durable: false });
  return {
    connection: server.connection,
    stop: async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The same server, another database. */
export function withDatabase(connection: pg.ClientConfig, database: string): pg.ClientConfig {
  if (connection.connectionString === undefined) return { ...connection, database };
  const url = new URL(connection.connectionString);
  url.pathname = `/${database}`;
  return { ...connection, connectionString: url.href };
}

/** One statement on a connection of its own. */
export async function execute(connection: pg.ClientConfig, statement: string): Promise<void> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
