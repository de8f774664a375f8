import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { AppError } from '../../../kernel/errors.ts';
import type { ClusterPaths } from './initialize-cluster.ts';
import type { PostgresInstall } from './postgres-install.ts';
import { readPostmasterFile } from './postmaster-file.ts';
import type { ServerAccount } from './server-account.ts';
import type { ServerLog } from './server-log.ts';
import { spawnServerProgram } from './server-process.ts';
import { type ServerAddress, serverArguments } from './server-settings.ts';
import type { RunningServer } from './supervise-server.ts';

/** pg_ctl waits in steps of 0.1 s; a start takes less than half of that. */
const POLL_MILLISECONDS = 5;
/** Recovery after a crash replays at most `max_wal_size` of log; slow disks take their time for it. */
const READY_MILLISECONDS = 120_000;
const FOLDER_CHECK_MILLISECONDS = 1_000;
/** What lives on of a server that was killed notices within milliseconds, or when its statement is over. */
const REMAINS_MILLISECONDS = 20_000;
const REMAINS_PAUSE_MILLISECONDS = 100;

/** Everything that a start of the server needs; the same for every restart. */
export interface ServerSetup {
  readonly install: PostgresInstall;
  readonly account: ServerAccount;
  readonly cluster: ClusterPaths;
  readonly address: ServerAddress;
  readonly serverLog: ServerLog;
  readonly durable: boolean;
}

/**
 * Starts the server and answers when it takes connections. It is waited for processes that a killed predecessor has
 * left in its shared memory.
 * @throws AppError DATA_FOLDER_UNUSABLE where the cluster is gone, STORAGE_FULL, DATABASE_UNAVAILABLE with the
 *   last lines of the log; the signal's reason, when what was started has ended again
 */
export async function launchServer(setup: ServerSetup, signal?: AbortSignal): Promise<RunningServer> {
  for (let waited = 0; ; waited += REMAINS_PAUSE_MILLISECONDS) {
    try {
      return await launchOnce(setup, signal);
    } catch (error) {
      if (!holdsRemains(error) || waited >= REMAINS_MILLISECONDS) throw error;
      await sleep(REMAINS_PAUSE_MILLISECONDS);
    }
  }
}

function holdsRemains(error: unknown): boolean {
  return error instanceof AppError && /pre-existing shared memory block/.test(error.message);
}

async function launchOnce(setup: ServerSetup, signal: AbortSignal | undefined): Promise<RunningServer> {
  signal?.throwIfAborted();
  const { install, account, cluster, address, serverLog, durable } = setup;
  // A folder that is removed under a running server may stay, with what the server wrote in that moment.
  if (!existsSync(join(cluster.data, 'PG_VERSION'))) {
    throw new AppError('DATA_FOLDER_UNUSABLE', `${cluster.data} is gone: the data folder was removed or damaged.`, {
      details: { path: cluster.data },
    });
  }
  const logged = serverLog.size();
  const child = spawnServerProgram(install.postgres, {
    install,
    account,
    parameters: ['-D', cluster.data, ...serverArguments(address, durable)],
    stdio: ['ignore', serverLog.descriptor, serverLog.descriptor],
  });
  const ended = exitOf(child);
  const breakOff = (): void => askServerToEnd(setup, child);
  signal?.addEventListener('abort', breakOff);
  const problem = await untilReady({ child, ended }, cluster);
  signal?.removeEventListener('abort', breakOff);
  if (problem === undefined) {
    endWithItsFolder({ child, ended }, cluster);
    return { child, ended };
  }
  signal?.throwIfAborted();
  throw startError(cluster, { how: problem, tail: serverLog.tail(logged) });
}

/** How the process ended, in words; resolves once, and never rejects. */
function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
  });
}

/** Answers what went wrong, if something did. */
async function untilReady({ child, ended }: RunningServer, cluster: ClusterPaths): Promise<string | undefined> {
  let end: string | undefined;
  void ended.then((how) => (end = how));
  for (let waited = 0; waited < READY_MILLISECONDS; waited += POLL_MILLISECONDS) {
    await sleep(POLL_MILLISECONDS);
    if (end !== undefined) return end;
    const file = readPostmasterFile(cluster.data);
    if (file?.ready === true && file.pid === child.pid) return undefined;
  }
  child.kill('SIGQUIT');
  return `not ready after ${READY_MILLISECONDS / 1000} s`;
}

/**
 * PostgreSQL itself looks once a minute whether its files are still there; until then it would half answer from
 * memory, and nobody be told.
 */
function endWithItsFolder({ child, ended }: RunningServer, cluster: ClusterPaths): void {
  const timer = setInterval(() => {
    if (readPostmasterFile(cluster.data) === undefined) child.kill('SIGQUIT');
  }, FOLDER_CHECK_MILLISECONDS);
  timer.unref();
  void ended.then(() => clearInterval(timer));
}

function startError(cluster: ClusterPaths, { how, tail }: { how: string; tail: string }): AppError {
  if (/No space left on device/.test(tail)) {
    return new AppError('STORAGE_FULL', `No space is left for ${cluster.data}: free some, then start again.`);
  }
  const fatal = tail.split('\n').findLast((line) => /(FATAL|PANIC):/.test(line)) ?? tail.split('\n').at(-1) ?? '';
  return new AppError('DATABASE_UNAVAILABLE', `The embedded PostgreSQL did not start (${how}). ${fatal}`.trim(), {
    details: { path: cluster.data, log: tail },
  });
}

/** Asks for a fast shutdown: open transactions are rolled back, and everything is written. */
export function askServerToEnd(setup: ServerSetup, child: ChildProcess): void {
  if (process.platform !== 'win32') {
    child.kill('SIGINT');
    return;
  }
  // Windows has no signals; PostgreSQL listens to a pipe of its own there, and pg_ctl writes to it.
  const { install, account, cluster } = setup;
  spawnServerProgram(install.pgCtl, {
    install,
    account,
    parameters: ['stop', '-D', cluster.data, '-m', 'fast', '-W'],
    stdio: 'ignore',
  });
}
