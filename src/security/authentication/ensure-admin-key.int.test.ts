import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSecretKey, randomBytes } from 'node:crypto';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { type KeyStore, openKeyStore } from '../../../tests/support/key-store.ts';
import { systemContext } from '../../kernel/call-context.ts';
import { systemClock } from '../../kernel/clock.ts';
import { AppError } from '../../kernel/errors.ts';
import type { EventStore } from '../../kernel/ports/event-store.ts';
import { createAuthenticator } from './create-authenticator.ts';
import { type AdminKeyDependencies, ensureAdminKey } from './ensure-admin-key.ts';
import { createKeyService } from './key-service.ts';
import { keyText, newKeyParts } from './key-text.ts';

const pepper = createSecretKey(randomBytes(32));
const context = systemContext();
let keys: KeyStore;
beforeEach(async () => {
  keys = await openKeyStore();
});
afterEach(() => keys.close());

const start = (overrides: Partial<AdminKeyDependencies> = {}) =>
  ensureAdminKey({ store: keys.store, queries: keys.queries, pepper, dataDir: keys.folder, context, ...overrides });
const inFile = (folder = keys.folder) => readFileSync(join(folder, 'admin-key'), 'utf8');
const roleOf = async (key: string | undefined) => {
  const { authenticate, close } = createAuthenticator({
    keys: keys.queries,
    pepper,
    clock: systemClock,
    bus: keys.bus,
  });
  const { principal } = await authenticate(`Bearer ${key}`, context).finally(close);
  return principal.role;
};
const allKeys = async () => (await keys.queries.list(context, { limit: 50 })).items;
/** The store of a process that is killed at its first append, before or after it reached the disk. */
const dying = (when: 'before' | 'after'): EventStore => ({
  append: async (request) => {
    if (when === 'after') await keys.store.append(request);
    throw new AppError('INTERNAL', 'killed');
  },
  readStream: (...asked) => keys.store.readStream(...asked),
  readAll: (...asked) => keys.store.readAll(...asked),
});

// requirement: R-SECURITY-FIRST-KEY
describe('the first start', () => {
  // requirement: R-START-KEY-FILE
  it('makes an admin key for the owner of the data folder, and later ones keep it', async () => {
    const first = await start();
    expect(first).toEqual({ key: inFile().trim(), file: join(keys.folder, 'admin-key'), created: true });
    expect(statSync(first.file).mode & 0o777).toBe(0o600);
    expect(readdirSync(keys.folder)).toEqual(['admin-key']);
    expect(await roleOf(first.key)).toBe('admin');
    expect(await start()).toEqual({ ...first, created: false });
    expect(await allKeys()).toMatchObject([{ name: 'admin', role: 'admin', createdBy: 'system' }]);
  });

  it('is repaired when it was killed between the file and the database', async () => {
    await expect(start({ store: dying('before') })).rejects.toThrow('killed');
    const left = inFile().trim();
    expect(await allKeys()).toEqual([]);
    expect(await start()).toMatchObject({ key: left, created: true });
    expect(await roleOf(left)).toBe('admin');
  });

  it('has left a usable key when it was killed behind the database', async () => {
    await expect(start({ store: dying('after') })).rejects.toThrow('killed');
    expect(await start()).toMatchObject({ key: inFile().trim(), created: false });
    expect(await roleOf(inFile().trim())).toBe('admin');
    expect(await allKeys()).toHaveLength(1);
  });

  it('happens once among many over one data folder', async () => {
    const processes = Array.from({ length: 8 }, () => start({ store: keys.beside().store }));
    const started = await Promise.all(processes);
    expect(started.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(started.map(({ key }) => key))).toEqual(new Set([inFile().trim()]));
    expect(await allKeys()).toHaveLength(1);
    expect(readdirSync(keys.folder)).toEqual(['admin-key']);
  });

  it('happens once among many with data folders of their own, and no file of the others stays', async () => {
    const folders = Array.from({ length: 8 }, (_, index) => join(keys.folder, String(index)));
    const processes = folders.map((dataDir) => start({ store: keys.beside().store, dataDir }));
    const started = await Promise.all(processes);
    const [winner, ...others] = started.filter(({ created }) => created);
    expect(others).toEqual([]);
    expect(await roleOf(winner?.key)).toBe('admin');
    expect(await allKeys()).toHaveLength(1);
    expect(folders.filter((folder) => existsSync(join(folder, 'admin-key')))).toHaveLength(1);
  });
});

describe('a later start', () => {
  it('makes no key where there are some, whatever became of the file and of them', async () => {
    const service = createKeyService({ store: keys.store, queries: keys.queries, pepper });
    const { id } = await service.create(context, { name: 'mine', role: 'viewer', scopes: [] });
    await service.revoke(context, id);
    expect(await start()).toEqual({ file: join(keys.folder, 'admin-key'), created: false });
    expect(await allKeys()).toHaveLength(1);
  });

  it('leaves a file with the key of another database as it is, and does not tell it', async () => {
    await start();
    const foreign = keyText(newKeyParts());
    const other = join(keys.folder, 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'admin-key'), foreign);
    expect(await start({ dataDir: other })).toEqual({ file: join(other, 'admin-key'), created: false });
    expect(inFile(other)).toBe(foreign);
  });

  it('is refused under another pepper', async () => {
    await start();
    const wrong = createSecretKey(randomBytes(32));
    await expect(start({ pepper: wrong })).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringMatching(/^SECRET_KEY: /),
    });
  });
});

it('refuses a file that holds no key, and leaves it', async () => {
  mkdirSync(keys.folder);
  writeFileSync(join(keys.folder, 'admin-key'), 'notes of mine');
  await expect(start()).rejects.toMatchObject({
    code: 'DATA_FOLDER_UNUSABLE',
    message: expect.stringContaining('admin-key holds no key'),
  });
  expect(inFile()).toBe('notes of mine');
  expect(await allKeys()).toEqual([]);
});
