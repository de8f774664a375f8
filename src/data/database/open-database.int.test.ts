import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createTestDatabase, databaseUrl, type TestDatabase } from '../../../tests/support/test-database.ts';
import { isAlive } from '../../../tests/support/owner-process.ts';
import { silentLog } from '../../../tests/support/silent-log.ts';
import { toDatabaseError } from './database-error.ts';
import { openDatabase } from './open-database.ts';
import { createPool } from './pool.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'pygent-open-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

describe('openDatabase', () => {
  it('starts the embedded server with its schema, and stops it', async () => {
    const warnings: unknown[] = [];
    const log = { ...silentLog, warn: (...words: unknown[]) => void warnings.push(words) };
    const database = await openDatabase({ dataDir, log });
    expect(database.mode).toBe('embedded');
    expect(database.migrations.applied).toContain('0001_events.sql');
    expect(await database.queries.selectFrom('events').selectAll().execute()).toEqual([]);
    const { rows } = await database.pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await Promise.all([database.close(), database.close()]);
    expect(isAlive(rows[0]?.pid ?? 0)).toBe(false);
    expect(warnings).toEqual([]);
    const again = await openDatabase({ dataDir, log: silentLog });
    expect(again.migrations.applied).toEqual([]);
    await again.close();
  });

  it('uses the server of a URL, and no folder', async () => {
    const server = await createTestDatabase({ empty: true });
    const database = await openDatabase({ databaseUrl: databaseUrl(server), dataDir: '/nonexistent', log: silentLog });
    expect(database.mode).toBe('server');
    expect(await database.queries.selectFrom('tasks').selectAll().execute()).toEqual([]);
    await database.close();
    await server.close();
  });

  it.each(['mysql://u:s3cret@h/d', 's3cret', 'postgres//u:s3cret@h'])(
    'refuses %s and does not show it',
    async (url) => {
      const error: unknown = await openDatabase({ databaseUrl: url, dataDir, log: silentLog }).catch(
        (thrown) => thrown,
      );
      expect(error).toMatchObject({ code: 'CONFIGURATION_INVALID', details: { field: 'DATABASE_URL' } });
      expect(JSON.stringify(error) + String(error)).not.toContain('s3cret');
    },
  );

  it('says that a server cannot be reached', async () => {
    const nowhere = { databaseUrl: 'postgres://u:s3cret@127.0.0.1:1/d', dataDir, log: silentLog };
    const error: unknown = await openDatabase(nowhere).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'DATABASE_UNAVAILABLE', details: { reason: 'ECONNREFUSED' } });
    expect(String(error)).not.toContain('s3cret');
  });
});

describe('createPool', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase({ poolSize: 2 });
  });
  afterAll(() => database.close());

  it('gives values as documented', async () => {
    const { rows } = await database.pool.query({
      name: 'all-types',
      text: `SELECT 9007199254740993::int8 AS big, 1::int4 AS small, 0.1::float8 AS float, '{"a":[1]}'::json AS json,
        '{"b":null}'::jsonb AS jsonb, '{a,"b,c"}'::text[] AS list, '\\x0001'::bytea AS bytes,
        '2026-01-01T00:00:00.123Z'::timestamptz AS time`,
    });
    expect(rows).toEqual([
      {
        big: '9007199254740993',
        small: 1,
        float: 0.1,
        json: { a: [1] },
        jsonb: { b: null },
        list: ['a', 'b,c'],
        bytes: Buffer.from([0, 1]),
        time: new Date('2026-01-01T00:00:00.123Z'),
      },
    ]);
  });

  it('bounds its connections, statements and waits', async () => {
    const settings = await database.pool.query(
      `SELECT name, setting FROM pg_settings WHERE name IN
        ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout') AND setting <> '0'`,
    );
    expect(settings.rows).toHaveLength(3);
    await Promise.all(Array.from({ length: 10 }, () => database.pool.query('SELECT pg_sleep(0.01)')));
    expect(database.pool.totalCount).toBe(2);
  });

  it('outlives a connection that the server ends, in use or idle', async () => {
    const pool = createPool(database.connection, { log: silentLog, size: 1 });
    const ended: unknown = await pool
      .query('SELECT pg_terminate_backend(pg_backend_pid())')
      .then(undefined, (error: unknown) => toDatabaseError(error));
    expect(ended).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    const { rows } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const removed = new Promise((resolve) => pool.once('remove', resolve));
    await database.pool.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
    await removed;
    expect((await pool.query('SELECT 1 AS x')).rows).toEqual([{ x: 1 }]);
    await pool.end();
  });
});
