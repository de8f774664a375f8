import type { AgentDefinition } from '../agents/index.ts';
import type { ExecutionContext } from '../executions/index.ts';
import type { AssistantPart, Message } from '../../kernel/ports/language-model.ts';
import type { JsonObject } from '../../utils/json.ts';

/** What a strategy works on. */
export interface StrategyInput {
  readonly agent: AgentDefinition;
  /** Instructions, the conversation so far, and last the user's message. */
  readonly messages: readonly Message[];
  /** The strategy's own parameters, valid by its schema. */
  readonly parameters: JsonObject;
}

/** What a strategy ends with; `content` is the answer's parts as the last model call gave them. */
export interface StrategyResult {
  readonly content: readonly AssistantPart[];
}

/**
 * How an agent thinks: an ordinary async function that does everything with an outside effect
 * through its context, and so is durable, cancellable and replayable. It must take the same path
 * again when its calls answer the same.
 */
export interface Strategy {
  readonly name: string;
  /** Raised whenever the sequence of steps for the same answers changes. */
  readonly version: number;
  /** Checks and completes the parameters of an agent or task. @throws AppError VALIDATION_FAILED */
  readonly parseParameters: (parameters: JsonObject) => JsonObject;
  readonly run: (context: ExecutionContext, input: StrategyInput) => Promise<StrategyResult>;
}
