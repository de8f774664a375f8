import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { tmpdir } from 'node:os';

import type { PostgresInstall } from './postgres-install.ts';
import type { ServerAccount } from './server-account.ts';

export interface SpawnOptions {
  readonly install: PostgresInstall;
  readonly account: ServerAccount;
  readonly parameters: readonly string[];
  readonly stdio: StdioOptions;
}

/**
 * Starts one of PostgreSQL's programs as the account, in a session of its own (Ctrl-C in our terminal is ours to
 * handle) and with an environment that has no secret of ours and no PG variable of the user's. Where this process
 * exits before it, it is asked to end.
 */
export function spawnServerProgram(program: string, options: SpawnOptions): ChildProcess {
  const { account, install, parameters } = options;
  const [command = program, ...rest] = [...account.prefix, program, ...parameters];
  const child = spawn(command, rest, {
    ...(account.uid === undefined || account.gid === undefined ? {} : { uid: account.uid, gid: account.gid }),
    cwd: process.platform === 'win32' ? tmpdir() : '/',
    detached: process.platform !== 'win32',
    windowsHide: true,
    stdio: options.stdio,
    env: environment(install),
  });
  const askToEnd = (): boolean => child.kill('SIGINT');
  process.once('exit', askToEnd);
  child.once('exit', () => process.off('exit', askToEnd));
  return child;
}

/** Ends the program and every process it has started, without asking. */
export function killServerProgram(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  // Its session is also a process group.
  if (process.platform === 'win32') child.kill();
  else process.kill(-child.pid, 'SIGKILL');
}

function environment(install: PostgresInstall): NodeJS.ProcessEnv {
  const kept = ['PATH', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'LD_LIBRARY_PATH'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const libraries =
    install.libraryPath === undefined
      ? {}
      : { LD_LIBRARY_PATH: install.libraryPath, DYLD_LIBRARY_PATH: install.libraryPath };
  return { ...Object.fromEntries(kept), ...libraries, LC_ALL: 'C', TZ: 'UTC' };
}
