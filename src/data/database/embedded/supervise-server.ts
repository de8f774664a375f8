import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

import { AppError, toAppError } from '../../../kernel/errors.ts';
import type { DatabaseLog } from '../database-log.ts';

const FAST_SHUTDOWN_MILLISECONDS = 20_000;
const RESTART_WINDOW_MILLISECONDS = 60_000;
const MOST_RESTARTS = 5;
const LAUNCH_TRIES = 10;
const LAUNCH_PAUSE_MILLISECONDS = 300;

/** A server that takes connections. */
export interface RunningServer {
  readonly child: ChildProcess;
  /** How it ended, in words; never rejects. */
  readonly ended: Promise<string>;
}

export interface SuperviseOptions {
  readonly log: DatabaseLog;
  /** Starts the server again at the same address; the signal breaks it off. */
  launch(signal: AbortSignal): Promise<RunningServer>;
  /** Asks for a fast shutdown. */
  askToEnd(child: ChildProcess): void;
  /** Called once, when there is no server any more and won't be. */
  release(): void;
}

export interface Supervision {
  pid(): number;
  stop(): Promise<void>;
  onLost(listener: (error: AppError) => void): () => void;
}

/**
 * Watches a server. It is *running*; if it ends unasked (killed, out of memory) it is *restarting*, and runs
 * again at the same address with everything committed, while queries fail with DATABASE_UNAVAILABLE; if that
 * fails for another reason than a full disk, or happens a sixth time within a minute, it is *lost* and the listeners hear why. `stop` makes it
 * *stopped* from any of these. Lost and stopped are final.
 */
export function superviseServer(first: RunningServer, options: SuperviseOptions): Supervision {
  const listeners = new Set<(error: AppError) => void>();
  const state = { server: first, stop: new AbortController() };
  const over = watch(state, options).then((lost) => {
    options.release();
    if (lost !== undefined) for (const listener of listeners) listener(lost);
  });
  return {
    pid: () => state.server.child.pid ?? 0,
    stop: async () => {
      state.stop.abort();
      end(state.server.child, options);
      await over;
    },
    onLost: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

interface State {
  server: RunningServer;
  readonly stop: AbortController;
}

async function watch(state: State, options: SuperviseOptions): Promise<AppError | undefined> {
  const { signal } = state.stop;
  const restarts: number[] = [];
  for (;;) {
    // With nothing left to do a program may end; stopping the server first is its owner's duty.
    state.server.child.unref();
    const how = await state.server.ended;
    if (signal.aborted) return undefined;
    options.log.warn({ how }, 'the embedded PostgreSQL ended by itself: starting it again');
    restarts.push(performance.now());
    const [oldest = 0] = restarts.slice(-MOST_RESTARTS - 1);
    if (restarts.length > MOST_RESTARTS && performance.now() - oldest < RESTART_WINDOW_MILLISECONDS) {
      return new AppError('DATABASE_UNAVAILABLE', `The embedded PostgreSQL ends again and again (${how}).`);
    }
    try {
      state.server = await relaunch(state, options);
    } catch (error) {
      return signal.aborted ? undefined : toAppError(error);
    }
    if (signal.aborted) end(state.server.child, options);
  }
}

/**
 * Processes of the dead server may hold its shared memory for a moment, and a new one refuses to start then: it
 * is tried a few times. A full disk is waited for as long as it takes, since somebody will make room.
 */
async function relaunch({ stop: { signal } }: State, options: SuperviseOptions): Promise<RunningServer> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await options.launch(signal);
    } catch (error) {
      const code = error instanceof AppError ? error.code : undefined;
      const mayPass = code === 'STORAGE_FULL' || (code === 'DATABASE_UNAVAILABLE' && tries < LAUNCH_TRIES);
      if (signal.aborted || !mayPass) throw error;
      if (tries === 1) options.log.warn({ code, reason: toAppError(error).message }, 'not yet: trying again');
      await sleep(LAUNCH_PAUSE_MILLISECONDS, undefined, { signal });
    }
  }
}

function end(child: ChildProcess, options: SuperviseOptions): void {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  options.askToEnd(child);
  const patience = setTimeout(() => child.kill('SIGQUIT'), FAST_SHUTDOWN_MILLISECONDS);
  child.once('exit', () => clearTimeout(patience));
}
