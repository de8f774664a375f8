// Installs the dependencies from the lock file when they are missing or older than it. Plain
// JavaScript that needs nothing but Node 18, because it runs before there is anything else.
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { run } from './run.mjs';

export const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const MODULES = path.join(ROOT, 'node_modules');

/** Where npm puts the Node the project is developed on. */
export const NODE = path.join(MODULES, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** Exit codes above it are those of signals. */
const SIGNALED = 128;
/** An npm that takes longer is no reason to wait on. */
const LONGEST_WAIT_MILLISECONDS = 600_000;
/** Whoever had started it still marks what it did. */
const MARK_MILLISECONDS = 1_000;
const POLL_MILLISECONDS = 100;

/**
 * Makes the folder's node_modules match its package-lock.json. Two small files are read when it already does.
 * Ends the process with what to do when that fails, and with the signal's code when it is told to stop; what is
 * half installed the next start installs anew.
 */
export async function ensureInstalled(folder = ROOT) {
  const wanted = lockHash(folder);
  const stamp = path.join(folder, 'node_modules', '.pygent-lock-hash');
  const isInstalled = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
  if (!isInstalled()) await untilOthersHaveInstalled(folder, isInstalled);
  if (!isInstalled()) {
    rmSync(stamp, { force: true });
    await install(folder);
    writeFileSync(stamp, wanted);
  }
  // Behind the stamp, so that Node put there by hand is not swept away by another install without it.
  if (!existsSync(NODE)) {
    fail(
      'Node 24 was not installed, because npm is told not to run install scripts.\n' +
        'Run `npm rebuild node --ignore-scripts=false`, then this command again.',
    );
  }
}

function lockHash(folder) {
  const lock = readFileSync(path.join(folder, 'package-lock.json'));
  return createHash('sha256').update(lock).update(process.platform).update(process.arch).digest('hex');
}

/**
 * Another start may be installing here, or an npm go on whose start was killed: two of them would remove each
 * other's files.
 */
async function untilOthersHaveInstalled(folder, isInstalled) {
  const pid = runningNpm(folder);
  if (pid === undefined) return;
  process.stderr.write(`npm (process ${pid}) is installing here already: waiting for its end ...\n`);
  for (let waited = 0; runningNpm(folder) === pid && waited < LONGEST_WAIT_MILLISECONDS; waited += POLL_MILLISECONDS) {
    await sleep(POLL_MILLISECONDS);
  }
  for (let waited = 0; !isInstalled() && waited < MARK_MILLISECONDS; waited += POLL_MILLISECONDS) {
    await sleep(POLL_MILLISECONDS);
  }
}

/** Process of the npm that installs into the folder, if one does. */
function runningNpm(folder) {
  const file = installFile(folder);
  if (!existsSync(file)) return undefined;
  const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
  try {
    process.kill(pid, 0);
    // After a restart of the machine the number is somebody else's.
    return process.platform === 'linux' && !readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('npm')
      ? undefined
      : pid;
  } catch {
    return undefined;
  }
}

/** Beside node_modules, which npm empties. */
function installFile(folder) {
  return path.join(folder, '.install.pid');
}

async function install(folder) {
  const lock = path.relative(ROOT, path.join(folder, 'package-lock.json'));
  process.stderr.write(`Installing dependencies from ${lock} ...\n`);
  const npm = npmCommand();
  const cache = cacheInPlaceOfOurs();
  const code = await run(npm.file, [...npm.args, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    env: { ...withoutNpmState(process.env), ...(cache === undefined ? {} : { npm_config_cache: cache }) },
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: npm.shell,
    onStart: (pid) => writeFileSync(installFile(folder), `${pid}\n`),
  }).catch((error) => fail(`npm could not be started: ${error.message}`));
  rmSync(installFile(folder), { force: true });
  if (cache !== undefined) rmSync(cache, { recursive: true, force: true });
  if (code > SIGNALED) process.exit(code);
  if (code !== 0) fail('`npm ci` failed; its message stands above.');
}

/** A folder for npm's cache where the usual one can't be written (no home folder, another user's), else undefined. */
function cacheInPlaceOfOurs() {
  const usual = path.join(process.env.npm_config_cache ?? path.join(homedir(), '.npm'), '_cacache', 'tmp');
  try {
    mkdirSync(usual, { recursive: true });
    accessSync(usual, constants.W_OK);
    return undefined;
  } catch (error) {
    process.stderr.write(`npm's cache cannot be used (${error.message}): taking another for this once.\n`);
    return mkdtempSync(path.join(tmpdir(), 'pygent-npm-cache-'));
  }
}

/** npm as the one that runs this script, so that it is the same one; else the one on the path. */
function npmCommand() {
  const running = process.env.npm_execpath;
  if (running !== undefined && running.endsWith('npm-cli.js')) {
    return { file: process.execPath, args: [running], shell: false };
  }
  return { file: 'npm', args: [], shell: process.platform === 'win32' };
}

/** Without the variables `npm run` sets for its scripts: they would turn up as options of `npm ci`. */
function withoutNpmState(environment) {
  const foreign = /^npm_(lifecycle|package|command|config_(argv|noproxy$))/;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !foreign.test(name)));
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
