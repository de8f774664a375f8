import { setTimeout as delay } from 'node:timers/promises';

import { AppError } from '../../kernel/errors.ts';

/** Pauses while the database is away or its disk is full; the last one repeats. */
const PAUSES_MILLISECONDS = [100, 250, 500, 1_000, 2_000];
/** About a minute. */
const MOST_ATTEMPTS = 32;

/** The pause before another attempt, where this was the first one, the second one, … */
export function awayPause(attempt: number): number {
  return PAUSES_MILLISECONDS[attempt - 1] ?? 2_000;
}

/**
 * Repeats a question to the factory's own database for about a minute, or until the signal is
 * aborted: that it could not be answered just now is no answer. What an `AppError` says otherwise
 * is thrown at once.
 */
export async function patiently<Result>(ask: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return await ask();
    } catch (error) {
      if (!isPassing(error) || attempt === MOST_ATTEMPTS) throw error;
      await delay(awayPause(attempt), undefined, { signal });
    }
  }
}

/** What a query threw may come as the driver made it. */
function isPassing(error: unknown): boolean {
  return !(error instanceof AppError) || error.code === 'DATABASE_UNAVAILABLE' || error.code === 'STORAGE_FULL';
}
