import { AppError } from './errors.ts';

/** Whether to try again, and how long the other side wants to be left alone first. */
export interface Retryability {
  readonly retryable: boolean;
  /** Milliseconds; only where the provider named a time. */
  readonly afterMilliseconds?: number;
}

const RETRYABLE_CODES: ReadonlySet<string> = new Set([
  'MODEL_UNAVAILABLE',
  'MODEL_RATE_LIMITED',
  'MODEL_OUTPUT_INVALID',
]);

/**
 * What a failed model call allows. `MODEL_REJECTED`, `MODEL_NOT_FOUND` and whatever isn't a model
 * error are not retryable: the same request would fail the same way.
 */
export function modelRetryability(error: unknown): Retryability {
  if (!(error instanceof AppError) || !RETRYABLE_CODES.has(error.code)) return { retryable: false };
  const after = error.details['retryAfterMilliseconds'];
  return typeof after === 'number' ? { retryable: true, afterMilliseconds: after } : { retryable: true };
}

/** Whether the same model call may succeed when it is made again. */
export function isRetryableModelError(error: unknown): boolean {
  return modelRetryability(error).retryable;
}
