import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { killDatabase } from './kill-database.ts';

const PROGRAM = fileURLToPath(new URL('./victim-program.ts', import.meta.url));
/** Longest that a start, or the end of everything under way, may take; both take a second or two. */
const LIMIT_MILLISECONDS = 60_000;

/** What the victim's process is told on its command line, as JSON. */
export interface VictimOptions {
  readonly dataDir: string;
  /** Folder of calls.jsonl and effects.jsonl. */
  readonly evidenceDir: string;
  /** Which start this is, from 1. */
  readonly incarnation: number;
  readonly seed: number;
  /** Numbers squared in each run. */
  readonly steps: number;
  /** Tasks of its own that it keeps under way. */
  readonly load: number;
}

export type VictimMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'submitted'; readonly taskId: string }
  | { readonly type: 'drained' };

/** A process that runs a factory under load, and is killed. */
export interface Victim {
  /** Milliseconds of the epoch. */
  readonly startedAt: number;
  /** Resolves when it takes tasks, with the milliseconds since its start; rejects where it ends before. */
  readonly ready: Promise<number>;
  /** `both` kills PostgreSQL together with it, `process` leaves that to the kernel. */
  kill(target: 'process' | 'both'): Promise<void>;
  /** SIGTERM, at which it hands over what is under way; before it is open it just dies of it. */
  stop(): Promise<void>;
  /**
   * Submits nothing more, waits until nothing is under way, and ends in order. Answers false where something does not
   * come to its end; the process is killed then.
   */
  drain(): Promise<boolean>;
}

/** @param onSubmitted told the id of each task whose submission was confirmed */
export function startVictim(options: VictimOptions, onSubmitted: (taskId: string) => void): Victim {
  const startedAt = Date.now();
  const child = fork(PROGRAM, [JSON.stringify(options)], { detached: true });
  child.on('message', (message: VictimMessage) => {
    if (message.type === 'submitted') onSubmitted(message.taskId);
  });
  const exited = once(child, 'exit');
  const ready = messageOf(child, 'ready').then(() => Date.now() - startedAt);
  // Who kills it before it is ready does not wait for that.
  ready.catch(() => undefined);
  const kill: Victim['kill'] = async (target) => {
    if (child.pid === undefined || child.exitCode !== null) {
      throw new Error(`the victim ended by itself with code ${child.exitCode}`);
    }
    // PostgreSQL first: it ends in order when its parent dies.
    if (target === 'both') killDatabase(options.dataDir);
    process.kill(child.pid, 'SIGKILL');
    await exited;
  };
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const [code, signal] = (await exited) as [number | null, string | null];
    if (code !== 0 && signal !== 'SIGTERM')
      throw new Error(`the victim ended with ${signal ?? `code ${code}`} at SIGTERM`);
  };
  return {
    startedAt,
    ready,
    kill,
    stop,
    async drain() {
      child.send({ type: 'drain' });
      try {
        await messageOf(child, 'drained');
      } catch (error) {
        if (child.exitCode !== null) throw error;
        await kill('both');
        return false;
      }
      const [code] = (await exited) as [number | null];
      if (code !== 0) throw new Error(`the victim ended with code ${code}`);
      return true;
    },
  };
}

async function messageOf(child: ChildProcess, type: VictimMessage['type']): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onMessage = (message: VictimMessage): void => {
    if (message.type === type) resolve();
  };
  const onExit = (code: number | null, signal: string | null): void =>
    reject(new Error(`the victim ended with ${signal ?? `code ${code}`} before it was ${type}`));
  const timer = setTimeout(
    () => reject(new Error(`the victim was not ${type} in ${LIMIT_MILLISECONDS / 1000} s`)),
    LIMIT_MILLISECONDS,
  );
  child.on('message', onMessage).once('exit', onExit);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    child.off('message', onMessage).off('exit', onExit);
  }
}
