import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { AppError } from '../../../kernel/errors.ts';
import { errorMessage } from '../../../utils/error-code.ts';
import { toFolderError } from '../../../kernel/folder-error.ts';
import { errorCode } from '../../../utils/error-code.ts';
import type { PostgresInstall } from './postgres-install.ts';
import { giveTo, killedWithParent, type ServerAccount } from './server-account.ts';
import { killServerProgram, spawnServerProgram } from './server-process.ts';

const UNFINISHED = 'unfinished-';
const MOST_REMOVALS = 20;
const REMOVAL_PAUSE_MILLISECONDS = 20;

/** The one role of the embedded server, its superuser. */
export const SUPERUSER = 'pygent';

/** Where a cluster lies: `<version>/data` for PostgreSQL, `<version>/password` for us. */
export interface ClusterPaths {
  readonly folder: string;
  readonly data: string;
  readonly password: string;
}

export function clusterPaths(postgresFolder: string, install: PostgresInstall): ClusterPaths {
  const folder = join(postgresFolder, String(install.majorVersion));
  return { folder, data: join(folder, 'data'), password: join(folder, 'password') };
}

export interface InitializeClusterOptions {
  readonly postgresFolder: string;
  readonly install: PostgresInstall;
  readonly account: ServerAccount;
  readonly durable: boolean;
  /** Breaks the creation off. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Creates the cluster if there is none. It is made under another name and renamed when it is whole and on the
 * disk, so a crash in between leaves nothing but a folder that the next start removes.
 *
 * UTF-8 with the built-in C.UTF-8 locale: sorted by code point like C, the same on every platform, but with the
 * letters of all languages known, which lower() and full-text search need.
 * @throws AppError DATA_FOLDER_UNUSABLE, STORAGE_FULL; the signal's reason, with nothing left behind
 */
export async function initializeCluster(options: InitializeClusterOptions): Promise<ClusterPaths> {
  const paths = clusterPaths(options.postgresFolder, options.install);
  try {
    await removeUnfinished(options.postgresFolder);
    if (!existsSync(paths.folder)) await createCluster(options, paths);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw toFolderError(error, options.postgresFolder);
  }
  return paths;
}

async function removeUnfinished(postgresFolder: string): Promise<void> {
  for (const name of readdirSync(postgresFolder)) {
    if (name.startsWith(UNFINISHED)) await removeCluster(join(postgresFolder, name));
  }
}

/** An initdb that lost its parent a moment ago cleans up too; a removal that meets another ends early, unnoticed. */
async function removeCluster(folder: string): Promise<void> {
  for (let tries = 0; existsSync(folder) && tries < MOST_REMOVALS; tries += 1) {
    if (tries > 0) await sleep(REMOVAL_PAUSE_MILLISECONDS);
    try {
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: REMOVAL_PAUSE_MILLISECONDS });
    } catch (error) {
      // What the other removed between a look and the next is no fault: `force` overlooks it at the top only.
      if (errorCode(error) !== 'ENOENT') throw error;
    }
  }
}

async function createCluster(options: InitializeClusterOptions, paths: ClusterPaths): Promise<void> {
  options.signal?.throwIfAborted();
  refuseOtherVersion(options);
  const folder = join(options.postgresFolder, UNFINISHED + randomBytes(6).toString('hex'));
  const passwordFile = join(folder, 'password');
  mkdirSync(folder, { mode: 0o700 });
  writeFileSync(passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600, flush: true });
  giveTo(options.account, folder);
  await runInitdb(options, { data: join(folder, 'data'), passwordFile });
  renameSync(folder, paths.folder);
  syncFolder(dirname(paths.folder));
}

async function runInitdb(
  options: InitializeClusterOptions,
  { data, passwordFile }: Pick<ClusterPaths, 'data'> & { readonly passwordFile: string },
): Promise<void> {
  const child = spawnServerProgram(options.install.initdb, {
    install: options.install,
    account: killedWithParent(options.account),
    parameters: [...initdbArguments(data, passwordFile), ...(options.durable ? [] : ['--no-sync'])],
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => (output = (output + chunk).slice(-4000)));
  }
  const breakOff = (): void => killServerProgram(child);
  options.signal?.addEventListener('abort', breakOff);
  let code: unknown;
  try {
    [code] = (await once(child, 'close')) as unknown[];
  } catch (error) {
    output = errorMessage(error);
  } finally {
    options.signal?.removeEventListener('abort', breakOff);
  }
  if (code === 0) return;
  await removeCluster(dirname(data));
  options.signal?.throwIfAborted();
  throw initdbError(output, data);
}

function initdbArguments(data: string, passwordFile: string): string[] {
  const parameters = {
    pgdata: data,
    username: SUPERUSER,
    pwfile: passwordFile,
    auth: 'scram-sha-256',
    encoding: 'UTF8',
    locale: 'C',
    'locale-provider': 'builtin',
    'builtin-locale': 'C.UTF-8',
    // The password is 192 random bits: stretching it buys nothing and costs every connection some milliseconds.
    set: 'scram_iterations=1',
  };
  return [...Object.entries(parameters).map(([name, value]) => `--${name}=${value}`), '--no-instructions'];
}

function initdbError(output: string, data: string): AppError {
  const reason = output.trim().split('\n').slice(-3).join(' ');
  return /No space left on device/.test(output)
    ? new AppError('STORAGE_FULL', `No space is left to create the database in ${data}: free some, then start again.`)
    : new AppError('DATA_FOLDER_UNUSABLE', `The database could not be created in ${data}: ${reason}`);
}

function refuseOtherVersion(options: InitializeClusterOptions): void {
  const other = readdirSync(options.postgresFolder).find((name) => /^\d+$/.test(name));
  if (other === undefined) return;
  throw new AppError(
    'DATA_FOLDER_UNUSABLE',
    `${options.postgresFolder} was written by PostgreSQL ${other}, and this is ${options.install.majorVersion}: ` +
      'back it up with the version that wrote it (`pygent db backup`), and restore it into an empty folder.',
    { details: { path: options.postgresFolder, found: other, wanted: options.install.majorVersion } },
  );
}

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
