import type { ExecutionDetail, ExecutionView, StepView } from '#contract';

import type { Message } from '../../kernel/ports/language-model.ts';
import type { JsonValue } from '../../utils/json.ts';
import { type ExecutionState, type StepState, textOf } from './execution.ts';
import type { ExecutionStarted } from './execution-events.ts';
import { StepInputs } from './step-inputs.ts';
import { compareStepKeys } from './step-key.ts';

/** US dollars, as people read them. */
export const toDollars = (microdollars: number): number => microdollars / 1_000_000;

export interface TimelineRequest {
  /** The execution as its read model has it, not older than `state`. */
  readonly execution: ExecutionView;
  readonly state: ExecutionState;
  readonly started: ExecutionStarted['data'];
  /** What the first model call was given. */
  readonly initialMessages: readonly Message[];
}

/**
 * The execution with every step in the order of the program. Status and totals are those of
 * `state`. A model step shows the messages it was given in full (see `StepInputs` for the bound), a
 * tool step the arguments of its call; a step that may be called again after an unknown outcome is
 * shown as intended. Steps that a fork inherited are shown over the fork's own initial messages.
 */
export function executionDetail({ execution, state, started, initialMessages }: TimelineRequest): ExecutionDetail {
  const { totals, content, error } = state;
  const { endedAt, ...rest } = execution;
  const status = state.status === 'none' ? execution.status : state.status;
  const ended = status !== 'running' && status !== 'suspended';
  const inputs = new StepInputs(state.steps, initialMessages);
  const steps = [...state.steps.values()].toSorted((left, right) => compareStepKeys(left.key, right.key));
  return {
    ...rest,
    status,
    steps: totals.steps,
    inputTokens: totals.inputTokens,
    outputTokens: totals.outputTokens,
    cost: toDollars(totals.costMicrodollars),
    ...(ended && endedAt !== undefined ? { endedAt } : {}),
    strategy: { name: started.strategy.name, version: started.strategy.version },
    model: started.model,
    input: started.input,
    ...(content === undefined ? {} : { output: { text: textOf(content) } }),
    ...(error === undefined ? {} : { error: error as NonNullable<ExecutionDetail['error']> }),
    timeline: steps.map((step) => toStepView(step, inputs.of(step))),
  };
}

function toStepView(step: StepState, input: JsonValue): StepView {
  const { output, error, usage, costMicrodollars, durationMilliseconds, effect } = step;
  return {
    key: step.key,
    kind: step.kind,
    name: step.name,
    status: step.status === 'retrying' ? 'intended' : step.status,
    ...(effect === undefined ? {} : { effect }),
    input: input as StepView['input'],
    ...(output === undefined ? {} : { output: output as NonNullable<StepView['output']> }),
    ...(error === undefined ? {} : { error: error as NonNullable<StepView['error']> }),
    ...(usage === undefined ? {} : { usage: { ...usage } }),
    ...(costMicrodollars === undefined ? {} : { cost: toDollars(costMicrodollars) }),
    attempts: step.attempts,
    startedAt: step.startedAt,
    ...(durationMilliseconds === undefined ? {} : { durationMilliseconds }),
    inherited: step.inherited,
  };
}
