/** A point where work waits until a test lets it go on. */
export class Gate {
  readonly #open = Promise.withResolvers<void>();
  #arrivals = 0;
  #waiters: { readonly count: number; readonly resolve: () => void }[] = [];

  /** Waits here; tells the test that somebody came. */
  pass(): Promise<void> {
    this.#arrivals += 1;
    this.#waiters = this.#waiters.filter(({ count, resolve }) => {
      if (count > this.#arrivals) return true;
      resolve();
      return false;
    });
    return this.#open.promise;
  }

  /** Resolves when so many have come. */
  reached(count = 1): Promise<void> {
    if (this.#arrivals >= count) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiters.push({ count, resolve });
    });
  }

  open(): void {
    this.#open.resolve();
  }

  get arrivals(): number {
    return this.#arrivals;
  }
}
