import { CommanderError } from 'commander';

import { errorCode } from '../utils/error-code.ts';
import { createDispatch } from './dispatch.ts';
import { EXIT_CODES, type ExitCode } from './exit-codes.ts';
import { createProgram } from './program.ts';
import { styleOf } from './style.ts';
import type { Surroundings } from './surroundings.ts';

/** Runs the command line once. Never throws: what goes wrong is told on stderr, and the exit code says it. */
export async function runCli(surroundings: Surroundings): Promise<number> {
  let exitCode: number = EXIT_CODES.ok.code;
  const dispatch = createDispatch(surroundings, (code) => (exitCode = code));
  watchPipes(surroundings);
  try {
    await createProgram(surroundings, dispatch).parseAsync(argumentsOf(surroundings), { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.ok.code : EXIT_CODES.usage.code;
    return await tellProblem(surroundings, error);
  }
}

/** `help agents` is what some type for `agents --help`. */
function argumentsOf({ argv: [first, ...rest] }: Surroundings): string[] {
  if (first === 'help') return [...rest, '--help'];
  return first === undefined ? [] : [first, ...rest];
}

async function tellProblem({ stderr, environment, argv }: Surroundings, error: unknown): Promise<ExitCode> {
  const { problemLines, reportOf } = await import('./problem-text.ts');
  const problem = reportOf(error);
  const { report, exitCode } = problem;
  if (argv.includes('--json')) stderr.write(`${JSON.stringify({ error: report })}\n`);
  else {
    const lines = problemLines(problem, { style: styleOf(stderr, environment), width: stderr.columns ?? 80 });
    stderr.write(`${lines.join('\n')}\n`);
  }
  return exitCode;
}

/**
 * A reader that has closed its end, as `head` does, is no failure worth a word; nor is a terminal that was closed,
 * of which SIGHUP tells as well.
 */
function watchPipes({ stdout, stderr, leave }: Surroundings): void {
  const onError = (error: Error) => {
    if (errorCode(error) === 'EIO') return;
    if (errorCode(error) !== 'EPIPE') throw error;
    leave(EXIT_CODES.pipeClosed.code);
  };
  stdout.on('error', onError);
  stderr.on('error', onError);
}
