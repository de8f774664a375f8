import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { AppError } from '../../../kernel/errors.ts';
import { errorCode } from '../../../utils/error-code.ts';
import { toFolderError } from '../../../kernel/folder-error.ts';

const SQLITE_BUSY = 5;
const SQLITE_NOT_A_DATABASE = 26;

export interface DataFolderLock {
  release(): void;
}

/**
 * Makes this process the one owner of a data folder until `release` or its end, however it ends.
 *
 * Node.js has no file lock of its own, but its SQLite has one on every platform: an exclusive transaction on an
 * empty file is a lock that the kernel frees when the process dies, that knows nothing of pids, and that
 * containers sharing the folder see too. Who holds it stands in `owner.json`, which is information only.
 * @throws AppError DATA_FOLDER_LOCKED with the owner's pid, DATA_FOLDER_UNUSABLE, STORAGE_FULL.
 */
export function lockDataFolder(dataDir: string): DataFolderLock {
  const lockPath = join(dataDir, 'pygent.lock');
  const ownerPath = join(dataDir, 'owner.json');
  const database = acquire(lockPath, ownerPath);
  try {
    const owner = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
    writeFileSync(ownerPath, `${JSON.stringify(owner)}\n`, { mode: 0o600 });
  } catch (error) {
    database.close();
    throw toFolderError(error, ownerPath);
  }
  return { release: () => database.close() };
}

function acquire(lockPath: string, ownerPath: string): DatabaseSync {
  // SQLite says only "unable to open" about what the file system refuses: let the file system say it.
  try {
    closeSync(openSync(lockPath, 'a', 0o600));
  } catch (error) {
    throw toFolderError(error, lockPath);
  }
  const database = new DatabaseSync(lockPath);
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    if (sqliteCode(error) === SQLITE_BUSY) throw lockedError(ownerPath, error);
    if (sqliteCode(error) === SQLITE_NOT_A_DATABASE) {
      const message = `${lockPath} is damaged: delete it while no factory runs on this folder.`;
      throw new AppError('DATA_FOLDER_UNUSABLE', message, { details: { path: lockPath }, cause: error });
    }
    throw toFolderError(error, lockPath);
  }
}

function sqliteCode(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'errcode' in error ? error.errcode : undefined;
}

function lockedError(ownerPath: string, cause: unknown): AppError {
  const owner = readOwner(ownerPath);
  const who = owner === undefined ? 'another process' : `process ${owner.pid} on ${owner.host}`;
  return new AppError('DATA_FOLDER_LOCKED', `The data folder ${join(ownerPath, '..')} is held by ${who}.`, {
    details: owner === undefined ? {} : { pid: owner.pid, host: owner.host },
    cause,
  });
}

function readOwner(path: string): { pid: number; host: string } | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'EACCES') return undefined;
    throw toFolderError(error, path);
  }
  const match = /"pid":(\d+),"host":"([^"]*)"/.exec(text);
  return match === null ? undefined : { pid: Number(match[1]), host: match[2] ?? '' };
}
