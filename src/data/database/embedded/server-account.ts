import { spawnSync } from 'node:child_process';
import { chmodSync, lchownSync, lstatSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { AppError } from '../../../kernel/errors.ts';
import { errorCode } from '../../../utils/error-code.ts';

const NOBODY = 65534;
/** PostgreSQL's signal for it: open transactions are rolled back. */
const FAST_SHUTDOWN = 'INT';

/** As whom, and through which programs, PostgreSQL's programs are started. */
export interface ServerAccount {
  /** Put before the command; every program in it replaces itself, so that the child's pid is PostgreSQL's. */
  readonly prefix: readonly string[];
  /** The user to become; ours unless given. */
  readonly uid?: number;
  readonly gid?: number;
}

export interface ServerAccountOptions {
  /** Exists and belongs to us; all of PostgreSQL's files lie in it. */
  readonly folder: string;
  /** What has to be executable. */
  readonly program: string;
  /** The cluster inside the folder, if there is one by now. */
  readonly cluster: string;
  /** Never use user namespaces. */
  readonly withoutNamespaces?: boolean;
}

/**
 * Decides how PostgreSQL is started here, by trying.
 *
 * Linux: through `setpriv --pdeathsig INT`, so that the kernel stops it when this process dies. As root, which
 * PostgreSQL refuses to be: in a user namespace where root bears another number, so that its files stay root's
 * and lie where only root can go; where those are forbidden, as the owner of the folder above or as nobody.
 * An existing cluster keeps its owner where that works, and is handed over where it does not.
 * @throws AppError DATA_FOLDER_UNUSABLE where no way works.
 */
export function chooseServerAccount(options: ServerAccountOptions): ServerAccount {
  const uid = process.getuid?.();
  if (uid === undefined) return { prefix: [] };
  if (uid !== 0) return { prefix: parentDeathPrefix() };
  const refused: string[] = [];
  for (const account of rootCandidates(options)) {
    const problem = prepareFolder(options, account);
    if (problem === undefined) return account;
    refused.push(`${describe(account)}: ${problem}`);
  }
  throw new AppError(
    'DATA_FOLDER_UNUSABLE',
    `PostgreSQL refuses to run as root, and no other way works in ${options.folder} (${refused.join('; ')}). ` +
      'Start as a normal user, choose a DATA_DIR that other users can enter, or set DATABASE_URL.',
    { details: { path: options.folder, tried: refused } },
  );
}

/** The account for a program whose work is worth nothing once this process is dead: it ends then at once. */
export function killedWithParent(account: ServerAccount): ServerAccount {
  return { ...account, prefix: account.prefix.map((word) => (word === FAST_SHUTDOWN ? 'KILL' : word)) };
}

/**
 * Hands a file or a folder with everything in it to the account's user. What another program removes
 * meanwhile is passed over: an initdb that lost its parent a moment ago cleans up.
 */
export function giveTo(account: ServerAccount, path: string): void {
  if (account.uid === undefined || account.gid === undefined) return;
  try {
    const stat = lstatSync(path);
    if (stat.uid !== account.uid) lchownSync(path, account.uid, account.gid);
    if (stat.isDirectory()) for (const name of readdirSync(path)) giveTo(account, join(path, name));
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

/**
 * A normal user can't use the cluster of somebody else; best said before anything of it is looked at.
 * @throws AppError DATA_FOLDER_UNUSABLE with both uids.
 */
export function refuseForeignCluster(cluster: string): void {
  const uid = process.getuid?.();
  if (uid === undefined || uid === 0) return;
  const owner = ownerOf(cluster);
  if (owner === undefined || owner === uid) return;
  throw new AppError(
    'DATA_FOLDER_UNUSABLE',
    `${cluster} belongs to the user with uid ${owner}, and this process runs as ${uid}: ` +
      'start as that user, or choose another DATA_DIR.',
    { details: { path: cluster, owner, uid } },
  );
}

function rootCandidates(options: ServerAccountOptions): ServerAccount[] {
  const parentDeath = parentDeathPrefix();
  const namespace: ServerAccount = {
    prefix: ['unshare', '--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, '--', ...parentDeath],
    uid: 0,
    gid: 0,
  };
  const allowed = process.platform === 'linux' && options.withoutNamespaces !== true;
  const clusterOwner = ownerOf(options.cluster) ?? 0;
  const dropTo = clusterOwner === 0 ? nearestOwner(options.folder) : clusterOwner;
  const dropped: ServerAccount = { prefix: parentDeath, uid: dropTo, gid: dropTo };
  if (!allowed) return [dropped];
  return clusterOwner === 0 ? [namespace, dropped] : [dropped, namespace];
}

/** Owner of the nearest folder upwards that is not root's, or nobody. */
function nearestOwner(folder: string): number {
  for (let current = folder; ; current = dirname(current)) {
    const owner = ownerOf(current) ?? 0;
    if (owner !== 0) return owner;
    if (dirname(current) === current) return NOBODY;
  }
}

function ownerOf(path: string): number | undefined {
  try {
    return lstatSync(path).uid;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Makes the folder fit for the account; answers why it can't be, if so. */
function prepareFolder(options: ServerAccountOptions, account: ServerAccount): string | undefined {
  if (account.uid !== undefined && account.uid !== 0) {
    // The data folder itself stays root's: others may pass through it and see nothing.
    const above = dirname(options.folder);
    chmodSync(above, lstatSync(above).mode | 0o011);
  }
  const before = lstatSync(options.folder);
  lchownSync(options.folder, account.uid ?? before.uid, account.gid ?? before.gid);
  const problem = probe(account, ['sh', '-c', 'test -w "$1" && test -x "$2"', 'sh', options.folder, options.program]);
  if (problem === undefined) giveTo(account, options.folder);
  else lchownSync(options.folder, before.uid, before.gid);
  return problem;
}

/** Runs a command as the account; answers what went wrong, if something did. */
function probe(account: ServerAccount, command: readonly string[]): string | undefined {
  const [program, ...rest] = [...account.prefix, ...command];
  if (program === undefined) return undefined;
  const ids = account.uid === undefined || account.gid === undefined ? {} : { uid: account.uid, gid: account.gid };
  // In a session of its own, which Node.js can but does not declare: Ctrl-C would end it, and look like a refusal.
  const options = { ...ids, detached: true, cwd: '/', encoding: 'utf8' as const, timeout: 10_000 };
  const result = spawnSync(program, rest, options);
  if (result.error !== undefined) return result.error.message;
  if (result.status === 0) return undefined;
  return result.stderr.trim() || 'the folder or the programs are out of its reach';
}

function describe(account: ServerAccount): string {
  return account.uid === 0 ? 'in a user namespace' : `as uid ${account.uid}`;
}

/**
 * The kernel sends no signal for a parent that is dead by the time it is asked to: the shell looks whether it is
 * still there. Empty where the system can't do it.
 */
function parentDeathPrefix(): readonly string[] {
  if (process.platform !== 'linux') return [];
  const whereParentLives = ['sh', '-c', 'test "$PPID" = "$0" && exec "$@"', String(process.pid)];
  const prefix = ['setpriv', '--pdeathsig', FAST_SHUTDOWN, '--', ...whereParentLives];
  return probe({ prefix }, ['true']) === undefined ? prefix : [];
}
