import type { Waiting } from '#contract';

import type { JsonObject } from '../../utils/json.ts';
import type { ExecutionState, StepState } from './execution.ts';
import { compareStepKeys } from './step-key.ts';

/** A decision that is waited for, and how many made before on the same step are used up. */
export interface PendingDecision {
  readonly waiting: Waiting;
  readonly used: number;
}

/** Everything that a person has to decide before the execution can go on, in the order of the program. */
export function pendingDecisions(executionId: string, state: ExecutionState): readonly PendingDecision[] {
  return [...state.steps.values()]
    .filter((step) => step.status === 'outcome-unknown' || (step.status === 'waiting' && step.kind === 'approval'))
    .toSorted((left, right) => compareStepKeys(left.key, right.key))
    .map((step) => ({ waiting: toWaiting(executionId, step), used: step.retries }));
}

function toWaiting(executionId: string, step: StepState): Waiting {
  if (step.kind === 'approval') {
    const { question, details } = step.input as { readonly question?: string; readonly details?: JsonObject };
    return {
      kind: 'approval',
      executionId,
      step: step.key,
      question: question ?? step.name,
      ...(details === undefined ? {} : { details: details as NonNullable<Waiting['details']> }),
    };
  }
  return {
    kind: 'outcome-unknown',
    executionId,
    step: step.key,
    question: `${step.name} was interrupted, and it is not known whether it took effect. Did it?`,
    details: { tool: step.name, startedAt: step.startedAt },
  };
}
