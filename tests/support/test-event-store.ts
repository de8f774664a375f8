import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client, type ClientConfig } from 'pg';

import { createLocalEventBus } from '../../src/data/event-bus/index.ts';
import {
  createPgEventStore,
  type PgEventStore,
  type PgEventStoreDependencies,
} from '../../src/data/event-store/index.ts';
import { openLocalBlobStore } from '../../src/data/storage/index.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import type { BlobStore } from '../../src/kernel/ports/blob-store.ts';
import type { EventBus } from '../../src/kernel/ports/event-bus.ts';
import type { TestDatabase } from './test-database.ts';

export interface TestEventStore {
  readonly store: PgEventStore;
  readonly bus: EventBus;
  readonly blobs: BlobStore;
  /** Events of each committed batch. */
  readonly batches: number[];
  /** Pids of the server processes behind the append connection, oldest first. */
  readonly backends: number[];
  close(): Promise<void>;
}

/** The real event store over a test's database, with a blob folder of its own. */
export async function openTestEventStore(
  database: Pick<TestDatabase, 'pool' | 'connection'>,
  overrides: Partial<PgEventStoreDependencies> = {},
): Promise<TestEventStore> {
  const folder = mkdtempSync(join(tmpdir(), 'pygent-events-'));
  const blobs = await openLocalBlobStore(folder);
  const bus = createLocalEventBus();
  const batches: number[] = [];
  const backends: number[] = [];
  const store = createPgEventStore({
    pool: database.pool,
    openClient: async () => {
      const config: ClientConfig & { readonly pipeline: boolean } = { ...database.connection, pipeline: true };
      const client = new Client(config);
      await client.connect();
      const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      backends.push(rows[0]?.pid ?? 0);
      return client;
    },
    blobs,
    bus,
    clock: systemClock,
    projections: [],
    onBatch: (events) => batches.push(events),
    ...overrides,
  });
  return {
    store,
    bus,
    blobs,
    batches,
    backends,
    close: async () => {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}
