import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client } from 'pg';

import { createLocalEventBus } from '../../src/data/event-bus/index.ts';
import { createPgEventStore, type PgEventStore } from '../../src/data/event-store/index.ts';
import { openLocalBlobStore } from '../../src/data/storage/index.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import type { EventBus } from '../../src/kernel/ports/event-bus.ts';
import { createPgKeyQueries, keysProjection, type KeyQueries } from '../../src/security/authentication/index.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

/** A process's view of the log with its keys, over a database of its own. */
export interface KeyStore {
  readonly database: TestDatabase;
  readonly store: PgEventStore;
  readonly bus: EventBus;
  readonly queries: KeyQueries;
  /** Empty; gone after `close`. */
  readonly folder: string;
  /** Another process over the same database: a store and a bus of its own. */
  readonly beside: () => { readonly store: PgEventStore; readonly bus: EventBus };
  close(): Promise<void>;
}

/** The event store and the keys' read model over a new test database. */
export async function openKeyStore(): Promise<KeyStore> {
  const database = await createTestDatabase();
  const root = await mkdtemp(join(tmpdir(), 'pygent-keys-'));
  const blobs = await openLocalBlobStore(join(root, 'blobs'));
  const stores: PgEventStore[] = [];
  const beside = () => {
    const bus = createLocalEventBus();
    const store = createPgEventStore({
      pool: database.pool,
      openClient: async () => {
        const client = new Client({ ...database.connection, pipeline: true });
        await client.connect();
        return client;
      },
      blobs,
      bus,
      clock: systemClock,
      projections: [keysProjection],
    });
    stores.push(store);
    return { store, bus };
  };
  return {
    database,
    ...beside(),
    queries: createPgKeyQueries(database),
    folder: join(root, 'data'),
    beside,
    close: async () => {
      await Promise.all(stores.map((store) => store.close()));
      await database.close();
      await rm(root, { recursive: true });
    },
  };
}
