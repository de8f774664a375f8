import type { z } from 'zod';

import type { CallContext } from '../../kernel/call-context.ts';
import type { ExecutionId, TaskId } from '../../kernel/ids.ts';
import type { JsonObject, JsonValue } from '../../utils/json.ts';

/**
 * What may be done with a call whose outcome nobody knows: `read` is called again, `idempotent` is
 * called again with the same key, `once` is never repeated blindly.
 */
export const TOOL_EFFECTS = ['read', 'idempotent', 'once'] as const;
export type ToolEffect = (typeof TOOL_EFFECTS)[number];

/** What a call of a tool is told beside its arguments. */
export interface ToolContext {
  readonly call: CallContext;
  readonly executionId: ExecutionId;
  readonly taskId: TaskId;
  /** Path of the step in its execution. */
  readonly stepKey: string;
  /** The same for every attempt at this step: execution + step + hash of the canonical arguments. */
  readonly idempotencyKey: string;
  /** Aborted on cancel and on timeout; its reason says which. */
  readonly signal: AbortSignal;
  /** Where the agent's (or the task's) documents lie. */
  readonly documents?: DocumentsSetting;
  /** Tells watchers how far it is; not kept. */
  readonly progress: (data: JsonObject) => void;
}

export interface DocumentsSetting {
  /** Absolute path of a folder, or `pygent:docs` for the documentation that ships with the factory. */
  readonly folder: string;
}

/** What a tool knows about a call of its own whose answer was lost. */
export type Reconciliation =
  | { readonly outcome: 'done'; readonly result: JsonValue }
  | { readonly outcome: 'not-done' }
  | { readonly outcome: 'unknown' };

/** A typed function an agent may call. */
export interface Tool {
  /** Lower-case words joined by dots, hyphens or underscores, such as `documents.search`; at most 64 characters. */
  readonly name: string;
  readonly description: string;
  readonly effect: ToolEffect;
  /** JSON Schema (draft 2020-12) of the arguments; `type: object`. */
  readonly parameters: JsonObject;
  /** 60,000 unless given. */
  readonly timeoutMilliseconds?: number;
  /** Largest answer, in bytes of JSON; 1 MiB unless given. */
  readonly outputLimitBytes?: number;
  /** Attempts at a call that throws something retryable; 3 for `read` and `idempotent`, 1 for `once`. */
  readonly attempts?: number;
  /**
   * Arguments are valid by `parameters`, with its defaults filled in. Anything thrown is told to
   * the model as an error result; the answer must be JSON data.
   */
  readonly execute: (input: JsonObject, context: ToolContext) => unknown;
  /** Validates beyond JSON Schema; throws AppError TOOL_ARGUMENTS_INVALID, answers the arguments to use. */
  readonly parse?: (input: JsonObject) => JsonObject;
  /** Asked about a `once` call that was interrupted; a tool without it leaves the question to a person. */
  readonly reconcile?: (input: JsonObject, context: ToolContext) => Promise<Reconciliation>;
}

/** The zod form of a tool: its schema types the arguments of `execute`. */
export interface ToolDefinition<Schema extends z.ZodObject> extends Omit<
  Tool,
  'parameters' | 'execute' | 'parse' | 'reconcile'
> {
  readonly parameters: Schema;
  readonly execute: (input: z.output<Schema>, context: ToolContext) => unknown;
  readonly reconcile?: (input: z.output<Schema>, context: ToolContext) => Promise<Reconciliation>;
}
