interface Waiting<Value> {
  readonly resolve: (value: Value | undefined) => void;
  readonly reject: (error: unknown) => void;
}

export interface BatcherOptions<Value> {
  /** Looks up many keys at once; what it leaves out isn't there. */
  readonly load: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>;
  /** Look-ups under way at once; 2 unless given. */
  readonly inFlight?: number;
  /** Keys of one look-up; 500 unless given. */
  readonly mostKeys?: number;
}

/**
 * Turns many look-ups of one key into few of many: a look-up starts at once where a lane is free,
 * else it gathers with others until one is. What is answered was read after it was asked for.
 */
export class Batcher<Value> {
  readonly #options: Required<BatcherOptions<Value>>;
  #waiting = new Map<string, Waiting<Value>[]>();
  #running = 0;

  constructor(options: BatcherOptions<Value>) {
    this.#options = { inFlight: 2, mostKeys: 500, ...options };
  }

  /** The value of a key; undefined where there is none. Rejects with what `load` rejects with. */
  get(key: string): Promise<Value | undefined> {
    return new Promise((resolve, reject) => {
      const others = this.#waiting.get(key);
      if (others === undefined) this.#waiting.set(key, [{ resolve, reject }]);
      else others.push({ resolve, reject });
      // What is asked for in the same turn shares the look-up.
      if (this.#running < this.#options.inFlight) queueMicrotask(() => this.#start());
    });
  }

  #start(): void {
    if (this.#waiting.size === 0 || this.#running >= this.#options.inFlight) return;
    const batch = new Map([...this.#waiting].slice(0, this.#options.mostKeys));
    for (const key of batch.keys()) this.#waiting.delete(key);
    this.#running += 1;
    void this.#run(batch);
  }

  async #run(batch: ReadonlyMap<string, readonly Waiting<Value>[]>): Promise<void> {
    try {
      const found = await this.#options.load([...batch.keys()]);
      for (const [key, waiting] of batch) for (const { resolve } of waiting) resolve(found.get(key));
    } catch (error) {
      for (const waiting of batch.values()) for (const { reject } of waiting) reject(error);
    } finally {
      this.#running -= 1;
      this.#start();
    }
  }
}
