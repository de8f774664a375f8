import { createSecretKey } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { silentLog } from '../../tests/support/silent-log.ts';
import { findRunningServer, openDatabase, type OpenedDatabase } from '../data/database/index.ts';
import { createLocalEventBus } from '../data/event-bus/index.ts';
import { openLocalBlobStore } from '../data/storage/index.ts';
import { systemContext } from '../kernel/call-context.ts';
import { systemClock } from '../kernel/clock.ts';
import { createAuthenticator, createPgKeyQueries } from '../security/authentication/index.ts';
import { checkDatabase } from './check-database.ts';
import { backUpDatabase, type Maintenance, migrateDatabase, rebuildDatabase, restoreDatabase } from './maintenance.ts';
import { resetAdminKey } from './reset-admin-key.ts';

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

  it('gets a new admin key in the place of a lost one, which the factory takes at once', async () => {
    const SECRET_KEY = 's'.repeat(32);
    const { configuration, log } = maintenance('factory');
    const reset = { configuration: { ...configuration, SECRET_KEY }, log };
    const [first, second] = [await resetAdminKey(reset), await resetAdminKey(reset)];
    expect(readFileSync(second.file, 'utf8')).toBe(`${second.key}\n`);
    expect(first.key).not.toBe(second.key);
    const { authenticate, close } = createAuthenticator({
      keys: createPgKeyQueries({ queries: database.queries }),
      pepper: createSecretKey(Buffer.from(SECRET_KEY)),
      clock: systemClock,
      bus: createLocalEventBus(),
    });
    for (const { key } of [first, second]) {
      expect(await authenticate(`Bearer ${key}`, systemContext())).toMatchObject({ principal: { role: 'admin' } });
    }
    close();
    const other = { configuration: { ...configuration, SECRET_KEY: 't'.repeat(32) }, log };
    await expect(resetAdminKey(other)).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
    expect(readFileSync(second.file, 'utf8')).toBe(`${second.key}\n`);
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
  it('has nothing to back up or rebuild, and nothing is made for it', async () => {
    const rebuilt = rebuildDatabase(maintenance('none'), { projections: [], onProgress: () => undefined });
    await expect(rebuilt).rejects.toMatchObject({ code: 'DATA_FOLDER_UNUSABLE' });
    await expect(backUpDatabase(maintenance('none'), join(root, 'backup-of-none'))).rejects.toMatchObject({
      code: 'DATA_FOLDER_UNUSABLE',
    });
    const configuration = { ...maintenance('none').configuration, SECRET_KEY: undefined };
    await expect(resetAdminKey({ configuration, log: silentLog })).rejects.toMatchObject({
      code: 'DATA_FOLDER_UNUSABLE',
    });
    expect(existsSync(join(root, 'none'))).toBe(false);
  });

  it('is no fault to a doctor', async () => {
    expect(await checkDatabase(maintenance('none'))).toMatchObject({ checks: [{ name: 'database', status: 'ok' }] });
  });
});
