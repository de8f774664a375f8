import type { ErrorRecord } from '../../kernel/errors.ts';
import type { DomainEvent } from '../../kernel/event.ts';
import type { ExecutionId, TaskId } from '../../kernel/ids.ts';
import type { AssistantPart, Message, TokenUsage } from '../../kernel/ports/language-model.ts';
import type { JsonObject, JsonValue } from '../../utils/json.ts';
import type { Limits } from '../agents/index.ts';
import type { DocumentsSetting, ToolEffect } from '../tools/index.ts';

export type StepKind = 'model' | 'tool' | 'task' | 'timer' | 'approval' | 'code';

/**
 * What a model step was given, as a difference: the messages of the model step `from`, its answer
 * not included, and behind them `add`. A message that the journal already holds stands there as a
 * reference: `initial` (all messages the execution began with) or the key of the step it came from.
 */
export interface ModelStepInput {
  readonly from?: string;
  readonly add: readonly (string | Message)[];
  /** Names of the tools offered, where they are not all of the agent's. */
  readonly tools?: readonly string[];
  /** Settings the strategy chose for this call. */
  readonly settings?: JsonObject;
}

/** What a tool step was given: the arguments, or `call`, the place of the tool call that holds them (`<step>#<part>`). */
export type ToolStepInput = { readonly call: string } | { readonly arguments: JsonValue };

export type StepInput = ModelStepInput | ToolStepInput | JsonObject;

/** What a model step gave; usage and cost stand beside it in the event. */
export interface ModelStepOutput {
  readonly content: readonly AssistantPart[];
  readonly finishReason: string;
  readonly modelId: string;
  readonly warnings?: readonly string[];
}

/** Tokens and money of a whole execution, without what it inherited. */
export interface ExecutionTotals {
  readonly steps: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costMicrodollars: number;
}

export interface ForkOrigin {
  readonly of: ExecutionId;
  /** First step that is run anew. */
  readonly at: string;
}

export interface ParentStep {
  readonly executionId: ExecutionId;
  readonly step: string;
  /** How many tasks stand above this one; 1 for a task's sub-task. */
  readonly depth: number;
  /** Agents above, outermost first; a delegate among them would be a circle. */
  readonly agents: readonly string[];
}

/** A delegate as the model is told of it. */
export interface PinnedDelegate {
  readonly name: string;
  readonly version: number;
  readonly description: string;
}

export type ExecutionStarted = DomainEvent<
  'ExecutionStarted',
  {
    readonly taskId: TaskId;
    readonly agent: { readonly name: string; readonly version: number };
    readonly strategy: { readonly name: string; readonly version: number; readonly parameters: JsonObject };
    readonly model: string;
    readonly input: string;
    /** Earlier tasks of the conversation, oldest first. */
    readonly history: readonly TaskId[];
    readonly limits: Limits;
    /** When it fails if it is not over by then. */
    readonly deadline?: string;
    /** Tool name to the hash of its schema, as it was when the execution began. */
    readonly tools: Readonly<Record<string, string>>;
    /** Agents it may hand tasks to, at the versions they had when the execution began. */
    readonly delegates?: readonly PinnedDelegate[];
    readonly documents?: DocumentsSetting;
    readonly primary: boolean;
    readonly fork?: ForkOrigin;
    readonly parent?: ParentStep;
  }
>;

/** A worker took the execution over; from here on every other writer of the stream is out of date. */
export type ExecutionResumed = DomainEvent<'ExecutionResumed', { readonly worker: string }>;

/** Nothing can go on by itself: the function was let go, and the journal holds what it waits for. */
export type ExecutionSuspended = DomainEvent<
  'ExecutionSuspended',
  { readonly steps: readonly string[]; readonly totals: ExecutionTotals; readonly wakeAt?: string }
>;

/** Written before a tool with side effects is called. */
export type StepIntended = DomainEvent<
  'StepIntended',
  {
    readonly key: string;
    readonly kind: StepKind;
    readonly name: string;
    readonly effect: ToolEffect;
    readonly input: StepInput;
    readonly startedAt: string;
  }
>;

export type StepWaiting = DomainEvent<
  'StepWaiting',
  {
    readonly key: string;
    readonly kind: 'timer' | 'approval' | 'task';
    readonly name: string;
    readonly input: JsonObject;
    readonly startedAt: string;
    readonly until?: string;
    readonly childTaskId?: TaskId;
  }
>;

export type StepAttemptFailed = DomainEvent<
  'StepAttemptFailed',
  {
    readonly key: string;
    readonly kind: StepKind;
    readonly name: string;
    readonly attempt: number;
    readonly error: ErrorRecord;
    readonly retryInMilliseconds: number;
  }
>;

interface StepEnd {
  readonly key: string;
  /** These four are left out where the step's intent or wait already told them. */
  readonly kind?: StepKind;
  readonly name?: string;
  readonly input?: StepInput;
  readonly startedAt?: string;
  readonly effect?: ToolEffect;
  readonly attempts?: number;
  readonly durationMilliseconds: number;
}

export type StepCompleted = DomainEvent<
  'StepCompleted',
  StepEnd & {
    readonly output: JsonValue;
    readonly usage?: TokenUsage;
    readonly costMicrodollars?: number;
  }
>;

export type StepFailed = DomainEvent<'StepFailed', StepEnd & { readonly error: ErrorRecord }>;

/** An intent without a result: it is not known whether the effect happened. */
export type StepOutcomeUnknown = DomainEvent<'StepOutcomeUnknown', { readonly key: string }>;

/** Somebody, or the tool itself (`by: tool`), said that the effect had not happened: it may be called again. */
export type StepRetryAllowed = DomainEvent<'StepRetryAllowed', { readonly key: string; readonly by: string }>;

export type ExecutionCompleted = DomainEvent<
  'ExecutionCompleted',
  { readonly content: readonly AssistantPart[]; readonly totals: ExecutionTotals }
>;
export type ExecutionFailed = DomainEvent<
  'ExecutionFailed',
  { readonly error: ErrorRecord; readonly totals: ExecutionTotals }
>;
export type ExecutionCanceled = DomainEvent<
  'ExecutionCanceled',
  { readonly reason: string; readonly totals: ExecutionTotals }
>;

export type ExecutionEvent =
  | ExecutionStarted
  | ExecutionResumed
  | ExecutionSuspended
  | StepIntended
  | StepWaiting
  | StepAttemptFailed
  | StepCompleted
  | StepFailed
  | StepOutcomeUnknown
  | StepRetryAllowed
  | ExecutionCompleted
  | ExecutionFailed
  | ExecutionCanceled;

/** The stream of one execution. */
export const executionStream = (id: string): string => `execution-${id}`;
