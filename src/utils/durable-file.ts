import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

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
    const handle = await open(file.temporaryPath, 'wx', 0o600);
    try {
      await handle.writeFile(file.content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(file.temporaryPath, file.path);
  } catch (error) {
    await rm(file.temporaryPath, { force: true });
    throw error;
  }
  await syncFolder(dirname(file.path));
}
