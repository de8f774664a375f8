/**
 * The task that every contender works on: square the numbers from 1 to n with a tool, one call a
 * step, then tell the sum. The model decides each call from the tool's last answer, and the sum from
 * all of them, so a step that was left out, or whose result never reached the model, shows in the answer.
 */

export const TOOL_NAME = 'square';
export const TOOL_DESCRIPTION = 'The square of a whole number.';
export const INSTRUCTIONS = 'Call the tool for one number at a time.';

export interface Squared {
  readonly number: number;
  readonly square: number;
}

/** What the tool does. */
export function square({ number }: { readonly number: number }): Squared {
  return { number, square: number * number };
}

/** The user's words for a run of so many steps. */
export function question(steps: number): string {
  return `Add up the squares of the numbers from 1 to ${steps}.`;
}

export function answerFor(squares: readonly Squared[]): string {
  return `The sum is ${squares.reduce((sum, { square: one }) => sum + one, 0)}.`;
}

/** What a run of so many steps must answer. */
export function expectedAnswer(steps: number): string {
  return `The sum is ${(steps * (steps + 1) * (2 * steps + 1)) / 6}.`;
}

export type Decision = { readonly call: number } | { readonly text: string };

/**
 * What the model does next.
 * @param asked the user's words
 * @param results the tool's answers so far, read from the last one and, at the end, from all of them
 */
export function decide(
  asked: string,
  results: { readonly last: Squared | undefined; all(): readonly Squared[] },
): Decision {
  const steps = Number(/\d+(?=\.$)/.exec(asked)?.[0]);
  if (!Number.isInteger(steps)) throw new Error(`not the question of this task: ${asked}`);
  const done = results.last?.number ?? 0;
  return done < steps ? { call: done + 1 } : { text: answerFor(results.all()) };
}
