import { mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { makePrivateFolder } from './private-folder.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'pygent-private-'));
});
afterAll(() => rmSync(root, { recursive: true }));

describe('makePrivateFolder', () => {
  it('makes a folder and those above it, once', () => {
    const folder = join(root, 'a', 'b', 'c');
    makePrivateFolder(folder);
    writeFileSync(join(folder, 'kept'), '');
    makePrivateFolder(folder);
    expect(readdirSync(folder)).toEqual(['kept']);
    for (const path of [folder, join(root, 'a')]) expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  it('refuses what has the name of a file, or of a link to nothing', () => {
    const file = join(root, 'file');
    writeFileSync(file, '');
    symlinkSync(join(root, 'nothing'), join(root, 'link'));
    expect(() => makePrivateFolder(file)).toThrow(expect.objectContaining({ code: 'EEXIST' }));
    expect(() => makePrivateFolder(join(file, 'x'))).toThrow(expect.objectContaining({ code: 'ENOTDIR' }));
    expect(() => makePrivateFolder(join(root, 'link'))).toThrow(expect.objectContaining({ code: 'EEXIST' }));
  });

  it.skipIf(process.platform !== 'linux')('returns where the file system says that there is no such folder', () => {
    expect(() => makePrivateFolder('/proc/pygent/data')).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });
});
