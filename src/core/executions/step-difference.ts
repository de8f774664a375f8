import { AppError } from '../../kernel/errors.ts';
import { canonicalJson, type JsonValue } from '../../utils/json.ts';
import type { StepState } from './execution.ts';
import type { StepInput, StepKind } from './execution-events.ts';

/** A step as the code asks for it. */
export interface AskedStep {
  readonly kind: StepKind;
  readonly name: string;
  readonly input: StepInput;
}

/**
 * NON_DETERMINISM naming both, where the journal doesn't hold the very step that the code asks for.
 * Of a step taken over by a fork the input may differ, and a model's name: a fork may have another
 * input or another agent.
 */
export function stepDifference(held: StepState, asked: AskedStep): AppError | undefined {
  const sameName = held.name === asked.name || (held.inherited && asked.kind === 'model');
  if (held.kind !== asked.kind || !sameName) {
    return differs(held, asked, { message: '', details: {} });
  }
  if (held.inherited || sameJson(held.input, asked.input)) return undefined;
  return differs(held, asked, {
    message: ' with another input',
    details: { journalInput: held.input as JsonValue, codeInput: asked.input as JsonValue },
  });
}

// oxlint-disable-next-line max-params -- the two things compared, and how they differ
function differs(
  held: StepState,
  asked: AskedStep,
  how: { readonly message: string; readonly details: Readonly<Record<string, JsonValue>> },
): AppError {
  const journal = `${held.kind} ${held.name}`;
  const code = `${asked.kind} ${asked.name}`;
  const message = `step ${held.key} is ${journal} in the journal, but the code asks for ${code}${how.message}`;
  return new AppError('NON_DETERMINISM', message, { details: { step: held.key, journal, code, ...how.details } });
}

function sameJson(left: StepInput, right: StepInput): boolean {
  return canonicalJson(left as JsonValue) === canonicalJson(right as JsonValue);
}
