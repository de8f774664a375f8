import type { CallContext } from '../../kernel/call-context.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { AppError } from '../../kernel/errors.ts';
import type { EventStore } from '../../kernel/ports/event-store.ts';
import type { Logger } from '../../observability/index.ts';
import type { AgentDirectory } from '../agents/index.ts';
import type { ActivationServices, Rest } from './activation.ts';
import type { FunctionLookup, FunctionResult } from './durable-function.ts';
import type { LoadExecution } from './load-execution.ts';

export interface RunDependencies {
  readonly eventStore: EventStore;
  readonly loadExecution: LoadExecution;
  readonly agents: Pick<AgentDirectory, 'version'>;
  readonly functions: FunctionLookup;
  readonly services: ActivationServices;
  /** Cancels a task that nobody waits for any more; nothing happens to one that is over. */
  readonly cancelTask: (call: CallContext, taskId: string, reason: string) => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * How a run ended: the execution is over; it waits, to be taken up again by a job; it was handed
 * over because the worker stops; another worker has it; this process can't run its function.
 */
export type RunOutcome =
  | { readonly kind: 'drained' | 'lost' | 'elsewhere' }
  /** `isReleased`: the worker's claim ended with it. */
  | { readonly kind: 'ended'; readonly isReleased?: true }
  | { readonly kind: 'suspended'; readonly wakeAt?: Date };

/** How the function came to a stop: by itself, at rest, or cut off from outside. */
export type Settled =
  | { readonly kind: 'finished'; readonly result: FunctionResult }
  | { readonly kind: 'failed'; readonly error: AppError }
  | { readonly kind: 'aborted'; readonly reason: AppError }
  | Rest;
