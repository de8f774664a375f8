import { AppError, toAppError } from '../kernel/errors.ts';
import type { IdempotencyScope, IdempotencyStore, StoredAnswer } from '../kernel/ports/idempotency-store.ts';
import { contentHash } from '../utils/content-hash.ts';
import { canonicalJson, type JsonValue } from '../utils/json.ts';
import { statusOf } from './problem-details.ts';

const KEY = /^[\x21-\x7e]{1,255}$/;

export interface IdempotentRequest {
  readonly scope: IdempotencyScope;
  readonly method: string;
  readonly url: string;
  /** Parsed body. */
  readonly body: unknown;
}

/** The Idempotency-Key header. @throws AppError VALIDATION_FAILED */
export function idempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (!KEY.test(header)) {
    throw new AppError('VALIDATION_FAILED', 'Idempotency-Key must be 1 to 255 visible ASCII characters');
  }
  return header;
}

/**
 * Runs a request once for its key and answers repeats with the first answer. A refusal that had no
 * effect (below 500, or unavailable) is forgotten, so that the same key may try again; what failed
 * inside stays, because nobody knows how far it came.
 * @throws AppError IDEMPOTENCY_KEY_REUSED, IDEMPOTENCY_KEY_IN_USE, or whatever `run` throws
 */
export async function answerOnce(
  { store, request }: { readonly store: IdempotencyStore; readonly request: IdempotentRequest },
  run: () => Promise<StoredAnswer>,
): Promise<{ readonly answer: StoredAnswer; readonly repeated: boolean }> {
  const { scope } = request;
  const found = await store.begin(scope, requestHash(request));
  if (found.state === 'answered') return { answer: found.answer, repeated: true };
  if (found.state === 'reused') {
    throw new AppError('IDEMPOTENCY_KEY_REUSED', 'this Idempotency-Key was used with another method, address or body');
  }
  if (found.state === 'in-progress') {
    throw new AppError('IDEMPOTENCY_KEY_IN_USE', 'the first request with this Idempotency-Key is not answered yet');
  }
  let answer: StoredAnswer;
  try {
    answer = await run();
  } catch (error) {
    if (statusOf(toAppError(error).code) !== 500) await store.abandon(scope);
    throw error;
  }
  await store.finish(scope, answer);
  return { answer, repeated: false };
}

function requestHash({ method, url, body }: IdempotentRequest): string {
  return contentHash(`${method} ${url}\n${canonicalJson((body ?? null) as JsonValue)}`);
}
