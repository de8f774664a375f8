import type { EphemeralEvent } from '../../kernel/ports/event-bus.ts';

/** What a stream is told, in the order it was told. */
export type Signal =
  /** The log grew, at least to this position. */
  | { readonly kind: 'wake'; readonly upTo: bigint }
  | { readonly kind: 'ephemeral'; readonly event: EphemeralEvent }
  /** The reader was so slow that so many ephemeral events were dropped here. */
  | { readonly kind: 'dropped'; readonly count: number };

/**
 * The order of the log ends before the oldest transaction in flight, so an event that the bus told of
 * may not be readable yet, and nobody tells when it is: it is looked for again after these times.
 */
export const SETTLING_MILLISECONDS: readonly number[] = [25, 100, 500, 2_000];
export const HEARTBEAT_MILLISECONDS = 15_000;

type Waited = 'signal' | 'timeout' | 'closed';

/**
 * Between the bus, which must not wait, and a reader, who may be slow. Wakes melt into one; of
 * ephemeral events the oldest are dropped and counted when there are too many, so that memory is
 * bounded whatever the reader does.
 */
export class SignalQueue {
  readonly #most: number;
  readonly #closing: AbortSignal;
  #signals: Signal[] = [];
  #ephemeral = 0;
  #dropped = 0;
  #notify: (() => void) | undefined;

  constructor({ most, closing }: { readonly most: number; readonly closing: AbortSignal }) {
    this.#most = most;
    this.#closing = closing;
  }

  wake(upTo: bigint): void {
    addSignal(this.#signals, { kind: 'wake', upTo });
    this.#notify?.();
  }

  push(event: EphemeralEvent): void {
    this.#signals.push({ kind: 'ephemeral', event });
    this.#ephemeral += 1;
    if (this.#ephemeral > this.#most) this.#dropOldestHalf();
    this.#notify?.();
  }

  /** Everything since the last call; the queue is empty then. */
  take(): readonly Signal[] {
    const signals = this.#signals;
    const dropped: Signal[] = this.#dropped === 0 ? [] : [{ kind: 'dropped', count: this.#dropped }];
    this.#signals = [];
    this.#ephemeral = 0;
    this.#dropped = 0;
    return [...dropped, ...signals];
  }

  /** Resolves when there is something to take, after the time given, or when the stream closes. */
  wait(milliseconds: number): Promise<Waited> {
    if (this.#closing.aborted) return Promise.resolve('closed');
    if (this.#signals.length > 0) return Promise.resolve('signal');
    return new Promise((resolve) => {
      const done = (waited: Waited) => {
        clearTimeout(timer);
        this.#closing.removeEventListener('abort', onClose);
        this.#notify = undefined;
        resolve(waited);
      };
      const onClose = () => done('closed');
      const timer = setTimeout(() => done('timeout'), milliseconds);
      this.#closing.addEventListener('abort', onClose, { once: true });
      this.#notify = () => done('signal');
    });
  }

  /** Half at once, so that a reader who never comes back costs constant time an event. */
  #dropOldestHalf(): void {
    let left = Math.ceil(this.#most / 2);
    const kept: Signal[] = [];
    for (const signal of this.#signals) {
      if (signal.kind === 'ephemeral' && left > 0) left -= 1;
      else addSignal(kept, signal);
    }
    const removed = Math.ceil(this.#most / 2) - left;
    this.#signals = kept;
    this.#ephemeral -= removed;
    this.#dropped += removed;
  }
}

/** Puts a signal behind the others; neighbouring wakes become one. */
function addSignal(signals: Signal[], signal: Signal): void {
  const last = signals.at(-1);
  if (signal.kind !== 'wake' || last?.kind !== 'wake') signals.push(signal);
  else if (last.upTo < signal.upTo) signals[signals.length - 1] = signal;
}
