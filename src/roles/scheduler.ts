import type { FactoryParts } from './factory-parts.ts';
import { CatchUp } from '../data/event-store/index.ts';
import { createPgIdempotencyStore } from '../data/idempotency/index.ts';
import { toAppError } from '../kernel/errors.ts';
import type { RunningRole } from './running-role.ts';

const EVERY_MILLISECONDS = 60 * 60 * 1_000;
/** A request is recognised as repeated for a day. */
const KEPT_MILLISECONDS = 24 * 60 * 60 * 1_000;

/**
 * What is done beside the requests: keeps the catch-up projections, and forgets idempotency keys
 * that are a day old.
 */
export function startScheduler(parts: FactoryParts): RunningRole {
  const { database, blobStore, eventBus, clock, logger } = parts;
  const store = createPgIdempotencyStore({ queries: database.queries });
  let running: Promise<void> = Promise.resolve();
  const prune = async (): Promise<void> => {
    try {
      await store.prune(new Date(clock.now().getTime() - KEPT_MILLISECONDS));
    } catch (error) {
      logger.warn({ err: toAppError(error) }, 'idempotency keys could not be pruned');
    }
  };
  running = prune();
  const timer = setInterval(() => {
    running = running.then(prune);
  }, EVERY_MILLISECONDS);
  timer.unref();
  const catchUps = parts.catchUpProjections.map(
    (projection) => new CatchUp({ projection, pool: database.pool, blobs: blobStore, bus: eventBus, log: logger }),
  );
  for (const catchUp of catchUps) catchUp.start();
  return {
    close: async () => {
      clearInterval(timer);
      await Promise.all([running, ...catchUps.map((catchUp) => catchUp.stop())]);
    },
  };
}
