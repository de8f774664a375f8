import { readFileSync, realpathSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

import type { AppError } from '../../../kernel/errors.ts';
import { errorCode } from '../../../utils/error-code.ts';
import { makePrivateFolder } from '../../../utils/private-folder.ts';
import type { DatabaseLog } from '../database-log.ts';
import { toFolderError } from '../../../kernel/folder-error.ts';
import { type DataFolderLock, lockDataFolder } from './data-folder-lock.ts';
import { type ClusterPaths, clusterPaths, initializeCluster, SUPERUSER } from './initialize-cluster.ts';
import { findPostgresInstall } from './postgres-install.ts';
import { askServerToEnd, launchServer, type ServerSetup } from './launch-server.ts';
import { stopOrphan } from './postmaster-file.ts';
import { chooseServerAccount, refuseForeignCluster, type ServerAccount } from './server-account.ts';
import { openServerLog, type ServerLog } from './server-log.ts';
import { type ServerAddress, SOCKET_PORT } from './server-settings.ts';
import { makeSocketFolder } from './socket-folder.ts';
import { superviseServer } from './supervise-server.ts';

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
  /** Breaks the start off; whatever was started has ended then. */
  readonly signal?: AbortSignal | undefined;
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
 *   DATABASE_UNAVAILABLE with the last lines of the server's log; the signal's reason.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const folders = makeFolders(options.dataDir);
  const lock = lockDataFolder(folders.data);
  try {
    return await startLocked(options, { folders, lock });
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
    makePrivateFolder(dataDir);
    const data = realpathSync(dataDir);
    const folders = { data, postgres: join(data, 'postgres'), logs: join(data, 'logs') };
    makePrivateFolder(folders.postgres);
    makePrivateFolder(folders.logs);
    return folders;
  } catch (error) {
    throw toFolderError(error, dataDir);
  }
}

async function startLocked(
  options: EmbeddedPostgresOptions,
  { folders, lock }: { folders: Folders; lock: DataFolderLock },
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
  await initializeCluster({ postgresFolder: folders.postgres, install, account, durable, signal: options.signal });
  const address = await chooseAddress(folders.postgres, account);
  const serverLog = openLog(join(folders.logs, 'postgres.log'));
  const server: ServerSetup = { install, account, cluster, address, serverLog, durable };
  try {
    return await run(server, { lock, log: options.log, signal: options.signal });
  } catch (error) {
    serverLog.close();
    throw error;
  }
}

async function run(
  server: ServerSetup,
  { lock, log, signal }: { lock: DataFolderLock; log: DatabaseLog; signal: AbortSignal | undefined },
): Promise<EmbeddedPostgres> {
  const connection = connectionSettings(server.address, server.cluster);
  const supervision = superviseServer(await launchServer(server, signal), {
    log,
    launch: (stopped) => launchServer(server, stopped),
    askToEnd: (child) => askServerToEnd(server, child),
    release: () => {
      server.serverLog.close();
      lock.release();
    },
  });
  return {
    connection,
    get pid() {
      return supervision.pid();
    },
    stop: () => supervision.stop(),
    onExit: (listener) => supervision.onLost(listener),
  };
}

function openLog(path: string): ServerLog {
  try {
    return openServerLog(path);
  } catch (error) {
    throw toFolderError(error, path);
  }
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
