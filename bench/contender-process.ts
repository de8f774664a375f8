import { expectedAnswer, question } from './arithmetic-task.ts';

/** What a contender's process is asked to do. */
export interface Round {
  /** Which of the contender's ways to run. */
  readonly variant: string;
  /** Runs under way at any time. */
  readonly concurrency: number;
  readonly runs: number;
  /** Tool calls of each run. */
  readonly steps: number;
}

export type RoundAnswer = { readonly milliseconds: number } | { readonly error: string };

/** What a contender's process brings. */
export interface Contender {
  /** One run to its end; the text of the answer. */
  readonly run: (options: { readonly variant: string; readonly question: string }) => Promise<string>;
  /** How often the tool was called since the process began. */
  readonly calls: () => number;
  readonly close: () => Promise<void>;
}

/**
 * Serves rounds to the parent process until it asks for the end. A round fails where an answer is wrong, or where the
 * tool was not called once for each step.
 */
export function serveRounds(contender: Contender): void {
  process.on('message', (message: Round | { readonly end: true }) => {
    if ('end' in message) {
      void contender.close().then(() => process.disconnect());
      return;
    }
    void playRound(contender, message).then(
      (milliseconds) => answer({ milliseconds }),
      (error: unknown) =>
        answer({ error: error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error) }),
    );
  });
  process.send?.({ ready: true });
}

function answer(message: RoundAnswer): void {
  process.send?.(message);
}

async function playRound(contender: Contender, round: Round): Promise<number> {
  globalThis.gc?.();
  const before = contender.calls();
  let left = round.runs;
  const caller = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const text = await contender.run({ variant: round.variant, question: question(round.steps) });
      const expected = expectedAnswer(round.steps);
      if (text !== expected) throw new Error(`a run answered "${text}" where "${expected}" is right`);
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: round.concurrency }, caller));
  const milliseconds = performance.now() - started;
  const calls = contender.calls() - before;
  if (calls !== round.runs * round.steps) {
    throw new Error(`${calls} calls of the tool for ${round.runs} runs of ${round.steps} steps`);
  }
  return milliseconds;
}
