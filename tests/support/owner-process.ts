import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

import type {
  ConnectionSettings,
  EmbeddedPostgresOptions,
} from '../../src/data/database/embedded/embedded-postgres.ts';
import type { ErrorRecord } from '../../src/kernel/errors.ts';

export interface OwnerAnswer {
  readonly pid?: number;
  readonly connection?: ConnectionSettings;
  readonly error?: ErrorRecord;
}

/** A child process that owns an embedded database; see `database-owner.ts`. */
export interface OwnerProcess {
  readonly child: ChildProcess;
  /** Its second line: what came of the start. */
  readonly answer: Promise<OwnerAnswer>;
  /** Kills it with -9 and waits until it is gone. */
  kill(): Promise<void>;
  /** Asks it to stop, and waits. */
  end(): Promise<void>;
}

export type OwnerOptions = Omit<EmbeddedPostgresOptions, 'log'> & {
  /** Run as this user; needs root. */
  readonly uid?: number;
  /** Put before the command. */
  readonly prefix?: readonly string[];
};

/** Starts the process and answers when it has begun. */
export async function startOwner({ uid, prefix = [], ...options }: OwnerOptions): Promise<OwnerProcess> {
  const script = new URL('database-owner.ts', import.meta.url).pathname;
  const [command, ...rest] = [...prefix, process.execPath, script, JSON.stringify(options)];
  const child = spawn(command, rest, {
    stdio: ['pipe', 'pipe', 'inherit'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  const exited = once(child, 'exit');
  return {
    child,
    answer: lines.next().then(({ value }) => JSON.parse(value ?? '{}') as OwnerAnswer),
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
    end: async () => {
      child.stdin.end();
      await exited;
    },
  };
}

/** Waits until no process has the pid. */
export async function untilGone(pid: number): Promise<void> {
  while (isAlive(pid)) await sleep(10);
}

/** A zombie, which only waits to be reaped, counts as gone. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  } catch {
    return false;
  }
}
