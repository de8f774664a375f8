export interface TimeLimit {
  readonly milliseconds: number;
  /** What the work is ended with when the time is over. */
  readonly reason: (milliseconds: number) => Error;
}

export interface WorkBounds {
  /** The caller's own signal; its reason passes as it is. */
  readonly signal: AbortSignal;
  /** None unless given. */
  readonly limit?: TimeLimit;
}

const LONGEST_TIMER_MILLISECONDS = 2_147_483_647;

/**
 * Runs the work with a signal that is aborted when the caller aborts, the time is over, or the work
 * fails (so that nothing it has begun runs on). The result settles then, even if the work ignores
 * its signal. Not AbortSignal.any, whose signal stays tied to the caller's as long as that lives.
 */
export function withinBounds<Result>(
  { signal, limit }: WorkBounds,
  work: (signal: AbortSignal) => Promise<Result> | Result,
): Promise<Result> {
  if (signal.aborted) return Promise.reject(signal.reason as Error);
  const controller = new AbortController();
  // By hand and not as a race: this runs twice a step, and each promise of a race costs.
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const leave = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    const end = (reason: unknown): void => {
      leave();
      // Rejected first, so that the reason wins over what the work throws when it hears of it.
      reject(reason);
      controller.abort(reason);
    };
    const onAbort = (): void => end(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    if (limit !== undefined) {
      const milliseconds = Math.min(limit.milliseconds, LONGEST_TIMER_MILLISECONDS);
      timer = setTimeout(() => end(limit.reason(limit.milliseconds)), milliseconds);
    }
    started(work, controller.signal).then((result) => {
      leave();
      resolve(result);
    }, end);
  });
}

/** As Promise.try, which Node 22 has not. */
// oxlint-disable-next-line max-params -- a function and its argument
async function started<Result>(
  work: (signal: AbortSignal) => Promise<Result> | Result,
  signal: AbortSignal,
): Promise<Result> {
  return work(signal);
}
