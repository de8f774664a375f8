import { closeSync, copyFileSync, fstatSync, openSync, readSync, renameSync, statSync, truncateSync } from 'node:fs';

import { errorCode } from '../../../utils/error-code.ts';

const MAX_BYTES = 5 * 1024 * 1024;
const CHECK_EVERY_MILLISECONDS = 60_000;
const TAIL_BYTES = 8 * 1024;

/** The server's log file: at most two files of about 5 MiB, `postgres.log` and `postgres.log.1`. */
export interface ServerLog {
  /** For the server's stdout and stderr; opened for appending. */
  readonly descriptor: number;
  /** Bytes so far. */
  size(): number;
  /** The last lines behind so many bytes, at most 8 KiB. */
  tail(from: number): string;
  close(): void;
}

/**
 * Opens the log. The server writes to the file itself, so that a slow or dead parent never blocks it; the
 * parent bounds the size: by renaming at the start, by copying and truncating while it runs.
 */
export function openServerLog(path: string): ServerLog {
  if (sizeOf(path) > MAX_BYTES) renameSync(path, `${path}.1`);
  const descriptor = openSync(path, 'a+', 0o600);
  const timer = setInterval(() => bound(path), CHECK_EVERY_MILLISECONDS).unref();
  return {
    descriptor,
    size: () => fstatSync(descriptor).size,
    tail: (from) => readTail(descriptor, from),
    close: () => {
      clearInterval(timer);
      closeSync(descriptor);
    },
  };
}

function bound(path: string): void {
  if (sizeOf(path) <= MAX_BYTES) return;
  try {
    copyFileSync(path, `${path}.1`);
    truncateSync(path);
  } catch (error) {
    // A full disk must not take the process down for the sake of its log; emptying it is what helps then.
    if (errorCode(error) !== 'ENOSPC') throw error;
    truncateSync(path);
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Through the descriptor, so that it works when the file's name is gone. */
function readTail(descriptor: number, from: number): string {
  const { size } = fstatSync(descriptor);
  const start = Math.max(size < from ? 0 : from, size - TAIL_BYTES);
  const buffer = Buffer.alloc(Math.max(0, size - start));
  readSync(descriptor, buffer, 0, buffer.length, start);
  return buffer.toString('utf8').trim();
}
