import type { Decider } from '../../kernel/decider.ts';
import { AppError, type ErrorRecord } from '../../kernel/errors.ts';
import type { TaskId } from '../../kernel/ids.ts';
import type { AssistantPart, TokenUsage } from '../../kernel/ports/language-model.ts';
import type { JsonValue } from '../../utils/json.ts';
import type { ToolEffect } from '../tools/index.ts';
import type {
  ExecutionEvent,
  ExecutionStarted,
  ExecutionTotals,
  StepCompleted,
  StepFailed,
  StepInput,
  StepKind,
} from './execution-events.ts';

export type ExecutionStatus = 'none' | 'running' | 'suspended' | 'completed' | 'failed' | 'canceled';
export type StepStatus = 'intended' | 'waiting' | 'outcome-unknown' | 'retrying' | 'completed' | 'failed';

export interface StepState {
  readonly key: string;
  readonly kind: StepKind;
  readonly name: string;
  readonly status: StepStatus;
  readonly effect?: ToolEffect | undefined;
  readonly input: StepInput;
  readonly output?: JsonValue | undefined;
  readonly error?: ErrorRecord | undefined;
  readonly usage?: TokenUsage | undefined;
  readonly costMicrodollars?: number | undefined;
  readonly attempts: number;
  readonly startedAt: string;
  readonly durationMilliseconds?: number | undefined;
  readonly until?: string | undefined;
  readonly childTaskId?: TaskId | undefined;
  readonly inherited: boolean;
  /** How many of a person's decisions on it are used up. */
  readonly retries: number;
}

/**
 * An execution: none → running ⇄ suspended → completed | failed | canceled. A step: intended or
 * waiting (or neither: a `read` step is first heard of when it ends) → completed | failed, by way
 * of outcome-unknown and retrying where its worker died between intent and result.
 */
export interface ExecutionState {
  readonly status: ExecutionStatus;
  readonly started?: ExecutionStarted['data'];
  readonly steps: ReadonlyMap<string, StepState>;
  readonly totals: ExecutionTotals;
  readonly wakeAt?: string | undefined;
  readonly content?: readonly AssistantPart[];
  readonly error?: ErrorRecord;
}

/** A command is the event it asks for; `decide` says whether the state allows it. */
export type ExecutionCommand = ExecutionEvent;

const NO_TOTALS: ExecutionTotals = { steps: 0, inputTokens: 0, outputTokens: 0, costMicrodollars: 0 };

/** The execution as an aggregate. `evolve` takes over the state it is given (its step map is extended in place). */
export const executionDecider: Decider<ExecutionState, ExecutionCommand, ExecutionEvent> = {
  initialState: () => ({ status: 'none', steps: new Map(), totals: NO_TOTALS }),
  decide(state, command) {
    if (command.type === 'ExecutionStarted') {
      if (state.status !== 'none') throw refused(command, 'the execution has already begun');
      return [command];
    }
    if (state.status !== 'running' && state.status !== 'suspended') {
      throw refused(command, `the execution is ${state.status}`);
    }
    if ('key' in command.data) assertStepAllows(state.steps.get(command.data.key), command);
    return [command];
  },
  evolve,
};

function assertStepAllows(step: StepState | undefined, command: ExecutionCommand): void {
  const ended = step?.status === 'completed' || step?.status === 'failed';
  if (ended && !step.inherited) throw refused(command, `step ${step.key} has already ended`);
  switch (command.type) {
    case 'StepIntended':
      if (step !== undefined && step.status !== 'retrying')
        throw refused(command, `step ${step.key} is ${step.status}`);
      break;
    case 'StepOutcomeUnknown':
      if (step?.status !== 'intended') throw refused(command, 'the step was not intended');
      break;
    case 'StepRetryAllowed':
      if (step?.status !== 'outcome-unknown' && step?.status !== 'intended') {
        throw refused(command, 'the outcome of the step is not unknown');
      }
      break;
    default:
  }
}

function refused(command: ExecutionCommand, because: string): AppError {
  return new AppError('INTERNAL', `${command.type} cannot be recorded: ${because}`);
}

function evolve(state: ExecutionState, event: ExecutionEvent): ExecutionState {
  switch (event.type) {
    case 'ExecutionStarted':
      return { ...state, status: 'running', started: event.data };
    case 'ExecutionResumed':
      return { ...state, status: 'running', wakeAt: undefined };
    case 'ExecutionSuspended':
      return { ...state, status: 'suspended', wakeAt: event.data.wakeAt };
    case 'StepIntended':
      return withStep(state, {
        ...event.data,
        status: 'intended',
        attempts: 0,
        inherited: false,
        retries: state.steps.get(event.data.key)?.retries ?? 0,
      });
    case 'StepWaiting':
      return withStep(state, { ...event.data, status: 'waiting', attempts: 1, inherited: false, retries: 0 });
    case 'StepAttemptFailed':
      return state;
    case 'StepCompleted':
    case 'StepFailed':
      return withEndedStep(state, event);
    case 'StepOutcomeUnknown':
      return changeStep(state, event.data.key, 'outcome-unknown');
    case 'StepRetryAllowed':
      return changeStep(state, event.data.key, 'retrying', event.data.by === 'tool' ? 0 : 1);
    case 'ExecutionCompleted':
      return { ...state, status: 'completed', wakeAt: undefined, content: event.data.content };
    case 'ExecutionFailed':
      return { ...state, status: 'failed', wakeAt: undefined, error: event.data.error };
    case 'ExecutionCanceled':
      return {
        ...state,
        status: 'canceled',
        wakeAt: undefined,
        error: { code: 'EXECUTION_CANCELED', message: event.data.reason },
      };
    default:
      event satisfies never;
      return state;
  }
}

function withStep(state: ExecutionState, step: StepState): ExecutionState {
  const isNew = !state.steps.has(step.key) || state.steps.get(step.key)?.inherited === true;
  (state.steps as Map<string, StepState>).set(step.key, step);
  return isNew ? { ...state, totals: { ...state.totals, steps: state.totals.steps + 1 } } : state;
}

// oxlint-disable-next-line max-params -- the fourth is a detail of one caller
function changeStep(state: ExecutionState, key: string, status: StepStatus, retries = 0): ExecutionState {
  const step = state.steps.get(key);
  return step === undefined ? state : withStep(state, { ...step, status, retries: step.retries + retries });
}

function withEndedStep(state: ExecutionState, event: StepCompleted | StepFailed): ExecutionState {
  const { data } = event;
  const earlier = state.steps.get(data.key);
  const next = withStep(state, {
    key: data.key,
    kind: data.kind ?? earlier?.kind ?? 'code',
    name: data.name ?? earlier?.name ?? '',
    effect: data.effect ?? earlier?.effect,
    input: data.input ?? earlier?.input ?? {},
    startedAt: data.startedAt ?? earlier?.startedAt ?? '',
    attempts: data.attempts ?? 1,
    durationMilliseconds: data.durationMilliseconds,
    until: earlier?.until,
    childTaskId: earlier?.childTaskId,
    inherited: false,
    retries: earlier?.retries ?? 0,
    ...(event.type === 'StepCompleted'
      ? {
          status: 'completed' as const,
          output: event.data.output,
          usage: event.data.usage,
          costMicrodollars: event.data.costMicrodollars,
        }
      : { status: 'failed' as const, error: event.data.error }),
  });
  return event.type === 'StepCompleted' ? withUsage(next, event.data) : next;
}

function withUsage(state: ExecutionState, data: StepCompleted['data']): ExecutionState {
  if (data.usage === undefined && data.costMicrodollars === undefined) return state;
  const { totals } = state;
  return {
    ...state,
    totals: {
      steps: totals.steps,
      inputTokens: totals.inputTokens + (data.usage?.inputTokens ?? 0),
      outputTokens: totals.outputTokens + (data.usage?.outputTokens ?? 0),
      costMicrodollars: totals.costMicrodollars + (data.costMicrodollars ?? 0),
    },
  };
}

/** The answer's text: its text parts, one after the other. */
export function textOf(content: readonly AssistantPart[]): string {
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('');
}
