import { readFileSync } from 'node:fs';

import { errorCode } from './error-code.ts';

const CHECK_MILLISECONDS = 500;
/** npm, its shell, a script of ours, and Node.js once more where the first is too old. */
const MOST_LINKS = 5;

/**
 * Where npm has started this process (`npx`, `npm start`), calls back once when npm or a process between has gone.
 * npm passes its signals to its shell alone, which dies of them and passes nothing on, and a `kill -9` reaches only
 * whom it names: that somebody has another parent by now is all that tells of it.
 * @returns how to stop watching
 */
export function watchNpm(environment: NodeJS.ProcessEnv, onGone: () => void): () => void {
  if (!['npx', 'start', 'dev'].includes(environment['npm_lifecycle_event'] ?? '')) return () => undefined;
  const first = process.ppid;
  const links = linksToNpm();
  const timer = setInterval(() => {
    if (process.ppid === first && links.every(({ pid, parent }) => parentOf(pid) === parent)) return;
    clearInterval(timer);
    onGone();
  }, CHECK_MILLISECONDS);
  timer.unref();
  return () => clearInterval(timer);
}

interface Link {
  readonly pid: number;
  readonly parent: number;
}

/** From our parent up to npm; empty where the system has no /proc, or npm is the parent or is not to be found. */
function linksToNpm(): readonly Link[] {
  const links: Link[] = [];
  for (let pid = process.ppid; links.length < MOST_LINKS;) {
    if (isNpm(pid)) return links;
    const parent = parentOf(pid);
    if (parent === undefined) return [];
    links.push({ pid, parent });
    pid = parent;
  }
  return [];
}

function isNpm(pid: number): boolean {
  return /^(npm|npx)\b|np[mx]-cli\.m?js/.test(readProcess(pid, 'cmdline') ?? '');
}

function parentOf(pid: number): number | undefined {
  // The name stands in brackets, and may hold anything.
  const fields = readProcess(pid, 'stat')?.replace(/^.*\)/s, '').trim().split(' ');
  return fields === undefined ? undefined : Number(fields[1]);
}

function readProcess(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}
