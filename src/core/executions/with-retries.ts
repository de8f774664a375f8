import { setTimeout as delay } from 'node:timers/promises';

import { type AppError, toAppError } from '../../kernel/errors.ts';

/** Whether and when a failed attempt is repeated. */
export interface RetryPolicy {
  /** Attempts altogether. */
  readonly attempts: number;
  /** Pause before the second attempt; it doubles with each further one. */
  readonly firstPauseMilliseconds: number;
  readonly longestPauseMilliseconds: number;
  /** Whether the failure may pass, and how long the other side asked to wait. */
  readonly retryable: (error: AppError) => { readonly retryable: boolean; readonly afterMilliseconds?: number };
}

export interface RetryOptions {
  readonly policy: RetryPolicy;
  readonly signal: AbortSignal;
  /** Told of an attempt that failed and will be repeated. */
  readonly onRetry: (attempt: number, error: AppError, pauseMilliseconds: number) => void;
}

/**
 * Repeats work that failed for a passing reason, with exponential pauses and full jitter (Brooker,
 * "Exponential Backoff and Jitter", AWS 2015), or as long as the other side asked for.
 * @returns the result and the number of attempts; @throws the last failure, as an AppError.
 */
export async function withRetries<Result>(
  work: (attempt: number) => Promise<Result>,
  options: RetryOptions,
): Promise<{ readonly result: Result; readonly attempts: number }> {
  const { policy, signal, onRetry } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return { result: await work(attempt), attempts: attempt };
    } catch (thrown) {
      signal.throwIfAborted();
      const error = toAppError(thrown);
      const verdict = policy.retryable(error);
      if (!verdict.retryable || attempt >= policy.attempts) throw new AttemptsFailed(error, attempt);
      const pause = verdict.afterMilliseconds ?? jittered(policy, attempt);
      onRetry(attempt, error, pause);
      await delay(pause, undefined, { signal });
    }
  }
}

/** The last failure, and how many attempts there were. */
export class AttemptsFailed extends Error {
  override readonly name = 'AttemptsFailed';
  readonly error: AppError;
  readonly attempts: number;

  constructor(error: AppError, attempts: number) {
    super(error.message, { cause: error });
    this.error = error;
    this.attempts = attempts;
  }
}

function jittered(policy: RetryPolicy, attempt: number): number {
  const ceiling = Math.min(policy.longestPauseMilliseconds, policy.firstPauseMilliseconds * 2 ** (attempt - 1));
  return Math.ceil(ceiling / 2 + (Math.random() * ceiling) / 2);
}
