import { spawnSync } from 'node:child_process';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { AppError } from '../../../kernel/errors.ts';
import { errorCode } from '../../../utils/error-code.ts';
import type { DatabaseLog } from '../database-log.ts';

const POLL_MILLISECONDS = 10;
const FAST_SHUTDOWN_MILLISECONDS = 20_000;
const LAST_WAIT_MILLISECONDS = 10_000;

/** What a running PostgreSQL says about itself in `postmaster.pid` (lines 1 and 8 of it). */
export interface PostmasterFile {
  readonly pid: number;
  readonly ready: boolean;
}

/** The file's content; undefined where there is none, or none that is complete. */
export function readPostmasterFile(cluster: string): PostmasterFile | undefined {
  let text: string;
  try {
    text = readFileSync(join(cluster, 'postmaster.pid'), 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  const lines = text.split('\n');
  // A standalone backend (single-user mode, initdb) writes its pid negative.
  const pid = Math.abs(Number.parseInt(lines[0] ?? '', 10));
  return Number.isSafeInteger(pid) && pid > 0 ? { pid, ready: lines[7]?.trim() === 'ready' } : undefined;
}

/**
 * Ends the server that the last owner of the folder left behind. It is stopped rather than taken over: a server
 * that is not our child would outlive us, and may have been started with other settings. The caller holds the
 * folder's lock, so nobody else needs it. PostgreSQL looks whether the pid of a file that was left is alive: it is
 * made ours, which it takes for its parent's, where it is somebody else's by now or that of a zombie.
 * @throws AppError DATA_FOLDER_LOCKED where the server does not end.
 */
export async function stopOrphan(cluster: string, log: DatabaseLog): Promise<void> {
  const file = readPostmasterFile(cluster);
  if (file === undefined) return removeEmptyFile(cluster);
  if (!isAlive(file.pid)) return;
  if (!isServerOf(file.pid, cluster)) return takeOver(cluster);
  log.warn({ pid: file.pid }, 'a PostgreSQL of the last run is still there: stopping it');
  signal(file.pid, 'SIGINT');
  if (await isGone({ pid: file.pid, cluster }, FAST_SHUTDOWN_MILLISECONDS)) return settleFile(file.pid, cluster);
  signal(file.pid, 'SIGQUIT');
  if (await isGone({ pid: file.pid, cluster }, LAST_WAIT_MILLISECONDS)) return settleFile(file.pid, cluster);
  throw new AppError('DATA_FOLDER_LOCKED', `PostgreSQL (pid ${file.pid}) of the last run does not end: kill it.`, {
    details: { pid: file.pid, path: cluster },
  });
}

/** One that was dying before it was asked to end leaves its file, and may be a zombie for a while. */
function settleFile(pid: number, cluster: string): void {
  if (isAlive(pid) && readPostmasterFile(cluster)?.pid === pid) takeOver(cluster);
}

/** A server that was killed while it made the file leaves one that no other starts on. */
function removeEmptyFile(cluster: string): void {
  rmSync(join(cluster, 'postmaster.pid'), { force: true });
}

/**
 * Not removed: by the file PostgreSQL finds processes of a dead server in its shared memory, and refuses to write
 * beside them.
 */
function takeOver(cluster: string): void {
  const path = join(cluster, 'postmaster.pid');
  const [, ...rest] = readFileSync(path, 'utf8').split('\n');
  writeFileSync(`${path}.new`, [process.pid, ...rest].join('\n'), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

async function isGone({ pid, cluster }: { pid: number; cluster: string }, milliseconds: number): Promise<boolean> {
  for (let waited = 0; waited < milliseconds; waited += POLL_MILLISECONDS) {
    if (!isAlive(pid) || !isServerOf(pid, cluster)) return true;
    await sleep(POLL_MILLISECONDS);
  }
  return false;
}

/** Whether a process has the pid, ours or another user’s. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

function signal(pid: number, name: 'SIGINT' | 'SIGQUIT'): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}

/** A pid may be anybody's by now: its command line tells. A zombie has none, and counts as gone. */
function isServerOf(pid: number, cluster: string): boolean {
  return commandLine(pid).includes(cluster);
}

function commandLine(pid: number): string {
  if (process.platform === 'linux') {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    } catch (error) {
      if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ESRCH') return '';
      throw error;
    }
  }
  const command: [string, string[]] =
    process.platform === 'win32'
      ? [
          'powershell',
          ['-NoProfile', '-Command', `(Get-CimInstance Win32_Process -Filter "ProcessId=${pid}").CommandLine`],
        ]
      : ['ps', ['-ww', '-o', 'command=', '-p', String(pid)]];
  return spawnSync(...command, { encoding: 'utf8' }).stdout;
}
