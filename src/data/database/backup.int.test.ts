import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.ts';
import { type LocalBlobStore, openLocalBlobStore } from '../storage/local-blob-store.ts';
import { backUp } from './backup.ts';
import { type Migration, readMigrations } from './migration-files.ts';
import { restore } from './restore.ts';

let root: string;
let folder: string;
let source: TestDatabase;
let target: TestDatabase;
let blobs: LocalBlobStore;
let restoredBlobs: LocalBlobStore;

/** Line breaks, separators that some readers take for line breaks, quotes, and a blank that json must keep. */
const AWKWARD = 'line\nbreak \r\n \u2028 \u2029 "quoted" \\ back\\nslash é 🐘 \ufeff';

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'pygent-backup-'));
  folder = join(root, 'backup');
  source = await createTestDatabase();
  target = await createTestDatabase({ empty: true });
  blobs = await openLocalBlobStore(join(root, 'blobs'));
  restoredBlobs = await openLocalBlobStore(join(root, 'restored'));
  await appendEvents(1, 450);
  await source.pool.query(
    `INSERT INTO keys (id, tenant_id, name, prefix, secret_hmac, role, scopes, created_by, created_at)
     VALUES ('k', 't', $1, 'p', '\\x00ff0a', 'admin', $2, 'me', '2026-01-02 03:04:05.678901+05')`,
    [AWKWARD, ['a,b', '{}', '"', AWKWARD]],
  );
  await source.pool.query(`INSERT INTO workers VALUES ('w', 'host', 1, now())`);
});
afterEach(async () => {
  await source.close();
  await target.close();
  rmSync(root, { recursive: true });
});

async function appendEvents(from: number, to: number): Promise<void> {
  await source.pool.query(
    `INSERT INTO events (stream_id, version, type, data, metadata, tenant_id, recorded_at)
     SELECT 's', n, 'Happened', json_build_object('n', n, 'text', $3::text), '{"a" :  1}', 't', clock_timestamp()
       FROM generate_series($1::int, $2::int) AS n`,
    [from, to, AWKWARD],
  );
}

async function rowsOf(database: TestDatabase, table: string, without = ''): Promise<unknown[]> {
  const { rows } = await database.pool.query<{ row: unknown }>(
    `SELECT (to_jsonb(t) - '${without}')::text AS row FROM ${table} t ORDER BY 1`,
  );
  return rows.map((row) => row.row);
}

const backUpSource = () => backUp({ connection: source.connection, blobs, folder });
const restoreTarget = (migrations?: readonly Migration[]) =>
  restore({ connection: target.connection, blobs: restoredBlobs, folder, ...(migrations ? { migrations } : {}) });

describe('backUp and restore', () => {
  // requirement: R-DATA-BACKUP
  it('bring everything into an empty database, and leave out what only lives', async () => {
    const hash = await blobs.put(Buffer.from('a payload'));
    const manifest = await backUpSource();
    expect(manifest.tables['events']?.rows).toBe(450);
    expect(manifest.blobs.rows).toBe(1);
    await restoreTarget();
    for (const table of ['keys', 'tasks', 'agents'])
      expect(await rowsOf(target, table)).toEqual(await rowsOf(source, table));
    const events = await rowsOf(target, 'events', 'transaction_id');
    expect(events).toEqual(await rowsOf(source, 'events', 'transaction_id'));
    expect(await rowsOf(target, 'workers')).toEqual([]);
    expect(Buffer.from(await restoredBlobs.get(hash)).toString()).toBe('a payload');
    const { rows } = await target.pool.query<{ metadata: string }>('SELECT metadata::text FROM events LIMIT 1');
    expect(rows[0]?.metadata).toBe('{"a" :  1}');
  });

  it('go on counting behind the last position, and hide no event behind a foreign transaction number', async () => {
    await source.pool.query(`UPDATE events SET transaction_id = '4000000000'`);
    await backUpSource();
    await restoreTarget();
    const { rows } = await target.pool.query<{ position: string; visible: number }>(
      `INSERT INTO events (stream_id, version, type, data, metadata, tenant_id, recorded_at)
       VALUES ('new', 1, 'Happened', '{}', '{}', 't', now())
       RETURNING global_position AS position,
         (SELECT count(*)::int FROM events WHERE transaction_id < pg_snapshot_xmin(pg_current_snapshot())) AS visible`,
    );
    expect(rows).toEqual([{ position: '451', visible: 450 }]);
  });

  it('see one moment while others write', async () => {
    let version = 450;
    let writing = true;
    const writer = (async () => {
      while (writing) {
        version += 1;
        await source.queries.transaction().execute(async (transaction) => {
          const event = { stream_id: 's', version, type: 'Happened', tenant_id: 't', recorded_at: new Date() };
          await transaction
            .insertInto('events')
            .values({ ...event, data: '{}', metadata: '{}' })
            .execute();
          const task = { id: String(version), tenant_id: 't', agent_name: 'a', agent_version: 1, state: 'working' };
          await transaction
            .insertInto('tasks')
            .values({
              ...task,
              input: '{}',
              stream_version: 1,
              created_by: 'me',
              created_at: new Date(),
              updated_at: new Date(),
            })
            .execute();
        });
      }
    })();
    const manifest = await backUpSource();
    writing = false;
    await writer;
    expect((manifest.tables['events']?.rows ?? 0) - 450).toBe(manifest.tables['tasks']?.rows);
    await restoreTarget();
    expect(await rowsOf(target, 'tasks')).toHaveLength(manifest.tables['tasks']?.rows ?? -1);
  });

  it('write files for their owner alone', async () => {
    await backUpSource();
    expect(statSync(folder).mode & 0o077).toBe(0);
    for (const name of ['manifest.json', 'tables/keys.ndjson'])
      expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
  });

  it('refuse a folder and a database that are not empty', async () => {
    await backUpSource();
    await expect(backUpSource()).rejects.toMatchObject({ code: 'DATA_FOLDER_UNUSABLE' });
    await restoreTarget();
    await expect(restoreTarget()).rejects.toMatchObject({ code: 'RESTORE_TARGET_NOT_EMPTY' });
  });

  it.each<[string, () => void]>([
    ['a changed row', () => appendFileSync(join(folder, 'tables', 'keys.ndjson'), '["x"]\n')],
    ['a truncated file', () => truncateSync(join(folder, 'tables', 'events.ndjson'), 1000)],
    ['a missing file', () => rmSync(join(folder, 'tables', 'tasks.ndjson'))],
    ['a changed list of blobs', () => writeFileSync(join(folder, 'blobs.txt'), '')],
    ['no manifest', () => rmSync(join(folder, 'manifest.json'))],
    ['half a manifest', () => truncateSync(join(folder, 'manifest.json'), 50)],
  ])('find %s, and touch nothing then', async (_name, damage) => {
    await blobs.put(Buffer.from('a payload'));
    await backUpSource();
    damage();
    await expect(restoreTarget()).rejects.toMatchObject({ code: 'BACKUP_INVALID' });
    const { rows } = await target.pool.query(`SELECT 1 FROM pg_tables WHERE schemaname = 'public'`);
    expect(rows).toEqual([]);
  });

  it('find a damaged blob, and keep no row then', async () => {
    const hash = await blobs.put(Buffer.from('a payload'));
    await backUpSource();
    truncateSync(join(folder, 'blobs', hash.slice(0, 2), hash.slice(2)), 2);
    await expect(restoreTarget()).rejects.toMatchObject({ code: 'BLOB_CORRUPT' });
    expect(await rowsOf(target, 'events')).toEqual([]);
    writeFileSync(join(folder, 'blobs', hash.slice(0, 2), hash.slice(2)), 'a payload');
    await restoreTarget();
    expect(await rowsOf(target, 'events')).toHaveLength(450);
  });

  it('bring an old backup up to the schema of today, and refuse one of tomorrow', async () => {
    await backUpSource();
    const known = readMigrations();
    const next = { version: known.length + 1, name: 'next.sql', sql: 'ALTER TABLE keys ADD note text', checksum: 'x' };
    await expect(restoreTarget(known.slice(0, -1))).rejects.toMatchObject({ code: 'SCHEMA_TOO_NEW' });
    await restoreTarget([...known, next]);
    const { rows } = await target.pool.query('SELECT id, note FROM keys');
    expect(rows).toEqual([{ id: 'k', note: null }]);
  });

  it('leave no manifest where the backup failed', async () => {
    const hash = await blobs.put(Buffer.from('a payload'));
    writeFileSync(join(root, 'blobs', hash.slice(0, 2), hash.slice(2)), 'another');
    await expect(backUpSource()).rejects.toMatchObject({ code: 'BLOB_CORRUPT' });
    expect(existsSync(join(folder, 'manifest.json'))).toBe(false);
    expect(readFileSync(join(folder, 'tables', 'keys.ndjson'), 'utf8')).not.toBe('');
  });
});
