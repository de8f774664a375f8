import type { JsonObject } from '../../utils/json.ts';
import type { DurableFunction } from '../executions/index.ts';

/** How an agent thinks: a durable function with parameters of its own. */
export interface Strategy extends DurableFunction {
  /** In a sentence, for lists. */
  readonly description: string;
  /** Checks and completes the parameters of an agent or task. @throws AppError VALIDATION_FAILED */
  readonly parseParameters: (parameters: JsonObject) => JsonObject;
}
