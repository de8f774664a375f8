// Installs the dependencies from the lock file when they are missing or older than it. Plain
// JavaScript that needs nothing but Node 18, because it runs before there is anything else.
import { spawnSync } from 'node:child_process';
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
import { fileURLToPath } from 'node:url';

export const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const MODULES = path.join(ROOT, 'node_modules');

/** Where npm puts the Node the project is developed on. */
export const NODE = path.join(MODULES, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/**
 * Makes the folder's node_modules match its package-lock.json. Two small files are read when it already does.
 * Ends the process with what to do when that fails.
 */
export function ensureInstalled(folder = ROOT) {
  const wanted = lockHash(folder);
  const stamp = path.join(folder, 'node_modules', '.pygent-lock-hash');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    rmSync(stamp, { force: true });
    install(folder);
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

function install(folder) {
  const lock = path.relative(ROOT, path.join(folder, 'package-lock.json'));
  process.stderr.write(`Installing dependencies from ${lock} ...\n`);
  const npm = npmCommand();
  const cache = cacheInPlaceOfOurs();
  const result = spawnSync(npm.file, [...npm.args, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    env: { ...withoutNpmState(process.env), ...(cache === undefined ? {} : { npm_config_cache: cache }) },
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: npm.shell,
  });
  if (cache !== undefined) rmSync(cache, { recursive: true, force: true });
  if (result.error !== undefined) fail(`npm could not be started: ${result.error.message}`);
  if (result.status !== 0) fail('`npm ci` failed; its message stands above.');
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
