import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { findServer } from './connection.ts';
import { findProjectFolder } from './project-folder.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pygent-cli-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function project(): string {
  const folder = join(root, 'project');
  mkdirSync(join(folder, '.pygent'), { recursive: true });
  mkdirSync(join(folder, 'src', 'deep'), { recursive: true });
  writeFileSync(join(folder, '.pygent', 'server.json'), JSON.stringify({ url: 'http://127.0.0.1:9123', pid: 1 }));
  writeFileSync(join(folder, '.pygent', 'admin-key'), 'pgk_admin\n');
  return folder;
}

const find = (environment: Record<string, string>, options = {}, folder = root) =>
  findServer({ surroundings: { environment, folder }, options });

describe('findServer', () => {
  it('takes the default where nothing says otherwise', async () => {
    expect(await find({})).toEqual({ url: 'http://127.0.0.1:8700', source: 'the default', key: undefined });
  });

  it('finds the factory of the project from a sub-folder', async () => {
    const folder = project();
    expect(await find({}, {}, join(folder, 'src', 'deep'))).toEqual({
      url: 'http://127.0.0.1:9123',
      source: join(folder, '.pygent', 'server.json'),
      key: 'pgk_admin',
    });
  });

  it('prefers the environment, and the command line to that', async () => {
    const environment = { PYGENT_URL: 'http://env:1/', PYGENT_API_KEY: 'env' };
    expect(await find(environment)).toMatchObject({ url: 'http://env:1', key: 'env' });
    expect(await find(environment, { url: 'http://flag:2', key: 'flag' })).toMatchObject({
      url: 'http://flag:2',
      key: 'flag',
    });
  });

  it('reads the key from the file that PYGENT_API_KEY_FILE names', async () => {
    writeFileSync(join(root, 'key'), 'from-file\n');
    expect(await find({ PYGENT_API_KEY_FILE: 'key' })).toMatchObject({ key: 'from-file' });
    await expect(find({ PYGENT_API_KEY_FILE: 'none' })).rejects.toThrow('PYGENT_API_KEY_FILE: there is no key');
  });

  it('takes no address with a password and no key that breaks its header, and tells neither', async () => {
    const withPassword = find({ PYGENT_URL: 'http://u:s3cret@h' });
    await expect(withPassword).rejects.toThrow(/^PYGENT_URL: an address holds no user/);
    for (const key of ['s3cret\nkey', 'ключ s3cret']) {
      await expect(find({}, { key })).rejects.toThrow(/^--key: this is no key: (?!.*s3cret)/);
    }
  });

  it('sends the admin key of this machine to no other', async () => {
    const folder = project();
    expect(await find({}, { url: 'https://factory.example.org' }, folder)).toMatchObject({ key: undefined });
    expect(await find({}, { url: 'http://localhost:9' }, folder)).toMatchObject({ key: 'pgk_admin' });
    expect(await find({}, { url: 'http://127.0.0.1.example.org' }, folder)).toMatchObject({ key: undefined });
  });

  it.each(['foo', 'ftp://x', '/path'])('refuses the address %s', async (url) => {
    await expect(find({}, { url })).rejects.toThrow('is not an address');
  });
});

describe('findProjectFolder', () => {
  it('stays where it is without a mark above', () => {
    expect(findProjectFolder(root)).toBe(root);
  });

  it('counts a configuration file', () => {
    const folder = join(root, 'a', 'b');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(root, 'pygent.config.yaml'), '');
    expect(findProjectFolder(folder)).toBe(root);
  });
});
