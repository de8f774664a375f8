import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { AppError } from '../../../kernel/errors.ts';
import { errorCode } from '../../../utils/error-code.ts';
import type { DatabaseLog } from '../database-log.ts';
import { toFolderError } from '../../folder-error.ts';
import { type DataFolderLock, lockDataFolder } from './data-folder-lock.ts';
import { type ClusterPaths, clusterPaths, initializeCluster, SUPERUSER } from './initialize-cluster.ts';
import { findPostgresInstall, type PostgresInstall } from './postgres-install.ts';
import { readPostmasterFile, stopOrphan } from './postmaster-file.ts';
import { chooseServerAccount, refuseForeignCluster, type ServerAccount } from './server-account.ts';
import { openServerLog, type ServerLog } from './server-log.ts';
import { spawnServerProgram } from './server-process.ts';
import { type ServerAddress, serverArguments, SOCKET_PORT } from './server-settings.ts';
import { makeSocketFolder } from './socket-folder.ts';
import { type RunningServer, superviseServer } from './supervise-server.ts';

const POLL_MILLISECONDS = 5;
/** Recovery after a crash replays at most `max_wal_size` of log; slow disks take their time for it. */
const READY_MILLISECONDS = 120_000;

export interface EmbeddedPostgresOptions {
  /** Made if it isn't there; everything of the server lies in it. */
  readonly dataDir: string;
  readonly log: DatabaseLog;
  /** false only for throw-away databases: nothing is fsynced then. */
  readonly durable?: boolean;
  /** `native` folder of a platform package, for installs that lie elsewhere. */
  readonly nativeFolder?: string;
  /** As root: never use user namespaces, but drop to another user. */
  readonly withoutNamespaces?: boolean;
}

/** What a client needs to connect; `host` is a folder where a unix socket is used. */
export interface ConnectionSettings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

export interface EmbeddedPostgres {
  readonly connection: ConnectionSettings;
  /** Pid of the postmaster; another one after a restart. */
  readonly pid: number;
  /** Ends the server (fast shutdown: open transactions are rolled back) and frees the data folder. */
  stop(): Promise<void>;
  /**
   * Calls back when the server ended without `stop` and could not be started again; returns how to stop
   * listening. One that can be started again is, at the same address.
   */
  onExit(listener: (error: AppError) => void): () => void;
}

/**
 * Starts the PostgreSQL that comes with the package on a folder of ours, and answers when it takes connections.
 * The server ends with this process, by the kernel's hand on Linux; elsewhere the next start ends it.
 * @throws AppError DATA_FOLDER_LOCKED, DATA_FOLDER_UNUSABLE, STORAGE_FULL, PLATFORM_UNSUPPORTED,
 *   DATABASE_UNAVAILABLE with the last lines of the server's log.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const folders = makeFolders(options.dataDir);
  const lock = lockDataFolder(folders.data);
  try {
    return await startLocked({ ...options, dataDir: folders.data }, folders, lock);
  } catch (error) {
    lock.release();
    throw errorCode(error) === undefined ? error : toFolderError(error, folders.data);
  }
}

interface Folders {
  readonly data: string;
  readonly postgres: string;
  readonly logs: string;
}

function makeFolders(dataDir: string): Folders {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const data = realpathSync(dataDir);
    const folders = { data, postgres: join(data, 'postgres'), logs: join(data, 'logs') };
    mkdirSync(folders.postgres, { recursive: true, mode: 0o700 });
    mkdirSync(folders.logs, { recursive: true, mode: 0o700 });
    return folders;
  } catch (error) {
    throw toFolderError(error, dataDir);
  }
}

async function startLocked(
  options: EmbeddedPostgresOptions,
  folders: Folders,
  lock: DataFolderLock,
): Promise<EmbeddedPostgres> {
  const overlayFolder = join(folders.postgres, 'lib');
  const install = findPostgresInstall({
    overlayFolder,
    ...(options.nativeFolder === undefined ? {} : { nativeFolder: options.nativeFolder }),
  });
  const cluster = clusterPaths(folders.postgres, install);
  refuseForeignCluster(cluster.data);
  await stopOrphan(cluster.data, options.log);
  const account = chooseServerAccount({
    folder: folders.postgres,
    program: install.postgres,
    cluster: cluster.data,
    withoutNamespaces: options.withoutNamespaces ?? false,
  });
  const durable = options.durable ?? true;
  await initializeCluster({ postgresFolder: folders.postgres, install, account, durable });
  const address = await chooseAddress(folders.postgres, account);
  const serverLog = openLog(join(folders.logs, 'postgres.log'));
  const starting: Starting = { install, account, cluster, address, serverLog, durable, lock, log: options.log };
  try {
    const connection = connectionSettings(address, cluster);
    return asEmbeddedPostgres(connection, await launch(starting), starting);
  } catch (error) {
    serverLog.close();
    throw error;
  }
}

function asEmbeddedPostgres(
  connection: ConnectionSettings,
  first: RunningServer,
  starting: Starting,
): EmbeddedPostgres {
  const supervision = superviseServer(first, {
    log: starting.log,
    launch: () => launch(starting),
    askToEnd: (child) => askToEnd(starting, child),
    release: () => {
      starting.serverLog.close();
      starting.lock.release();
    },
  });
  return {
    connection,
    get pid() {
      return supervision.pid();
    },
    stop: supervision.stop,
    onExit: supervision.onLost,
  };
}

function openLog(path: string): ServerLog {
  try {
    return openServerLog(path);
  } catch (error) {
    throw toFolderError(error, path);
  }
}

interface Starting {
  readonly install: PostgresInstall;
  readonly account: ServerAccount;
  readonly cluster: ClusterPaths;
  readonly address: ServerAddress;
  readonly serverLog: ServerLog;
  readonly durable: boolean;
  readonly lock: DataFolderLock;
  readonly log: DatabaseLog;
}

async function chooseAddress(postgresFolder: string, account: ServerAccount): Promise<ServerAddress> {
  return process.platform === 'win32'
    ? { port: await freePort() }
    : { socketFolder: makeSocketFolder(postgresFolder, account) };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function launch(starting: Starting): Promise<RunningServer> {
  const { install, account, cluster, address, serverLog, durable } = starting;
  if (!existsSync(cluster.data)) {
    throw new AppError('DATA_FOLDER_UNUSABLE', `${cluster.data} is gone: the data folder was removed or damaged.`, {
      details: { path: cluster.data },
    });
  }
  const child = spawnServerProgram(install.postgres, ['-D', cluster.data, ...serverArguments(address, durable)], {
    install,
    account,
    stdio: ['ignore', serverLog.descriptor, serverLog.descriptor],
  });
  const ended = exitOf(child);
  await untilReady(child, ended, starting);
  return { child, ended };
}

function connectionSettings(address: ServerAddress, cluster: ClusterPaths): ConnectionSettings {
  let password: string;
  try {
    password = readFileSync(cluster.password, 'utf8').trim();
  } catch (error) {
    throw toFolderError(error, cluster.password);
  }
  const where =
    'port' in address ? { host: '127.0.0.1', port: address.port } : { host: address.socketFolder, port: SOCKET_PORT };
  return { ...where, user: SUPERUSER, password, database: 'postgres' };
}

/** How the process ended, in words; resolves once, and never rejects. */
function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
  });
}

async function untilReady(child: ChildProcess, ended: Promise<string>, starting: Starting): Promise<void> {
  let end: string | undefined;
  void ended.then((how) => (end = how));
  for (let waited = 0; waited < READY_MILLISECONDS; waited += POLL_MILLISECONDS) {
    await sleep(POLL_MILLISECONDS);
    if (end !== undefined) throw startError(starting, end);
    const file = readPostmasterFile(starting.cluster.data);
    if (file?.ready === true && file.pid === child.pid) return;
  }
  child.kill('SIGQUIT');
  throw startError(starting, `not ready after ${READY_MILLISECONDS / 1000} s`);
}

function startError(starting: Starting, how: string): AppError {
  const tail = starting.serverLog.tail();
  if (/No space left on device/.test(tail)) {
    return new AppError('STORAGE_FULL', `No space is left for ${starting.cluster.data}: free some, then start again.`);
  }
  const fatal = tail.split('\n').findLast((line) => /(FATAL|PANIC):/.test(line)) ?? tail.split('\n').at(-1) ?? '';
  return new AppError('DATABASE_UNAVAILABLE', `The embedded PostgreSQL did not start (${how}). ${fatal}`.trim(), {
    details: { path: starting.cluster.data, log: tail },
  });
}

function askToEnd(starting: Starting, child: ChildProcess): void {
  if (process.platform !== 'win32') {
    child.kill('SIGINT');
    return;
  }
  // Windows has no signals; PostgreSQL listens to a pipe of its own there, and pg_ctl writes to it.
  const { install, account, cluster } = starting;
  spawnServerProgram(install.pgCtl, ['stop', '-D', cluster.data, '-m', 'fast', '-W'], {
    install,
    account,
    stdio: 'ignore',
  });
}
