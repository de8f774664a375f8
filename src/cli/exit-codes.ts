import type { ErrorKind } from '#contract';

/** What the command line answers to its caller; the one table that `--help` and docs/cli.md show. */
export const EXIT_CODES = {
  ok: { code: 0, meaning: 'Done; for `run` and `chat`: the task completed.' },
  failed: { code: 1, meaning: 'The task or the operation failed.' },
  usage: { code: 2, meaning: 'Wrong usage: an argument, an option, a file or a setting is not valid.' },
  notFound: { code: 3, meaning: 'What was named does not exist.' },
  denied: { code: 4, meaning: 'No valid key, or one that may not do this.' },
  unreachable: { code: 5, meaning: 'The factory or something it needs cannot be reached.' },
  conflict: { code: 6, meaning: 'The state of things does not allow it, or somebody changed them meanwhile.' },
  limit: { code: 7, meaning: 'A limit is reached: rate, size, steps, tokens or time.' },
  inputRequired: { code: 8, meaning: 'The task waits for a decision: `pygent tasks resolve`.' },
  interrupted: { code: 130, meaning: 'Interrupted by Ctrl-C.' },
  pipeClosed: { code: 141, meaning: 'The reader of the output had enough, as with `| head`.' },
} as const;

export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES]['code'];

/** The exit code for a kind of error. */
export const EXIT_CODE_OF_KIND: Readonly<Record<ErrorKind, ExitCode>> = {
  invalid: EXIT_CODES.usage.code,
  unauthenticated: EXIT_CODES.denied.code,
  forbidden: EXIT_CODES.denied.code,
  'not-found': EXIT_CODES.notFound.code,
  conflict: EXIT_CODES.conflict.code,
  limit: EXIT_CODES.limit.code,
  unavailable: EXIT_CODES.unreachable.code,
  internal: EXIT_CODES.failed.code,
};
