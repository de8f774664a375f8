import { accessSync, constants, existsSync, readFileSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { Configuration } from '../config/index.ts';
import { packageNativeFolder, platformPackage } from '../data/database/index.ts';
import { AppError } from '../kernel/errors.ts';
import { errorCode, errorMessage } from '../utils/error-code.ts';
import type { CheckResult } from './check-result.ts';

const OLDEST_NODE = [22, 18] as const;
const MEBIBYTE = 1_048_576;
const LITTLE_BYTES = 1_024 * MEBIBYTE;
const TOO_LITTLE_BYTES = 100 * MEBIBYTE;

/** Whether this Node.js is new enough. */
export function checkNode(version: string = process.versions.node): CheckResult {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const enough = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  const found = { name: 'node', detail: `Node.js ${version}, ${process.platform} ${process.arch}` };
  if (enough) return { ...found, status: 'ok' };
  return { ...found, status: 'fail', remedy: `Install Node.js ${OLDEST_NODE.join('.')} or newer.` };
}

/** Whether the embedded database has programs for this platform. */
export function checkBinaries({ DATABASE_URL }: Pick<Configuration, 'DATABASE_URL'>): CheckResult {
  const name = 'postgres';
  if (DATABASE_URL !== undefined) return { name, status: 'ok', detail: 'not needed: DATABASE_URL is set' };
  try {
    packageNativeFolder(platformPackage());
    return { name, status: 'ok', detail: `${platformPackage()} is installed` };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { name, status: 'fail', detail: error.message, remedy: 'Set DATABASE_URL to a PostgreSQL 15 or newer.' };
  }
}

/** Whether the data folder, or the folder it will be made in, can be written, and how much room there is. */
export function checkDataFolder({ DATA_DIR }: Pick<Configuration, 'DATA_DIR'>): CheckResult[] {
  const existing = nearestFolder(DATA_DIR);
  try {
    accessSync(existing, constants.W_OK | constants.X_OK);
  } catch (error) {
    const detail = `${existing} cannot be written (${errorCode(error) ?? errorMessage(error)})`;
    return [{ name: 'data-folder', status: 'fail', detail, remedy: 'Mend its permissions, or set DATA_DIR.' }];
  }
  const made = existing === DATA_DIR ? ownerNote(DATA_DIR) : ', made at the first start';
  return [{ name: 'data-folder', status: 'ok', detail: `${DATA_DIR}${made}` }, checkSpace(existing)];
}

function checkSpace(folder: string): CheckResult {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const found = { name: 'disk', detail: `${(free / MEBIBYTE / 1_024).toFixed(1)} GiB free` };
  if (free >= LITTLE_BYTES) return { ...found, status: 'ok' };
  const remedy = 'Free some space, or move DATA_DIR to a larger disk.';
  return { ...found, status: free >= TOO_LITTLE_BYTES ? 'warn' : 'fail', remedy };
}

function nearestFolder(path: string): string {
  for (let current = path; ; current = dirname(current)) {
    if (existsSync(current) || dirname(current) === current) return current;
  }
}

/** `owner.json` is information only, left behind by an owner that was killed. */
function ownerNote(dataDir: string): string {
  const path = join(dataDir, 'owner.json');
  if (!existsSync(path)) return '';
  const [, pid] = /"pid":(\d+)/.exec(readFileSync(path, 'utf8')) ?? [];
  return pid === undefined ? '' : `, last opened by process ${pid}`;
}
