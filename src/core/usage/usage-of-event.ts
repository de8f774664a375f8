import type { RecordedEvent } from '../../kernel/event.ts';
import { type ExecutionEvent, executionStream } from '../executions/index.ts';

/** The events that tell of usage. */
type Counted = Extract<
  ExecutionEvent,
  {
    readonly type:
      | 'ExecutionStarted'
      | 'StepAttemptFailed'
      | 'StepCompleted'
      | 'StepFailed'
      | 'ExecutionCompleted'
      | 'ExecutionFailed'
      | 'ExecutionCanceled';
  }
>;

export const COUNTED_EVENTS = [
  'ExecutionStarted',
  'StepAttemptFailed',
  'StepCompleted',
  'StepFailed',
  'ExecutionCompleted',
  'ExecutionFailed',
  'ExecutionCanceled',
] as const satisfies readonly Counted['type'][];

/** Whose it was and when; the day is that of the event, in UTC, such as `2026-01-31`. */
interface Place {
  readonly executionId: string;
  readonly day: string;
}

/** A model call; whole numbers. */
export interface ModelCallUsage extends Place {
  readonly kind: 'model-call';
  readonly model: string;
  /** 1 for a call that was answered. */
  readonly calls: 0 | 1;
  /** 1 for an attempt that failed. */
  readonly failedCalls: 0 | 1;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedInputTokens: number;
  readonly reasoningTokens: number;
  readonly costMicrodollars: number;
}

/** An execution that began or ended. */
export interface ExecutionUsage extends Place {
  readonly kind: 'execution';
  readonly became: 'started' | 'completed' | 'failed' | 'canceled';
}

/** As much of a model's name as fits into an index, whatever a program called it. */
const LONGEST_NAME = 200;

/**
 * What an event adds to the sums; undefined where it adds nothing. A stream holds what its execution
 * did itself: steps that a fork inherits, or that are answered from the journal, are no events of it.
 * A call that failed and was repeated is an attempt that failed, and then a call.
 */
export function usageOfEvent(event: RecordedEvent): ModelCallUsage | ExecutionUsage | undefined {
  const place: Place = {
    executionId: event.streamId.slice(executionStream('').length),
    day: event.recordedAt.toISOString().slice(0, 10),
  };
  const counted = { type: event.type, data: event.data } as unknown as Counted;
  switch (counted.type) {
    case 'ExecutionStarted':
      return { kind: 'execution', ...place, became: 'started' };
    case 'ExecutionCompleted':
      return { kind: 'execution', ...place, became: 'completed' };
    case 'ExecutionFailed':
      return { kind: 'execution', ...place, became: 'failed' };
    case 'ExecutionCanceled':
      return { kind: 'execution', ...place, became: 'canceled' };
    case 'StepAttemptFailed':
    case 'StepCompleted':
    case 'StepFailed':
      return counted.data.kind === 'model' ? modelCall(place, counted) : undefined;
    default:
      counted satisfies never;
      return undefined;
  }
}

function modelCall(place: Place, event: Extract<Counted, { readonly type: `Step${string}` }>): ModelCallUsage {
  const isAnswered = event.type === 'StepCompleted';
  const { usage = {}, costMicrodollars } = isAnswered ? event.data : {};
  return {
    kind: 'model-call',
    ...place,
    model: (event.data.name ?? '').replaceAll('\0', '\ufffd').slice(0, LONGEST_NAME),
    calls: isAnswered ? 1 : 0,
    failedCalls: isAnswered ? 0 : 1,
    inputTokens: wholeNumber(usage.inputTokens),
    outputTokens: wholeNumber(usage.outputTokens),
    cachedInputTokens: wholeNumber(usage.cachedInputTokens),
    reasoningTokens: wholeNumber(usage.reasoningTokens),
    costMicrodollars: wholeNumber(costMicrodollars),
  };
}

/** What was not told, or is no count, adds nothing. */
function wholeNumber(value: number | undefined): number {
  return value !== undefined && Number.isSafeInteger(value) && value > 0 ? value : 0;
}
