/**
 * Tells when nothing in an activation can go on by itself: some branch waits and none is at work.
 * A branch that was just answered gets a turn of the event loop to begin its next step. The verdict
 * may come early where a function awaits something outside its context; the execution is then
 * suspended and simply taken up again, so nothing depends on it.
 */
export class QuietWatch {
  #working = 0;
  #waiting = 0;
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

  /** A branch began to wait for something outside. */
  park(): void {
    this.#waiting += 1;
    this.#check();
  }

  /** A waiting branch goes on. */
  unpark(): void {
    this.#waiting -= 1;
  }

  #check(): void {
    if (this.#checking || this.#working > 0 || this.#waiting === 0) return;
    this.#checking = true;
    setImmediate(() =>
      setImmediate(() => {
        this.#checking = false;
        if (this.#working === 0 && this.#waiting > 0) this.#onQuiet();
      }),
    );
  }
}
