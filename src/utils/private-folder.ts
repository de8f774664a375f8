import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

import { errorCode } from './error-code.ts';

/**
 * Makes a folder, and those above it, for its owner alone; one that is there stays as it is. Node.js's own recursive
 * `mkdir` never returns where a file system answers ENOENT for a new folder in one that is there, as /proc does.
 * Throws what the file system answers, ENOTDIR or EEXIST where something else has the name.
 */
export function makePrivateFolder(path: string): void {
  const parent = dirname(path);
  if (parent !== path && !existsSync(parent)) makePrivateFolder(parent);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const isThere = errorCode(error) === 'EEXIST' && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
    if (!isThere) throw error;
  }
}
