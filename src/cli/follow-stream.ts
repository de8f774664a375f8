import type { CommandContext } from './command-context.ts';
import type { Connection } from './connection.ts';

/** Why a stream is no longer followed. */
class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/* oxlint-disable max-params -- context and connection first, as everywhere; then what to do */
/**
 * Follows a stream until it ends, or until Ctrl-C. Tells when the factory goes away and comes back.
 * @throws ApiError UNREACHABLE where it does not come back
 */
export async function followStream(
  context: CommandContext,
  connection: Connection,
  follow: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  const stopListening = context.surroundings.onInterrupt(() => controller.abort(new Interrupted()));
  const watch = connection.patience.watch(watchFor(context, controller));
  try {
    await follow(controller.signal);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
  } finally {
    watch.stop();
    stopListening();
  }
}

/** Tells on stderr when the factory goes away and comes back. */
export function watchFor(context: CommandContext, controller: AbortController) {
  const tell = (line: string) => context.tell(context.noticeStyle.dim(line));
  return {
    controller,
    onAway: () => tell('The factory is away; going on when it is back …'),
    onBack: () => tell('The factory is back.'),
  };
}
