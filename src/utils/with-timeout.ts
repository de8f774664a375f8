export interface TimeLimit {
  readonly milliseconds: number;
  /** The caller's own signal; its reason passes as it is. */
  readonly signal: AbortSignal;
  /** What the work is ended with when the time is over. */
  readonly reason: (milliseconds: number) => Error;
}

/**
 * Runs the work with a signal that is aborted when the time is over or the caller aborts. The
 * result settles then, even if the work ignores its signal.
 */
export async function withTimeout<Result>(
  limit: TimeLimit,
  work: (signal: AbortSignal) => Promise<Result> | Result,
): Promise<Result> {
  limit.signal.throwIfAborted();
  const controller = new AbortController();
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const end = (reason: unknown): void => {
    // Rejected first, so that the reason wins over what the work throws when it hears of it.
    reject(reason);
    controller.abort(reason);
  };
  const onAbort = (): void => end(limit.signal.reason);
  limit.signal.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => end(limit.reason(limit.milliseconds)), Math.min(limit.milliseconds, 2_147_483_647));
  try {
    return await Promise.race([started(() => work(controller.signal)), ended]);
  } finally {
    clearTimeout(timer);
    limit.signal.removeEventListener('abort', onAbort);
  }
}

/** As Promise.try, which Node 22 has not. */
async function started<Result>(work: () => Promise<Result> | Result): Promise<Result> {
  return work();
}
