import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { silentLog } from '../../../tests/support/silent-log.ts';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.ts';
import { createPool, createQueries } from './pool.ts';

const ENDS_ITSELF = 'SELECT pg_terminate_backend(pg_backend_pid())';

describe('a pool whose database is away', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase({ poolSize: 2 });
  });
  afterAll(() => database.close());

  it.each<[string, (database: TestDatabase) => Promise<unknown>]>([
    ['a query', ({ pool }) => pool.query(ENDS_ITSELF)],
    ['the query builder', ({ queries }) => sql.raw(ENDS_ITSELF).execute(queries)],
    [
      'a transaction of the query builder',
      ({ queries }) => queries.transaction().execute((transaction) => sql.raw(ENDS_ITSELF).execute(transaction)),
    ],
    [
      'a client of its own',
      async ({ pool }) => {
        const client = await pool.connect();
        try {
          await client.query(ENDS_ITSELF);
        } finally {
          client.release();
        }
      },
    ],
  ])('says so to %s whose connection breaks, and goes on', async (_name, use) => {
    await expect(use(database)).rejects.toMatchObject({ name: 'AppError', code: 'DATABASE_UNAVAILABLE' });
    expect((await database.pool.query('SELECT 1 AS x')).rows).toEqual([{ x: 1 }]);
  });

  it('says so to the borrower of a client that is ended between two statements, and nothing else happens', async () => {
    const { pool } = database;
    const client = await pool.connect();
    const ended = new Promise<void>((resolve) => void client.once('end', resolve));
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await pool.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
    await ended;
    await expect(client.query('SELECT 1')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    client.release();
    expect((await pool.query('SELECT 1 AS x')).rows).toEqual([{ x: 1 }]);
  });

  it('says so where no connection is to be had', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pygent-pool-'));
    const pool = createPool({ host: folder, user: 'nobody', database: 'none' }, { log: silentLog });
    const refused = { name: 'AppError', code: 'DATABASE_UNAVAILABLE', details: { reason: 'ENOENT' } };
    await expect(pool.query('SELECT 1')).rejects.toMatchObject(refused);
    await expect(pool.connect()).rejects.toMatchObject(refused);
    await expect(createQueries(pool).selectFrom('tasks').selectAll().execute()).rejects.toMatchObject(refused);
    await pool.end();
    await expect(pool.query('SELECT 1')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    rmSync(folder, { recursive: true });
  });

  it('leaves what only the caller understands as it is', async () => {
    const insert = `INSERT INTO projections (name, position, updated_at) VALUES ('one', 1, now())`;
    await database.pool.query(insert);
    await expect(database.pool.query(insert)).rejects.toMatchObject({ code: '23505', constraint: 'projections_pkey' });
    await expect(database.pool.query('SELEC 1')).rejects.toMatchObject({ code: '42601' });
  });
});

describe('a pool that ends', () => {
  it('waits until its connections are closed', async () => {
    const database = await createTestDatabase();
    const pool = createPool(database.connection, { log: silentLog, size: 4 });
    let removed = 0;
    pool.on('remove', () => (removed += 1));
    const clients = await Promise.all(Array.from({ length: 4 }, () => pool.connect()));
    for (const client of clients) client.release();
    await pool.end();
    expect(removed).toBe(4);
    await database.close();
  });
});
