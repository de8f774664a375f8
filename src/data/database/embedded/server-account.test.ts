import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { giveTo } from './server-account.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pygent-account-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const account = { prefix: [], uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

describe('giveTo', () => {
  it('passes over what is gone by the time it is looked at, as an initdb that cleans up leaves it', () => {
    expect(() => giveTo(account, join(folder, 'gone'))).not.toThrow();
  });

  it('follows no link', () => {
    symlinkSync('/nowhere', join(folder, 'link'));
    writeFileSync(join(folder, 'file'), '');
    expect(() => giveTo(account, folder)).not.toThrow();
  });

  it('tells what else went wrong', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => giveTo(account, join(folder, 'file', 'below'))).toThrow('ENOTDIR');
  });
});
