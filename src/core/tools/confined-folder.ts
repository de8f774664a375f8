import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';

import { AppError } from '../../kernel/errors.ts';
import { sortableId } from '../../utils/sortable-id.ts';

/** A path that was checked, with links resolved. */
export interface ConfinedPath {
  /** Relative to the folder, with slashes, without `.` parts; empty for the folder itself. */
  readonly path: string;
  /** Where it lies. */
  readonly absolute: string;
}

/**
 * A folder that paths from outside cannot leave: no absolute path, no `..`, no NUL, no backslash,
 * and no symbolic link that leads out (links inside are followed). Files are opened by their real
 * path without following a link, and where the system can tell (/proc) the open file is checked
 * once more, so that a folder swapped for a link in between gains nothing.
 */
export interface ConfinedFolder {
  /** @throws AppError PATH_REFUSED, TOOL_FAILED where there is no such file or folder */
  find(path: string): Promise<ConfinedPath>;
  /** Opens a regular file for reading; the caller closes it. @throws AppError PATH_REFUSED, TOOL_FAILED */
  openFile(path: string): Promise<FileHandle>;
  /**
   * Puts a file there, folders above it included, all of it or nothing: written beside, synced,
   * renamed, the folder synced. A link in its place is replaced, not followed.
   * @throws AppError PATH_REFUSED, TOOL_FAILED, STORAGE_FULL
   */
  replaceFile(path: string, content: Uint8Array): Promise<ConfinedPath>;
}

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_NONBLOCK } = constants;
/** Absent on Windows, where the check of the real path has to do. */
const O_NOFOLLOW = constants.O_NOFOLLOW ?? 0;

/** Makes the folder if need be. */
export async function openConfinedFolder(folder: string): Promise<ConfinedFolder> {
  await mkdir(folder, { recursive: true });
  const root = await realpath(folder);

  const find = async (path: string): Promise<ConfinedPath> => {
    const relative = relativePath(path);
    const absolute = await attempt(path, () => realpath(join(root, relative)));
    assertInside(absolute, { root, path });
    return { path: relative, absolute };
  };
  return {
    find,
    async openFile(path) {
      const { absolute } = await find(path);
      const file = await attempt(path, () => open(absolute, O_RDONLY | O_NOFOLLOW | (O_NONBLOCK ?? 0)));
      try {
        await assertOpenInside(file, { root, path });
        const facts = await file.stat();
        if (!facts.isFile()) throw fileFailed(path, { reason: 'it is no file' });
        return file;
      } catch (error) {
        await file.close();
        throw error;
      }
    },
    async replaceFile(path, content) {
      const relative = relativePath(path);
      if (relative === '') throw refused(path, 'it names the folder itself');
      const parent = await folderFor(dirname(relative), { root, path });
      const absolute = join(parent, basename(relative));
      await attempt(path, () => writeBeside(absolute, content));
      return { path: relative, absolute };
    },
  };
}

/** The path without `.` parts and doubled slashes. */
function relativePath(path: string): string {
  if (path.includes('\0')) throw refused(path, 'it holds a NUL character');
  if (path.includes('\\')) throw refused(path, 'it holds a backslash; use / between folders');
  if (path.startsWith('/') || /^[a-z]:/i.test(path)) throw refused(path, 'it is absolute');
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw refused(path, 'it holds ..');
  return parts.join('/');
}

/** A folder's real path, and the path that somebody asked for. */
interface Asked {
  readonly root: string;
  readonly path: string;
}

function assertInside(absolute: string, { root, path }: Asked): void {
  if (absolute !== root && !absolute.startsWith(root.endsWith(sep) ? root : root + sep)) {
    throw refused(path, 'it leads out of the folder through a link');
  }
}

async function assertOpenInside(file: FileHandle, asked: Asked): Promise<void> {
  if (process.platform === 'linux') assertInside(await realpath(`/proc/self/fd/${file.fd}`), asked);
}

/** The real path of a folder inside, made part by part so that no link is followed out. */
async function folderFor(relative: string, { root, path }: Asked): Promise<string> {
  let folder = root;
  for (const part of relative.split('/').filter((name) => name !== '.' && name !== '')) {
    const next = join(folder, part);
    folder = await attempt(path, async () => {
      await mkdir(next).catch(unlessExists);
      return realpath(next);
    });
    assertInside(folder, { root, path });
  }
  return folder;
}

function unlessExists(error: unknown): void {
  if (codeOf(error) !== 'EEXIST') throw error;
}

async function writeBeside(absolute: string, content: Uint8Array): Promise<void> {
  const beside = join(dirname(absolute), `.${sortableId()}.tmp`);
  try {
    const file = await open(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, absolute);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  await syncFolder(dirname(absolute));
}

async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open a folder to sync it.
  if (process.platform === 'win32') return;
  const handle = await open(folder, O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function attempt<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError) throw error;
    switch (codeOf(error)) {
      case 'ENOENT':
        throw fileFailed(path, { reason: 'it does not exist', cause: error });
      case 'EACCES':
      case 'EPERM':
        throw fileFailed(path, { reason: 'permission denied', cause: error });
      case 'ENOTDIR':
      case 'EEXIST':
        throw fileFailed(path, { reason: 'a part of it is no folder', cause: error });
      case 'EISDIR':
        throw fileFailed(path, { reason: 'it is a folder', cause: error });
      case 'ENAMETOOLONG':
        throw fileFailed(path, { reason: 'its name is too long', cause: error });
      case 'ELOOP':
        throw refused(path, 'it leads through a link');
      case 'ENOSPC':
      case 'EDQUOT':
        throw new AppError('STORAGE_FULL', `${shown(path)} could not be written: the disk is full`, { cause: error });
      default:
        throw fileFailed(path, { reason: error instanceof Error ? error.message : String(error), cause: error });
    }
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

function refused(path: string, reason: string): AppError {
  return new AppError('PATH_REFUSED', `path ${shown(path)} is refused: ${reason}`, {
    details: { path: path.slice(0, 200) },
  });
}

function fileFailed(path: string, { reason, cause }: { readonly reason: string; readonly cause?: unknown }): AppError {
  const message = `path ${shown(path)} cannot be used: ${reason}`;
  return new AppError('TOOL_FAILED', message, { details: { path: path.slice(0, 200) }, cause });
}

function shown(path: string): string {
  return JSON.stringify(path.slice(0, 200));
}
