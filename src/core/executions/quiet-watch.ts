/**
 * Tells when nothing in an activation can go on by itself: none of its lines is at work, and each
 * of them waits. A line is the function itself, or a branch that it was split into; one that is
 * between two steps, or awaits something outside its context, keeps the others from being let go.
 */
export class QuietWatch {
  #working = 0;
  #waiting = 0;
  #lines = 1;
  #checking = false;
  readonly #onQuiet: () => void;

  constructor(onQuiet: () => void) {
    this.#onQuiet = onQuiet;
  }

  /** Counts the work as going on until it settles. */
  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#working += 1;
    try {
      return await work();
    } finally {
      this.#working -= 1;
      this.#check();
    }
  }

  /** A line goes on as so many branches; answers what to call when one of them ends. The last one is the line again. */
  split(branches: number): () => void {
    let left = branches;
    this.#lines += Math.max(0, branches - 1);
    return () => {
      left -= 1;
      if (left > 0) this.#lines -= 1;
      this.#check();
    };
  }

  /** A branch began to wait for something outside. */
  park(): void {
    this.#waiting += 1;
    this.#check();
  }

  /** A waiting branch goes on. */
  unpark(): void {
    this.#waiting -= 1;
  }

  get #isQuiet(): boolean {
    return this.#working === 0 && this.#waiting > 0 && this.#waiting >= this.#lines;
  }

  #check(): void {
    if (this.#checking || !this.#isQuiet) return;
    this.#checking = true;
    setImmediate(() =>
      setImmediate(() => {
        this.#checking = false;
        if (this.#isQuiet) this.#onQuiet();
      }),
    );
  }
}
