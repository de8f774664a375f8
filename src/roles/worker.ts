import type { FactoryParts } from './factory-parts.ts';
import type { RunningRole } from './running-role.ts';

/** Runs executions. In a database of its own this process is the only one, so that it takes over at once. */
export async function startWorker(parts: FactoryParts): Promise<RunningRole> {
  const { configuration, database } = parts;
  const worker = parts.createWorker();
  await worker.start({ soleOwner: database.mode === 'embedded' });
  return { close: () => worker.stop(configuration.DRAIN_SECONDS * 1_000) };
}
