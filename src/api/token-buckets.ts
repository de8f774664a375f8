import type { Clock } from '../kernel/clock.ts';

interface Bucket {
  tokens: number;
  at: number;
}

export interface TokenBucketOptions {
  readonly perMinute: number;
  readonly clock: Clock;
  /** Most callers remembered at once; 10,000 unless given. */
  readonly mostCallers?: number;
}

/**
 * A token bucket for each caller: `perMinute` tokens at most, refilled evenly. Of more callers than
 * are remembered the one that came first is forgotten, which only ever gives tokens back.
 */
export class TokenBuckets {
  readonly #buckets = new Map<string, Bucket>();
  readonly #perMinute: number;
  readonly #clock: Clock;
  readonly #mostCallers: number;

  constructor({ perMinute, clock, mostCallers = 10_000 }: TokenBucketOptions) {
    this.#perMinute = perMinute;
    this.#clock = clock;
    this.#mostCallers = mostCallers;
  }

  /** Takes one token; answers 0, or the milliseconds after which there will be one. */
  take(caller: string): number {
    const bucket = this.#refilled(caller);
    // Sums of refills are not exact.
    if (bucket.tokens < 1 - 1e-9) return Math.ceil(((1 - bucket.tokens) * 60_000) / this.#perMinute);
    bucket.tokens -= 1;
    return 0;
  }

  #refilled(caller: string): Bucket {
    const now = this.#clock.now().getTime();
    const bucket = this.#buckets.get(caller) ?? this.#add(caller, { tokens: this.#perMinute, at: now });
    const gained = (Math.max(0, now - bucket.at) * this.#perMinute) / 60_000;
    bucket.tokens = Math.min(this.#perMinute, bucket.tokens + gained);
    bucket.at = now;
    return bucket;
  }

  #add(caller: string, bucket: Bucket): Bucket {
    const [first] = this.#buckets.keys();
    if (this.#buckets.size >= this.#mostCallers && first !== undefined) this.#buckets.delete(first);
    this.#buckets.set(caller, bucket);
    return bucket;
  }
}
