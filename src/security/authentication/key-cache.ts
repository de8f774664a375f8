import type { Clock } from '../../kernel/clock.ts';
import type { StoredKey } from './key-queries.ts';

export interface KeyCacheOptions {
  readonly find: (id: string) => Promise<StoredKey | undefined>;
  readonly clock: Clock;
  /** 5,000 unless given. */
  readonly keepMilliseconds?: number;
  /** 10,000 unless given. */
  readonly mostKeys?: number;
}

/**
 * Keys as they were looked up a moment ago. A key that is not there is asked for each time, so that
 * guesses push no real key out; one question is under way for an id at a time.
 */
export class KeyCache {
  readonly #find: KeyCacheOptions['find'];
  readonly #clock: Clock;
  readonly #keepMilliseconds: number;
  readonly #mostKeys: number;
  readonly #kept = new Map<string, { readonly key: StoredKey; readonly at: number }>();
  readonly #asked = new Map<string, Promise<StoredKey | undefined>>();

  constructor({ find, clock, keepMilliseconds = 5_000, mostKeys = 10_000 }: KeyCacheOptions) {
    this.#find = find;
    this.#clock = clock;
    this.#keepMilliseconds = keepMilliseconds;
    this.#mostKeys = mostKeys;
  }

  get(id: string): Promise<StoredKey | undefined> {
    const kept = this.#kept.get(id);
    if (kept !== undefined) {
      const age = this.#clock.now().getTime() - kept.at;
      // A clock that was set back must not keep a key for longer.
      if (age >= 0 && age < this.#keepMilliseconds) return Promise.resolve(kept.key);
      this.#kept.delete(id);
    }
    return this.#asked.get(id) ?? this.#ask(id);
  }

  /** Forgets a key; an answer that is under way reaches those who wait for it and nobody after them. */
  forget(id: string): void {
    this.#kept.delete(id);
    this.#asked.delete(id);
  }

  #ask(id: string): Promise<StoredKey | undefined> {
    const at = this.#clock.now().getTime();
    const asked = this.#find(id)
      .then((key) => {
        if (key !== undefined && this.#asked.get(id) === asked) this.#keep(id, { key, at });
        return key;
      })
      .finally(() => {
        if (this.#asked.get(id) === asked) this.#asked.delete(id);
      });
    this.#asked.set(id, asked);
    return asked;
  }

  #keep(id: string, entry: { readonly key: StoredKey; readonly at: number }): void {
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= this.#mostKeys && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(id, entry);
  }
}
