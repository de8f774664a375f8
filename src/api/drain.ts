import { AppError } from '../kernel/errors.ts';

/** serving → draining (new requests are refused, streams are told to end) → idle (nothing in flight). */
export class Drain {
  readonly #closing = new AbortController();
  #inFlight = 0;
  #onIdle: (() => void) | undefined;

  /** Aborted when draining begins. */
  get signal(): AbortSignal {
    return this.#closing.signal;
  }

  get draining(): boolean {
    return this.#closing.signal.aborted;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Counts a request in. @throws AppError SHUTTING_DOWN while draining */
  enter(): void {
    if (this.draining) throw new AppError('SHUTTING_DOWN', 'the server is shutting down');
    this.#inFlight += 1;
  }

  leave(): void {
    this.#inFlight -= 1;
    if (this.#inFlight === 0) this.#onIdle?.();
  }

  /** Begins to drain; resolves when nothing is in flight, or after that time, with what is left. */
  async drain(milliseconds: number): Promise<number> {
    this.#closing.abort(new AppError('SHUTTING_DOWN', 'the server is shutting down'));
    if (this.#inFlight === 0) return 0;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    return this.#inFlight;
  }
}
