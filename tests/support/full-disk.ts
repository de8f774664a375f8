import { spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { errorCode } from '../../src/utils/error-code.ts';

/** Whether this process may mount a small file system for a child. */
export const canMount = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', tmpdir()]).status === 0;

/** The words to put before a command so that a folder is a file system of so many MiB of its own for it. */
export function onSmallDisk(folder: string, mebibytes: number): readonly string[] {
  const script = `mount -t tmpfs -o size=${mebibytes}M none "$1" && shift && exec "$@"`;
  return ['unshare', '--mount', 'sh', '-c', script, 'sh', folder];
}

/** The disk of a process that runs on one, seen from outside. */
export interface SmallDisk {
  /** Writes until nothing more fits. */
  fill(): void;
  /** Makes room again. */
  relieve(): void;
}

export function smallDiskOf(pid: number, folder: string): SmallDisk {
  const ballast = join('/proc', String(pid), 'root', folder, 'ballast');
  return {
    fill: () => {
      const file = openSync(ballast, 'a');
      try {
        for (const bytes of [1_048_576, 4_096]) fillBy(file, bytes);
      } finally {
        closeSync(file);
      }
    },
    relieve: () => rmSync(ballast, { force: true }),
  };
}

function fillBy(file: number, bytes: number): void {
  const piece = Buffer.alloc(bytes);
  try {
    for (;;) writeSync(file, piece);
  } catch (error) {
    if (errorCode(error) !== 'ENOSPC') throw error;
  }
}
