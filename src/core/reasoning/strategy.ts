import type { DurableFunction } from '../executions/index.ts';

/** How an agent thinks: a durable function, described in a sentence for lists. */
export interface Strategy extends DurableFunction {
  readonly description: string;
}
