import type { Readable, Writable } from 'node:stream';

import type { StopSignal } from '../utils/stop-signals.ts';

/** A stream of the process, as a terminal, a pipe or a file. */
export type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };
export type InputStream = Readable & { readonly isTTY?: boolean };

/** Everything that the command line takes from its process. */
export interface Surroundings {
  /** Arguments behind the program's name. */
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute path of the current folder. */
  readonly folder: string;
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Calls back at every Ctrl-C; returns how to stop. Without a listener Ctrl-C ends the process. */
  readonly onInterrupt: (listener: () => void) => () => void;
  /** Calls back at everything that tells the process to end, Ctrl-C among it; returns how to stop. */
  readonly onStop: (listener: (signal: StopSignal) => void) => () => void;
  /** Ends the process at once. */
  readonly leave: (code: number) => void;
}
