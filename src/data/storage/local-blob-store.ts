import { randomBytes } from 'node:crypto';
import { access, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { AppError } from '../../kernel/errors.ts';
import type { BlobStore } from '../../kernel/ports/blob-store.ts';
import { contentHash } from '../../utils/content-hash.ts';
import { syncFolder, writeDurably } from '../../utils/durable-file.ts';
import { errorCode } from '../../utils/error-code.ts';
import { makePrivateFolder } from '../../utils/private-folder.ts';
import { toFolderError } from '../../kernel/folder-error.ts';

const HASH = /^[0-9a-f]{64}$/;
const SHARD = /^[0-9a-f]{2}$/;
/** No write takes so long: what is older was left by a process that died. */
const ABANDONED_MILLISECONDS = 60 * 60 * 1000;

export interface LocalBlobStore extends BlobStore {
  /** Hashes of all blobs, in no order. */
  list(): AsyncIterable<string>;
}

/**
 * Blobs as files `ab/cdef…` under a folder of this machine (made if it isn't there). Several processes may share
 * it: a name says what is in the file, so they can only write the same.
 * `get` throws AppError BLOB_CORRUPT where a file no longer holds what its name says; `put` of the same bytes
 * mends it. All throw STORAGE_FULL or DATA_FOLDER_UNUSABLE where the file system refuses.
 */
export async function openLocalBlobStore(folder: string): Promise<LocalBlobStore> {
  const temporary = join(folder, 'temporary');
  await guard(folder, async () => {
    makePrivateFolder(temporary);
    await removeAbandoned(temporary);
  });
  return {
    put: (content) => guard(folder, () => put(folder, content)),
    get: (hash) => guard(folder, () => get(folder, hash)),
    has: (hash) => guard(folder, () => has(folder, hash)),
    list: () => list(folder),
  };
}

async function put(folder: string, content: Uint8Array): Promise<string> {
  const hash = contentHash(content);
  const path = blobPath(folder, hash);
  const shard = join(folder, hash.slice(0, 2));
  const present = await readIfThere(path);
  if (present !== undefined && contentHash(present) === hash) {
    // Another writer may have renamed it a moment ago, and not have got to this yet.
    await syncFolder(shard);
    return hash;
  }
  const made = await mkdir(shard, { recursive: true, mode: 0o700 });
  if (made !== undefined) await syncFolder(folder);
  await writeDurably({ path, temporaryPath: join(folder, 'temporary', randomBytes(12).toString('hex')), content });
  return hash;
}

async function get(folder: string, hash: string): Promise<Uint8Array> {
  const content = HASH.test(hash) ? await readIfThere(blobPath(folder, hash)) : undefined;
  if (content === undefined) {
    throw new AppError('BLOB_NOT_FOUND', `The blob ${hash} is not in ${folder}.`, { details: { hash } });
  }
  if (contentHash(content) !== hash) {
    throw new AppError('BLOB_CORRUPT', `The file ${blobPath(folder, hash)} no longer holds what was stored in it.`, {
      details: { hash },
    });
  }
  return content;
}

async function has(folder: string, hash: string): Promise<boolean> {
  if (!HASH.test(hash)) return false;
  try {
    await access(blobPath(folder, hash));
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

async function* list(folder: string): AsyncIterable<string> {
  for (const shard of await guard(folder, () => readdir(folder))) {
    if (!SHARD.test(shard)) continue;
    for (const name of await guard(folder, () => readdir(join(folder, shard)))) {
      if (HASH.test(shard + name)) yield shard + name;
    }
  }
}

function blobPath(folder: string, hash: string): string {
  return join(folder, hash.slice(0, 2), hash.slice(2));
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function removeAbandoned(temporary: string): Promise<void> {
  const oldest = Date.now() - ABANDONED_MILLISECONDS;
  for (const name of await readdir(temporary)) {
    const path = join(temporary, name);
    if ((await stat(path)).mtimeMs < oldest) await rm(path, { force: true });
  }
}

async function guard<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError || errorCode(error) === undefined) throw error;
    throw toFolderError(error, folder);
  }
}
