import type { Clock } from '../../kernel/clock.ts';
import type { AppError } from '../../kernel/errors.ts';
import type { Logger } from '../../observability/index.ts';

const REMIND_MILLISECONDS = 60_000;

export interface OutageLogOptions {
  readonly logger: Pick<Logger, 'warn'>;
  readonly clock: Clock;
}

interface Outage {
  readonly began: number;
  /** When it was last told of. */
  told: number;
  /** Who met it and did not get through since. */
  readonly met: Set<string>;
}

/**
 * Tells of what loops run into again and again, such as a database that is away: when it begins,
 * each minute while it lasts, and when all of them get through again. Faults are told apart by
 * their code.
 */
export class OutageLog {
  readonly #options: OutageLogOptions;
  readonly #outages = new Map<string, Outage>();

  constructor(options: OutageLogOptions) {
    this.#options = options;
  }

  /** `loop`: whose attempt failed, such as `heartbeat`; it must be repeated until it succeeds. */
  failed(loop: string, error: AppError): void {
    const now = this.#now();
    const outage = this.#outages.get(error.code);
    if (outage === undefined) {
      this.#outages.set(error.code, { began: now, told: now, met: new Set([loop]) });
      this.#options.logger.warn(
        { err: error, loop },
        `${faultOf(error.code)}: executions wait, and are tried again each second`,
      );
      return;
    }
    outage.met.add(loop);
    if (now - outage.told < REMIND_MILLISECONDS) return;
    outage.told = now;
    const seconds = secondsSince(outage, now);
    this.#options.logger.warn(
      { code: error.code, loop, seconds },
      `${faultOf(error.code)} for ${seconds} s now: executions wait`,
    );
  }

  succeeded(loop: string): void {
    // Nearly always: a worker asks all the time.
    if (this.#outages.size === 0) return;
    for (const [code, outage] of this.#outages) {
      if (!outage.met.delete(loop) || outage.met.size > 0) continue;
      this.#outages.delete(code);
      const seconds = secondsSince(outage, this.#now());
      this.#options.logger.warn({ code, seconds }, `${backOf(code)} after ${seconds} s: executions go on`);
    }
  }

  #now(): number {
    return this.#options.clock.now().getTime();
  }
}

function secondsSince({ began }: Outage, now: number): number {
  return Math.round((now - began) / 1_000);
}

function faultOf(code: string): string {
  return code === 'DATABASE_UNAVAILABLE' ? 'the database cannot be reached' : `the worker is held up by ${code}`;
}

function backOf(code: string): string {
  return code === 'DATABASE_UNAVAILABLE' ? 'the database is back' : `the worker is past ${code}`;
}
