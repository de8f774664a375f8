import type { Container } from '../container.ts';
import type { RunningRole } from './running-role.ts';

/** Runs executions. In a database of its own this process is the only one, so that it takes over at once. */
export async function startWorker(container: Container): Promise<RunningRole> {
  const { configuration, database } = container;
  const worker = container.createWorker();
  await worker.start({ soleOwner: database.mode === 'embedded' });
  return { close: () => worker.stop(configuration.DRAIN_SECONDS * 1_000) };
}
