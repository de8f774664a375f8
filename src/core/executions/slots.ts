/** A worker's places: for what runs, for what an append under way may bring, and for what a claim may. */
export class Slots {
  readonly #size: number;
  readonly #reserved = new Set<string>();
  #running = 0;
  #asked = 0;
  #isSettled: PromiseWithResolvers<void> | undefined;

  constructor(size: number) {
    this.#size = size;
  }

  get free(): number {
    return Math.max(0, this.#size - this.#running - this.#reserved.size - this.#asked);
  }

  /** What has a place and has not begun to run. */
  get reserved(): readonly string[] {
    return [...this.#reserved];
  }

  /** Keeps a place for each, or for none. */
  reserve(subjects: readonly string[]): boolean {
    if (this.free < subjects.length) return false;
    for (const subject of subjects) this.#reserved.add(subject);
    return true;
  }

  /** Ends reservations, whatever became of them. */
  settle(subjects: readonly string[]): void {
    for (const subject of subjects) this.#reserved.delete(subject);
    if (this.#reserved.size === 0) this.#isSettled?.resolve();
  }

  /** Resolves when no place is reserved. */
  async settled(): Promise<void> {
    if (this.#reserved.size === 0) return;
    this.#isSettled ??= Promise.withResolvers();
    await this.#isSettled.promise;
  }

  /** Takes a place while the work runs. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#running += 1;
    try {
      return await work();
    } finally {
      this.#running -= 1;
    }
  }

  /** Keeps the free places for what is asked for, until it has come and been begun. */
  async ask<Result>(ask: (places: number) => Promise<Result>): Promise<Result> {
    const places = this.free;
    this.#asked += places;
    try {
      return await ask(places);
    } finally {
      this.#asked -= places;
    }
  }
}
