import { hash } from 'node:crypto';
import { lstatSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { AppError } from '../../../kernel/errors.ts';
import { toFolderError } from '../../../kernel/folder-error.ts';
import { giveTo, type ServerAccount } from './server-account.ts';

/** `sun_path` of the smallest system has 104 bytes with its closing zero. */
const MAX_SOCKET_PATH_BYTES = 103;
const LOCK_NAME = '.s.PGSQL.5432.lock';

/**
 * The folder for the server's socket: beside the cluster, or, where that path is too long for a socket, one in
 * the system's temporary folder, named after the data folder and open to its owner only. The caller has made sure
 * that no server runs: the lock of one that was killed is removed, whoever has its pid by now.
 * @throws AppError DATA_FOLDER_UNUSABLE where somebody else holds that name.
 */
export function makeSocketFolder(postgresFolder: string, account: ServerAccount): string {
  const near = join(postgresFolder, 'socket');
  const fits = Buffer.byteLength(join(near, LOCK_NAME)) <= MAX_SOCKET_PATH_BYTES;
  const folder = fits ? near : join(tmpdir(), `pygent-${hash('sha256', postgresFolder).slice(0, 16)}`);
  try {
    mkdirSync(folder, { mode: 0o700, recursive: true });
    const stat = lstatSync(folder);
    const owners = [process.getuid?.(), account.uid ?? process.getuid?.()];
    if (!stat.isDirectory() || !owners.includes(stat.uid) || (stat.mode & 0o077) !== 0) {
      throw new AppError('DATA_FOLDER_UNUSABLE', `${folder} is not a folder of our own: remove it, then start again.`, {
        details: { path: folder },
      });
    }
    rmSync(join(folder, LOCK_NAME), { force: true });
    giveTo(account, folder);
  } catch (error) {
    throw toFolderError(error, folder);
  }
  return folder;
}
