import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { runAsOrdinaryUser } from '../../../tests/support/as-ordinary-user.ts';
import { secretHmac } from './key-text.ts';
import { loadPepper } from './load-pepper.ts';

let parent: string;
let dataDir: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'pygent-pepper-'));
  dataDir = join(parent, 'data');
});
afterEach(() => rmSync(parent, { recursive: true }));

const load = async (secretKey?: string, hasKeys = false) => {
  const pepper = await loadPepper({ secretKey, dataDir, hasKeys: () => Promise.resolve(hasKeys) });
  return secretHmac('x', pepper).toString('hex');
};

it('makes a secret at the first start, for its owner alone, and keeps it', async () => {
  const first = await load();
  expect(readdirSync(dataDir)).toEqual(['secret-key']);
  expect(statSync(join(dataDir, 'secret-key')).mode & 0o777).toBe(0o600);
  expect(statSync(dataDir).mode & 0o777).toBe(0o700);
  const text = readFileSync(join(dataDir, 'secret-key'), 'utf8');
  expect(Buffer.from(text.trim(), 'base64url')).toHaveLength(32);
  expect(await load(undefined, true)).toBe(first);
  // The file of one process is the SECRET_KEY of another.
  expect(await load(text.trim(), true)).toBe(first);
});

it('takes SECRET_KEY before the file, and makes no file then', async () => {
  const set = await load('s'.repeat(32));
  expect(() => readdirSync(dataDir)).toThrow(/ENOENT/);
  expect(await load()).not.toBe(set);
  expect(await load('s'.repeat(32), true)).toBe(set);
});

it('gives all that start at once the same', async () => {
  const peppers = await Promise.all(Array.from({ length: 16 }, () => load()));
  expect(new Set(peppers).size).toBe(1);
  expect(readdirSync(dataDir)).toEqual(['secret-key']);
});

it('refuses to make a new one where the database has keys', async () => {
  await expect(load(undefined, true)).rejects.toMatchObject({
    code: 'CONFIGURATION_INVALID',
    message: expect.stringMatching(/^SECRET_KEY: the database has keys/),
    details: { field: 'SECRET_KEY' },
  });
  expect(() => readdirSync(dataDir)).toThrow(/ENOENT/);
});

it('refuses a damaged file, and leaves it', async () => {
  await load();
  writeFileSync(join(dataDir, 'secret-key'), 'short');
  await expect(load()).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
  expect(readFileSync(join(dataDir, 'secret-key'), 'utf8')).toBe('short');
});

it('names a folder that it cannot use', async () => {
  writeFileSync(dataDir, 'a file');
  await expect(load()).rejects.toMatchObject({
    code: 'DATA_FOLDER_UNUSABLE',
    message: expect.stringContaining(dataDir),
  });
});

it('names a folder that it may not write', () => {
  chmodSync(parent, 0o555);
  const sources = `{ dataDir: ${JSON.stringify(dataDir)}, hasKeys: async () => false }`;
  const printed = runAsOrdinaryUser({
    imports: `import { loadPepper } from '${new URL('load-pepper.ts', import.meta.url).href}';`,
    body: `await loadPepper(${sources}).catch(({ code, message }) => console.log(code, message));`,
  });
  expect(printed).toContain('DATA_FOLDER_UNUSABLE');
  expect(printed).toContain(dataDir);
  chmodSync(parent, 0o700);
});
