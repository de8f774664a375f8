import type { Clock } from '../../kernel/clock.ts';
import type { QuietWatch } from './quiet-watch.ts';

/** A wait that ends so soon is sat out in memory: letting the execution go would cost more. */
const SOON_MILLISECONDS = 1_000;
const LONGEST_TIMER_MILLISECONDS = 2_147_483_647;

export interface WaitOptions<Result> {
  readonly key: string;
  /** When to look without being told. */
  readonly until?: Date;
  /** Looks whether it is over: its result, or undefined. It may be called at any time, but never twice at once. */
  readonly check: () => Promise<Result | undefined>;
}

interface Wait {
  readonly key: string;
  readonly until?: Date;
  readonly look: () => Promise<void>;
  timer?: NodeJS.Timeout;
}

export interface WaitingRoomOptions {
  readonly quiet: QuietWatch;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Brings what the checks look at up to date. */
  readonly refresh: () => Promise<void>;
}

/** The branches of an activation that wait for something outside: a timer, a person, a delegate. */
export class WaitingRoom {
  readonly #options: WaitingRoomOptions;
  readonly #waits = new Map<string, Wait>();

  constructor(options: WaitingRoomOptions) {
    this.#options = options;
  }

  get view(): { readonly steps: readonly string[]; readonly wakeAt?: Date } {
    const wakeAt = this.#earliest();
    return { steps: [...this.#waits.keys()], ...(wakeAt === undefined ? {} : { wakeAt }) };
  }

  get endsSoon(): boolean {
    const earliest = this.#earliest();
    return earliest !== undefined && earliest.getTime() - this.#options.clock.now().getTime() < SOON_MILLISECONDS;
  }

  waitFor<Result>({ key, until, check }: WaitOptions<Result>): Promise<Result> {
    const { quiet, signal } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    let looking = false;
    let again = false;
    const leave = (): void => {
      clearTimeout(wait.timer);
      this.#waits.delete(key);
      quiet.unpark();
      signal.removeEventListener('abort', onAbort);
    };
    const onAbort = (): void => {
      leave();
      reject(signal.reason as Error);
    };
    const look = async (): Promise<void> => {
      // One look at a time, and one more for whoever asked meanwhile.
      again = true;
      if (looking) return;
      looking = true;
      try {
        while (again && this.#waits.get(key) === wait) {
          again = false;
          const found = await quiet.during(check);
          if (found === undefined || this.#waits.get(key) !== wait) continue;
          leave();
          resolve(found);
        }
      } catch (error) {
        if (this.#waits.get(key) !== wait) return;
        leave();
        reject(error);
      } finally {
        looking = false;
      }
    };
    const wait: Wait = { key, look, ...(until === undefined ? {} : { until }) };
    // Entered before the first look, so that whatever comes after that look is noticed.
    this.#waits.set(key, wait);
    signal.addEventListener('abort', onAbort, { once: true });
    quiet.park();
    this.#setTimer(wait);
    void look();
    return promise;
  }

  /** Looks again at everything that waits. */
  async wake(): Promise<void> {
    if (this.#waits.size === 0) return;
    await this.#options.refresh();
    await Promise.all([...this.#waits.values()].map((wait) => wait.look()));
  }

  close(): void {
    for (const wait of this.#waits.values()) clearTimeout(wait.timer);
    this.#waits.clear();
  }

  #setTimer(wait: Wait): void {
    if (wait.until === undefined || this.#waits.get(wait.key) !== wait) return;
    const left = wait.until.getTime() - this.#options.clock.now().getTime();
    wait.timer = setTimeout(
      () => {
        const looked = left > LONGEST_TIMER_MILLISECONDS ? Promise.resolve() : wait.look();
        // A timer may fire a little early.
        void looked.then(() => this.#setTimer(wait));
      },
      Math.max(1, Math.min(left, LONGEST_TIMER_MILLISECONDS)),
    );
    // A process that only waits for it need not stay.
    wait.timer.unref();
  }

  #earliest(): Date | undefined {
    const times = [...this.#waits.values()].flatMap((wait) => wait.until?.getTime() ?? []);
    return times.length === 0 ? undefined : new Date(Math.min(...times));
  }
}
