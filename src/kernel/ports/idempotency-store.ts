import type { JsonValue } from '../../utils/json.ts';

/** Whose key it is. */
export interface IdempotencyScope {
  readonly tenantId: string;
  readonly principalId: string;
  /** As the caller sent it. */
  readonly key: string;
}

/** An answer that is given again to whoever repeats the request. */
export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonValue;
}

/** How a request with a key stands. */
export type IdempotencyState =
  /** It is the first: the caller goes on, and ends with `finish` or `abandon`. */
  | { readonly state: 'begun' }
  /** The first one is not answered, and may never be if its process died. */
  | { readonly state: 'in-progress' }
  /** The key was used for another request. */
  | { readonly state: 'reused' }
  | { readonly state: 'answered'; readonly answer: StoredAnswer };

/** Remembers which keyed requests were begun and how they were answered; survives restarts. */
export interface IdempotencyStore {
  /** Takes the key for this request, or tells who has it; of two at once exactly one has begun. */
  begin(scope: IdempotencyScope, requestHash: string): Promise<IdempotencyState>;
  finish(scope: IdempotencyScope, answer: StoredAnswer): Promise<void>;
  /** Forgets a request that had no effect, so that it may be tried again. */
  abandon(scope: IdempotencyScope): Promise<void>;
  /** Forgets everything begun before that time; answers how many there were. */
  prune(before: Date): Promise<number>;
}
