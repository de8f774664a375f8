import { AppError } from '../../kernel/errors.ts';
import type { EventBus } from '../../kernel/ports/event-bus.ts';
import { toDatabaseError } from '../database/index.ts';
import { type AdvanceDependencies, advanceProjection, storedPosition } from './advance-projection.ts';

/** Events looked at in one go; each may be a megabyte. */
const WINDOW = 500;
/** The database may be back at any moment. */
const LONGEST_AWAY_MILLISECONDS = 5_000;

/** Milliseconds. */
export interface CatchUpPace {
  /** From the first new event to the read that finds it and what came meanwhile. */
  readonly gather: number;
  /** Between looks for events that nobody told of: those of other processes. */
  readonly poll: number;
  /** After the first failure; it doubles with each further one. */
  readonly firstPause: number;
  readonly longestPause: number;
}

const PACE: CatchUpPace = { gather: 500, poll: 2_000, firstPause: 500, longestPause: 60_000 };

/** Where the runner tells what it does; the shape of pino's methods. */
export interface CatchUpLog {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

export interface CatchUpOptions extends AdvanceDependencies {
  readonly bus: Pick<EventBus, 'onRecorded'>;
  readonly log: CatchUpLog;
  readonly pace?: Partial<CatchUpPace>;
}

/**
 * Keeps a catch-up projection: created → at work ⇄ at rest → stopped, with pauses after failures.
 * At rest it is woken by the bus and by a slow poll. Several may run over one database: each event
 * is applied once.
 *
 * While the database is away or full it waits, and says so once. A failure of the projection itself
 * is logged with its place and tried again with growing pauses, but first the events are taken one
 * by one, so that all before the bad one are in; the projection never skips it.
 */
export class CatchUp {
  readonly #options: CatchUpOptions;
  readonly #pace: CatchUpPace;
  #running: Promise<void> | undefined;
  #stopListening: () => void = () => undefined;
  #stopped = false;
  /** The highest position that the bus told of. */
  #told = 0n;
  #position = 0n;
  #window = WINDOW;
  #failures = 0;
  /** Ends the sleep under way; the second one only while nothing is known to be new. */
  #wake: () => void = () => undefined;
  #nudge: () => void = () => undefined;

  constructor(options: CatchUpOptions) {
    this.#options = options;
    this.#pace = { ...PACE, ...options.pace };
  }

  start(): void {
    this.#stopListening = this.#options.bus.onRecorded((events) => {
      const told = events.at(-1)?.globalPosition ?? 0n;
      if (told <= this.#told) return;
      this.#told = told;
      this.#nudge();
    });
    this.#running = this.#run();
  }

  /** Resolves when what is at hand is in, or has failed. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopListening();
    this.#wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        const { projection, pool } = this.#options;
        this.#position = await storedPosition(pool, projection.name);
        const advanced = await advanceProjection(this.#options, { after: this.#position, size: this.#window });
        this.#succeeded();
        if (!advanced) await this.#rest();
      } catch (error) {
        await this.#failed(toDatabaseError(error));
      }
    }
  }

  /** What the bus told of may not be readable yet, while an older transaction is in flight: then the rest is short. */
  async #rest(): Promise<void> {
    if (this.#told <= this.#position) {
      const slept = this.#sleep(this.#pace.poll);
      this.#nudge = this.#wake;
      await slept;
      this.#nudge = () => undefined;
    }
    if (this.#told > this.#position) await this.#sleep(this.#pace.gather);
  }

  #succeeded(): void {
    const { projection, log } = this.#options;
    if (this.#failures > 0) log.info({ projection: projection.name }, 'the projection goes on');
    this.#failures = 0;
    this.#window = Math.min(WINDOW, this.#window * 2);
  }

  async #failed(error: Error): Promise<void> {
    const isAway =
      error instanceof AppError && (error.code === 'DATABASE_UNAVAILABLE' || error.code === 'STORAGE_FULL');
    if (!isAway && this.#window > 1) {
      this.#window = 1;
      return;
    }
    const { projection, log } = this.#options;
    const facts = { err: error, projection: projection.name, behind: this.#position.toString() };
    if (!isAway) log.error(facts, 'the projection fails at the first event behind this position');
    else if (this.#failures === 0) log.warn(facts, 'the projection waits for the database');
    const { firstPause, longestPause } = this.#pace;
    const longest = isAway ? Math.min(longestPause, LONGEST_AWAY_MILLISECONDS) : longestPause;
    const pause = Math.min(longest, firstPause * 2 ** this.#failures);
    this.#failures += 1;
    await this.#sleep(pause);
  }

  async #sleep(milliseconds: number): Promise<void> {
    if (this.#stopped) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, milliseconds);
    this.#wake = resolve;
    await promise;
    clearTimeout(timer);
  }
}
