import { link, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

import { errorCode } from './error-code.ts';

/** What a rename in a folder needs to outlast a power cut. Windows has no such thing, and journals it itself. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export interface DurableFile {
  readonly path: string;
  /** Same file system as `path`; gone afterwards, whatever happens. */
  readonly temporaryPath: string;
  readonly content: Uint8Array | string;
}

/** Writes a file (mode 0600) so that its name holds all of the content or nothing, also after a power cut. */
export async function writeDurably(file: DurableFile): Promise<void> {
  try {
    await writeTemporary(file);
    await rename(file.temporaryPath, file.path);
  } catch (error) {
    await rm(file.temporaryPath, { force: true });
    throw error;
  }
  await syncFolder(dirname(file.path));
}

/**
 * Like `writeDurably`, but leaves a file that is there as it is, and answers whether there was none.
 * Whatever the answer, the file is on disk then. The file system must know hard links.
 */
export async function createDurably(file: DurableFile): Promise<boolean> {
  let made = true;
  try {
    await writeTemporary(file);
    // Unlike a rename this never takes the place of another file.
    await link(file.temporaryPath, file.path);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    made = false;
  } finally {
    await rm(file.temporaryPath, { force: true });
  }
  await syncFolder(dirname(file.path));
  return made;
}

async function writeTemporary({ temporaryPath, content }: DurableFile): Promise<void> {
  const handle = await open(temporaryPath, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
