import { PassThrough, Readable } from 'node:stream';

import { runCli } from '../../src/cli/run-cli.ts';
import type { InputStream, OutputStream } from '../../src/cli/surroundings.ts';

export interface CliCall {
  readonly argv: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Current folder; one without a factory unless given. */
  readonly folder?: string;
  /** What is piped in; nothing unless given. */
  readonly stdin?: string | Readable;
  /** Columns of the terminal that stdout and stderr are; pipes unless given. */
  readonly terminal?: number;
}

/** A command line at work in this process. */
export interface CliRun {
  readonly exitCode: Promise<number>;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves when the text stands on stdout or stderr. */
  readonly until: (text: string) => Promise<void>;
  readonly pressCtrlC: () => void;
  /** Exit code with which the process would have been ended at once. */
  readonly left: () => number | undefined;
}

/** Runs the real command line in this process, its streams captured. */
export function startCli(call: CliCall): CliRun {
  const interrupts = new Set<() => void>();
  const stdout = capture(call.terminal);
  const stderr = capture(call.terminal);
  let left: number | undefined;
  const exitCode = runCli({
    argv: call.argv,
    environment: call.environment ?? {},
    folder: call.folder ?? '/nowhere',
    stdin: toInput(call),
    stdout: stdout.stream,
    stderr: stderr.stream,
    onInterrupt: (listener) => {
      interrupts.add(listener);
      return () => interrupts.delete(listener);
    },
    onStop: () => () => undefined,
    leave: (code) => {
      left ??= code;
    },
  });
  return {
    exitCode,
    stdout: stdout.text,
    stderr: stderr.text,
    until: (text) => Promise.race([stdout.until(text), stderr.until(text)]),
    pressCtrlC: () => {
      for (const listener of interrupts) listener();
    },
    left: () => left,
  };
}

export interface CliResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs it to its end. */
export async function cli(call: CliCall): Promise<CliResult> {
  const run = startCli(call);
  const exitCode = await run.exitCode;
  return { exitCode, stdout: run.stdout(), stderr: run.stderr() };
}

function toInput({ stdin, terminal }: CliCall): InputStream {
  if (stdin instanceof Readable) return stdin;
  const stream = Readable.from(stdin === undefined ? [] : [stdin]);
  return stdin === undefined && terminal !== undefined ? Object.assign(stream, { isTTY: true }) : stream;
}

interface Capture {
  readonly stream: OutputStream;
  readonly text: () => string;
  readonly until: (wanted: string) => Promise<void>;
}

function capture(columns: number | undefined): Capture {
  const stream = Object.assign(new PassThrough(), columns === undefined ? {} : { isTTY: true, columns });
  let text = '';
  const waiting = new Map<string, () => void>();
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    for (const [wanted, resolve] of waiting) if (text.includes(wanted)) resolve();
  });
  return {
    stream,
    text: () => text,
    until: (wanted) =>
      text.includes(wanted) ? Promise.resolve() : new Promise((resolve) => void waiting.set(wanted, resolve)),
  };
}
