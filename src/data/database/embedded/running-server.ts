import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { toFolderError } from '../../../kernel/folder-error.ts';
import { errorCode } from '../../../utils/error-code.ts';
import type { ConnectionSettings } from './embedded-postgres.ts';
import { SUPERUSER } from './initialize-cluster.ts';
import { isAlive } from './postmaster-file.ts';

/**
 * How to reach the server that another process runs on a data folder, as a further client of it;
 * undefined where none is ready. Nothing is started, stopped or locked: the server may end any time.
 * @throws AppError DATA_FOLDER_UNUSABLE where this user may not read the folder.
 */
export function findRunningServer(dataDir: string): ConnectionSettings | undefined {
  const postgres = join(dataDir, 'postgres');
  try {
    for (const version of readdirSync(postgres).filter((name) => /^\d+$/.test(name))) {
      const address = readAddress(join(postgres, version, 'data', 'postmaster.pid'));
      if (address === undefined) continue;
      const password = readFileSync(join(postgres, version, 'password'), 'utf8').trim();
      return { ...address, user: SUPERUSER, password, database: 'postgres' };
    }
    return undefined;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw toFolderError(error, postgres);
  }
}

/** Lines 1, 4, 5, 6 and 8 of the file: pid, port, socket folder, address, state (PostgreSQL, miscadmin.h). */
function readAddress(path: string): { readonly host: string; readonly port: number } | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  const [pid = '', , , port = '', socketFolder = '', address = '', , state = ''] = text.split('\n');
  if (state.trim() !== 'ready' || !isAlive(Math.abs(Number(pid)))) return undefined;
  return { host: socketFolder === '' ? address : socketFolder, port: Number(port) };
}
