import type { DeepHealthView } from '#contract';

import { AppError, toAppError } from '../kernel/errors.ts';
import type { BlobStore } from '../kernel/ports/blob-store.ts';
import type { EventStore } from '../kernel/ports/event-store.ts';
import type { ModelGateway } from '../kernel/ports/language-model.ts';
import type { ProjectionLag } from '../kernel/projection.ts';
import { lagSeconds } from './projection-metrics.ts';

/** What the factory depends on. */
export interface DependencyChecks {
  /** Asks the database for something small; answers what it is. */
  readonly pingDatabase: () => Promise<string>;
  readonly eventStore: Pick<EventStore, 'readAll'>;
  readonly blobStore: BlobStore;
  /** Answers how many jobs wait, in words. */
  readonly inspectJobQueue: () => Promise<string>;
  readonly models: Pick<ModelGateway, 'list' | 'defaultModel'>;
  readonly projectionLags: () => Promise<readonly ProjectionLag[]>;
  readonly now: () => Date;
  /** Longest a check may take, in milliseconds; 5,000 unless given. */
  readonly timeoutMilliseconds?: number;
}

/** A catch-up projection that is so far behind is stuck, or nobody keeps it: no scheduler runs. */
const STUCK_SECONDS = 60;

/** What a check found: in words where all is well. */
type Finding = string | { readonly status: 'failed'; readonly detail: string };

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
          (found) => (typeof found === 'string' ? { status: 'ok' as const, detail: found } : found),
          (error: unknown) => ({ status: 'failed' as const, detail: toAppError(error).code }),
        );
        return { name, latencyMilliseconds: Math.round((performance.now() - started) * 100) / 100, ...outcome };
      });
      const found = await Promise.all(checked);
      return { status: found.every(({ status }) => status === 'ok') ? 'ok' : 'failed', dependencies: found };
    },
  };
}

function checksOf(dependencies: DependencyChecks): Readonly<Record<string, () => Promise<Finding>>> {
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
    projections: async () => projectionsFound(await dependencies.projectionLags(), dependencies.now()),
  };
}

function projectionsFound(lags: readonly ProjectionLag[], now: Date): Finding {
  const detail = lags.map((lag) => `${lag.name} is ${behind(lag, now)}`).join(', ');
  return lags.some((lag) => lagSeconds(lag, now) > STUCK_SECONDS) ? { status: 'failed', detail } : detail;
}

function behind(lag: ProjectionLag, now: Date): string {
  if (lag.events === 0) return 'up to date';
  return `${lag.events} events and ${Math.round(lagSeconds(lag, now))} s behind`;
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
