import { ApiError } from '#contract';

/** How long a factory that was there may be away before a command gives up. */
const PATIENCE_MILLISECONDS = 60_000;

/** What watches over the connection of a command. */
export interface Patience {
  readonly fetch: typeof globalThis.fetch;
  /**
   * Watches until `stop`: aborts `controller` with the failure where no answer came at all, or none
   * for a minute; tells when the factory goes away, and when it is back.
   */
  readonly watch: (watch: ConnectionWatch) => { readonly stop: () => void };
}

export interface ConnectionWatch {
  readonly controller: AbortController;
  readonly onAway: () => void;
  readonly onBack: () => void;
}

/**
 * The typed client follows a stream over broken connections for ever, which is right for a program
 * and wrong for a person: this `fetch` lets a command say what goes on, and end.
 */
export function createPatientFetch({
  fetch = globalThis.fetch,
  patienceMilliseconds = PATIENCE_MILLISECONDS,
}: { readonly fetch?: typeof globalThis.fetch; readonly patienceMilliseconds?: number } = {}): Patience {
  let answered = false;
  let awaySince: number | undefined;
  let watching: ConnectionWatch | undefined;

  const failed = (input: Parameters<typeof fetch>[0], error: unknown) => {
    if (watching === undefined || watching.controller.signal.aborted) return;
    const first = awaySince === undefined;
    awaySince ??= performance.now();
    if (!answered || performance.now() - awaySince > patienceMilliseconds) {
      const url = input instanceof Request ? input.url : String(input);
      watching.controller.abort(
        new ApiError(
          {
            status: 0,
            code: 'UNREACHABLE',
            title: 'The server cannot be reached',
            detail: `${url}: ${reasonOf(error)}`,
          },
          { cause: error },
        ),
      );
    } else if (first) watching.onAway();
  };

  return {
    fetch: async (input, init) => {
      try {
        const response = await fetch(input, init);
        if (awaySince !== undefined) watching?.onBack();
        answered = true;
        awaySince = undefined;
        return response;
      } catch (error) {
        failed(input, error);
        throw error;
      }
    },
    watch: (watch) => {
      watching = watch;
      return {
        stop: () => {
          watching = undefined;
        },
      };
    },
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
