import type { DeepHealthView } from '#contract';

import { AppError, toAppError } from '../kernel/errors.ts';
import type { BlobStore } from '../kernel/ports/blob-store.ts';
import type { EventStore } from '../kernel/ports/event-store.ts';
import type { ModelGateway } from '../kernel/ports/language-model.ts';

/** What the factory depends on. */
export interface DependencyChecks {
  /** Asks the database for something small; answers what it is. */
  readonly pingDatabase: () => Promise<string>;
  readonly eventStore: Pick<EventStore, 'readAll'>;
  readonly blobStore: BlobStore;
  /** Answers how many jobs wait, in words. */
  readonly inspectJobQueue: () => Promise<string>;
  readonly models: Pick<ModelGateway, 'list' | 'defaultModel'>;
  /** Longest a check may take, in milliseconds; 5,000 unless given. */
  readonly timeoutMilliseconds?: number;
}

/** Always the same bytes, so that checking again and again stores nothing more. */
const PROBE = new TextEncoder().encode('pygent health probe');

/** Readiness and the deep check; a dependency that hangs counts as failed after the timeout. */
export function createHealthChecks(dependencies: DependencyChecks) {
  const { timeoutMilliseconds = 5_000 } = dependencies;
  const within = <Result>(work: Promise<Result>) => withTimeout(work, timeoutMilliseconds);
  return {
    /** @throws AppError DATABASE_UNAVAILABLE */
    async ready(): Promise<void> {
      try {
        await within(dependencies.pingDatabase());
      } catch (error) {
        throw new AppError('DATABASE_UNAVAILABLE', toAppError(error).message, { cause: error });
      }
    },
    async deep(): Promise<DeepHealthView> {
      const checked = Object.entries(checksOf(dependencies)).map(async ([name, check]) => {
        const started = performance.now();
        const outcome = await within(check()).then(
          (detail) => ({ status: 'ok' as const, detail }),
          (error: unknown) => ({ status: 'failed' as const, detail: toAppError(error).code }),
        );
        return { name, latencyMilliseconds: Math.round((performance.now() - started) * 100) / 100, ...outcome };
      });
      const found = await Promise.all(checked);
      return { status: found.every(({ status }) => status === 'ok') ? 'ok' : 'failed', dependencies: found };
    },
  };
}

function checksOf(dependencies: DependencyChecks): Readonly<Record<string, () => Promise<string>>> {
  const { eventStore, blobStore, models } = dependencies;
  return {
    database: dependencies.pingDatabase,
    'event-store': async () => {
      const [first] = await eventStore.readAll({ after: 0n, limit: 1 });
      return first === undefined ? 'empty' : 'readable';
    },
    'blob-store': async () => {
      const read = await blobStore.get(await blobStore.put(PROBE));
      if (Buffer.compare(read, PROBE) !== 0) throw new AppError('INTERNAL', 'the blob store gave other bytes back');
      return 'written and read';
    },
    'job-queue': dependencies.inspectJobQueue,
    models: async () => {
      const configured = models.list().filter((provider) => provider.configured);
      return `${configured.map(({ provider }) => provider).join(', ')}; default ${models.defaultModel.model}`;
    },
  };
}

async function withTimeout<Result>(work: Promise<Result>, milliseconds: number): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new AppError('STEP_TIMEOUT', `no answer in ${milliseconds} ms`)), milliseconds);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
