import type { AssistantPart, Message } from '../../kernel/ports/language-model.ts';
import type { JsonObject } from '../../utils/json.ts';
import type { AgentDefinition } from '../agents/index.ts';
import type { ExecutionContext } from './execution-context.ts';

/** What a durable function works on. */
export interface FunctionInput {
  readonly agent: AgentDefinition;
  /** Instructions, the conversation so far, and last the user's message. */
  readonly messages: readonly Message[];
  /** The function's own parameters, valid by its schema. */
  readonly parameters: JsonObject;
}

/** What it ends with: the answer's parts, as the last model call gave them. */
export interface FunctionResult {
  readonly content: readonly AssistantPart[];
}

/**
 * An ordinary async function that does everything with an outside effect through its context, and
 * so is durable, cancellable and replayable. It must take the same path again when its calls
 * answer the same.
 */
export interface DurableFunction {
  readonly name: string;
  /** Raised whenever the sequence of steps for the same answers changes. */
  readonly version: number;
  /** Checks and completes the parameters of an agent or task. @throws AppError VALIDATION_FAILED */
  readonly parseParameters: (parameters: JsonObject) => JsonObject;
  readonly run: (context: ExecutionContext, input: FunctionInput) => Promise<FunctionResult>;
}

/** The functions this process can run. */
export interface FunctionLookup {
  /** The newest version, or the one asked for; an execution goes on with the version it began with. */
  readonly get: (name: string, version?: number) => DurableFunction | undefined;
  readonly names: () => readonly string[];
}
