import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
/** A standard input that its owner ends by hand. */
export const OPEN = Symbol('open');
/** A busy machine is given this long before a text that does not come counts as missing. */
const PATIENCE_MILLISECONDS = 60_000;

export interface ProgramCall {
  readonly argv: readonly string[];
  /** All of it beside PATH. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Current folder. */
  readonly folder: string;
  /** What is piped in, or a pipe that stays open; nothing unless given. */
  readonly stdin?: string | typeof OPEN;
  /** Another program than the command line. */
  readonly program?: string;
  /** Words before the command. */
  readonly prefix?: readonly string[];
}

export interface ProgramEnd {
  /** 128 + the signal's number where a signal ended it, as a shell has it. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The real command line as a process of its own. */
export interface Program {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves when the text stands on stdout or stderr; rejects with both where the process ends before. */
  readonly until: (text: string) => Promise<void>;
  readonly ended: Promise<ProgramEnd>;
}

export function startProgram({
  argv,
  environment = {},
  folder,
  stdin,
  prefix = [],
  program = MAIN,
}: ProgramCall): Program {
  const [command = '', ...words] = [...prefix, process.execPath, program, ...argv];
  const child = spawn(command, words, {
    cwd: folder,
    env: { PATH: process.env['PATH'], ...environment },
    stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  const told = { stdout: '', stderr: '' };
  const lookers = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      told[name] += text;
      for (const look of lookers) look();
    });
  }
  if (stdin !== OPEN) child.stdin?.end(stdin);
  const ended = once(child, 'close').then(
    ([code, signal]) =>
      ({ ...told, exitCode: (code as number | null) ?? (signal === 'SIGKILL' ? 137 : 143) }) satisfies ProgramEnd,
  );
  return {
    child,
    ended,
    stdout: () => told.stdout,
    stderr: () => told.stderr,
    until: async (text) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const look = (): void => {
        if (told.stdout.includes(text) || told.stderr.includes(text)) resolve();
      };
      const missing = (why: string) =>
        reject(new Error(`"${text}" was not told: ${why}\n${told.stdout}${told.stderr}`));
      const timer = setTimeout(() => missing('it takes too long'), PATIENCE_MILLISECONDS);
      lookers.add(look);
      void ended.then(({ exitCode }) => missing(`ended with ${exitCode}`));
      look();
      await promise.finally(() => {
        clearTimeout(timer);
        lookers.delete(look);
      });
    },
  };
}

/** Runs it to its end. */
export async function runProgram(call: ProgramCall): Promise<ProgramEnd> {
  return startProgram(call).ended;
}
