import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.ts';
import { migrate } from './migrate.ts';
import { type Migration, readMigrations } from './migration-files.ts';

let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
});
afterAll(async () => {
  await database.close();
});

beforeEach(async () => {
  await database.pool.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  folder = mkdtempSync(join(tmpdir(), 'pygent-migrations-'));
  return () => rmSync(folder, { recursive: true });
});

function write(files: Record<string, string>): readonly Migration[] {
  for (const [name, sql] of Object.entries(files)) writeFileSync(join(folder, name), sql);
  return readMigrations(folder);
}

async function tables(): Promise<string[]> {
  const { rows } = await database.pool.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
  );
  return rows.map((row) => row.name);
}

describe('migrate', () => {
  it('applies the package’s own migrations once', async () => {
    const own = readMigrations();
    expect(own.length).toBeGreaterThan(0);
    expect((await migrate(database.connection)).applied).toEqual(own.map((migration) => migration.name));
    expect(await migrate(database.connection)).toEqual({ version: own.length, applied: [] });
    expect(await tables()).toContain('events');
  });

  it('applies only what is new', async () => {
    await migrate(database.connection, { migrations: write({ '0001_a.sql': 'CREATE TABLE a (x int)' }) });
    const report = await migrate(database.connection, {
      migrations: write({ '0002_b.sql': 'CREATE TABLE b (x int)' }),
    });
    expect(report).toEqual({ version: 2, applied: ['0002_b.sql'] });
  });

  // requirement: R-DATA-MIGRATE-TOGETHER
  it('lets processes that start together take turns', async () => {
    const migrations = write({
      '0001_a.sql': 'CREATE TABLE a (x int); SELECT pg_sleep(0.1)',
      '0002_b.sql': 'CREATE TABLE b (x int); SELECT pg_sleep(0.1)',
    });
    const reports = await Promise.all([1, 2, 3, 4].map(() => migrate(database.connection, { migrations })));
    const applied = reports.map((report) => report.applied.length).filter((count) => count > 0);
    expect(applied).toEqual([2]);
    expect(await tables()).toEqual(['a', 'b', 'schema_migrations']);
  });

  it('keeps nothing of a file that fails, and names file and line', async () => {
    const migrations = write({
      '0001_a.sql': 'CREATE TABLE a (x int)',
      '0002_b.sql': 'CREATE TABLE b (x int);\nCREATE TABLE c (x nosuchtype)',
    });
    await expect(migrate(database.connection, { migrations })).rejects.toMatchObject({
      code: 'MIGRATION_FAILED',
      message: '0002_b.sql:2: type "nosuchtype" does not exist',
      details: { migration: '0002_b.sql' },
    });
    expect(await tables()).toEqual(['a', 'schema_migrations']);
  });

  it('refuses a file that was changed after it was applied, but not its line ends', async () => {
    await migrate(database.connection, { migrations: write({ '0001_a.sql': 'CREATE TABLE a (\nx int)' }) });
    await migrate(database.connection, { migrations: write({ '0001_a.sql': 'CREATE TABLE a (\r\nx int)' }) });
    await expect(
      migrate(database.connection, { migrations: write({ '0001_a.sql': 'CREATE TABLE a (\nx text)' }) }),
    ).rejects.toMatchObject({ code: 'MIGRATION_FAILED', details: { migration: '0001_a.sql' } });
  });

  // requirement: R-DATA-MIGRATE-OLDER-CODE
  it('refuses to work on a newer schema', async () => {
    const newer = write({ '0001_a.sql': 'SELECT 1', '0002_b.sql': 'SELECT 2' });
    await migrate(database.connection, { migrations: newer });
    await expect(migrate(database.connection, { migrations: newer.slice(0, 1) })).rejects.toMatchObject({
      code: 'SCHEMA_TOO_NEW',
      details: { found: 2, known: 1 },
    });
  });

  it('refuses malformed and missing numbers', () => {
    expect(() => write({ '0001_a.sql': '', '0003_c.sql': '' })).toThrow('0003_c.sql');
    expect(() => write({ '0002_B-x.sql': '' })).toThrow('0002_B-x.sql');
  });

  it('breaks off at an abort, before a server has answered and with the file under way rolled back', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const server = createServer(() => stop.abort(reason)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await expect(migrate({ host: '127.0.0.1', port }, { signal: stop.signal })).rejects.toBe(reason);
    server.close();

    const later = new AbortController();
    const slow = write({ '0001_a.sql': 'CREATE TABLE a (x int); SELECT pg_sleep(0.5)' });
    const asleep = `SELECT 1 FROM pg_stat_activity WHERE application_name = 'pygent-migrate' AND wait_event = 'PgSleep'`;
    const sleepers = async () => (await database.pool.query(asleep)).rowCount;
    const broken = migrate(database.connection, { migrations: slow, signal: later.signal }).catch(
      (error: unknown) => error,
    );
    await expect.poll(sleepers, { interval: 5 }).toBe(1);
    later.abort(reason);
    expect(await broken).toBe(reason);
    // The server hears of it when its statement is over.
    await expect.poll(sleepers).toBe(0);
    expect(await tables()).not.toContain('a');
  });

  it('says that the database is unavailable where nobody listens', async () => {
    const nowhere = { host: folder, port: 1, user: 'x', database: 'x' };
    await expect(migrate(nowhere, { migrations: [] })).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });
});
