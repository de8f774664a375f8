import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { lockDataFolder } from './data-folder-lock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pygent-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('has one holder at a time, who is named to the next', () => {
  const lock = lockDataFolder(folder);
  expect(() => lockDataFolder(folder)).toThrow(
    expect.objectContaining({ code: 'DATA_FOLDER_LOCKED', details: expect.objectContaining({ pid: process.pid }) }),
  );
  lock.release();
  lockDataFolder(folder).release();
});

it('says what to do about a file that is no lock', () => {
  writeFileSync(join(folder, 'pygent.lock'), 'garbage');
  expect(() => lockDataFolder(folder)).toThrow(
    expect.objectContaining({
      code: 'DATA_FOLDER_UNUSABLE',
      message: expect.stringMatching(/lock is damaged: delete it/),
    }),
  );
});
