import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { silentLog } from '../../tests/support/silent-log.ts';
import { findRunningServer, openDatabase, type OpenedDatabase } from '../data/database/index.ts';
import { openLocalBlobStore } from '../data/storage/index.ts';
import { checkDatabase } from './check-database.ts';
import { backUpDatabase, type Maintenance, migrateDatabase, restoreDatabase } from './maintenance.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'pygent-maintenance-'));
});
afterAll(() => rmSync(root, { recursive: true }));

const maintenance = (name: string): Maintenance => ({
  configuration: { DATA_DIR: join(root, name), DATABASE_URL: undefined },
  log: silentLog,
});

describe('an embedded database that a factory runs on', () => {
  let database: OpenedDatabase;
  let hash: string;
  beforeAll(async () => {
    database = await openDatabase({ dataDir: join(root, 'factory'), log: silentLog });
    hash = await (await openLocalBlobStore(join(root, 'factory', 'blobs'))).put(new TextEncoder().encode('payload'));
    await database.pool.query(
      `INSERT INTO events (stream_id, version, type, data, metadata, tenant_id, recorded_at) VALUES ('s', 1, 'Kept', '{}', '{}', 'default', now())`,
    );
  });
  afterAll(() => database.close());

  it('is backed up while it runs, and the factory goes on', async () => {
    const manifest = await backUpDatabase(maintenance('factory'), join(root, 'backup'));
    expect(manifest.schema.version).toBe(database.migrations.version);
    expect(manifest.blobs.rows).toBe(1);
    expect(manifest.tables['events']?.rows).toBe(1);
    expect((await database.pool.query('SELECT type FROM events')).rows).toEqual([{ type: 'Kept' }]);
  });

  it('is looked at by a doctor without a second server', async () => {
    const { checks, hasKeys } = await checkDatabase(maintenance('factory'));
    expect(checks.map(({ name, status }) => `${name} ${status}`)).toEqual(['database ok', 'schema ok', 'clock ok']);
    expect(hasKeys).toBe(false);
  });

  it('is not migrated or overwritten: the error names who holds it', async () => {
    const locked = { code: 'DATA_FOLDER_LOCKED', message: expect.stringContaining(`process ${process.pid}`) as string };
    await expect(migrateDatabase(maintenance('factory'))).rejects.toMatchObject(locked);
    await expect(restoreDatabase(maintenance('factory'), join(root, 'backup'))).rejects.toMatchObject(locked);
  });

  it('is no longer found once it has stopped, and its backup makes another like it', async () => {
    await database.close();
    expect(findRunningServer(join(root, 'factory'))).toBeUndefined();
    const again = await backUpDatabase(maintenance('factory'), join(root, 'backup-at-rest'));
    const restored = await restoreDatabase(maintenance('restored'), join(root, 'backup-at-rest'));
    expect(restored).toEqual(again);
    const blobs = await openLocalBlobStore(join(root, 'restored', 'blobs'));
    expect(new TextDecoder().decode(await blobs.get(hash))).toBe('payload');
    expect((await migrateDatabase(maintenance('restored'))).applied).toEqual([]);
  });
});

describe('a data folder without a database', () => {
  it('has nothing to back up, and nothing is made for it', async () => {
    await expect(backUpDatabase(maintenance('none'), join(root, 'backup-of-none'))).rejects.toMatchObject({
      code: 'DATA_FOLDER_UNUSABLE',
    });
    expect(existsSync(join(root, 'none'))).toBe(false);
  });

  it('is no fault to a doctor', async () => {
    expect(await checkDatabase(maintenance('none'))).toMatchObject({ checks: [{ name: 'database', status: 'ok' }] });
  });
});
