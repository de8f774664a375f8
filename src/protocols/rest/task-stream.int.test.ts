import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createMemoryServices } from '../../../tests/support/memory-services.ts';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.ts';
import { createLocalEventBus } from '../../data/event-bus/index.ts';
import { createPgEventStore, type PgEventStore } from '../../data/event-store/index.ts';
import { openLocalBlobStore } from '../../data/storage/index.ts';
import { systemContext } from '../../kernel/call-context.ts';
import { systemClock } from '../../kernel/clock.ts';
import { DEFAULT_TENANT } from '../../kernel/ids.ts';
import { taskStream } from './task-stream.ts';

const folder = mkdtempSync(join(tmpdir(), 'pygent-stream-'));
const bus = createLocalEventBus();
let database: TestDatabase;
let store: PgEventStore;
/** Another writer, whose transactions are in flight beside the first one's. */
let other: PgEventStore;
beforeAll(async () => {
  database = await createTestDatabase({ poolSize: 12 });
  const blobs = await openLocalBlobStore(folder);
  const openStore = () =>
    createPgEventStore({
      pool: database.pool,
      openClient: async () => {
        const client = new pg.Client({ ...database.connection, pipeline: true });
        await client.connect();
        return client;
      },
      blobs,
      bus,
      clock: systemClock,
      projections: [],
    });
  store = openStore();
  other = openStore();
});
afterAll(async () => {
  await Promise.all([store.close(), other.close()]);
  await database.close();
  rmSync(folder, { recursive: true });
});

// oxlint-disable-next-line max-params -- a line of the story below
const append = (streamId: string, expectedVersion: number, type: string) =>
  (streamId.startsWith('noise') ? other : store).append({
    tenantId: DEFAULT_TENANT,
    metadata: { actor: 'test' },
    streams: [{ streamId, expectedVersion, events: [{ type, data: {} }] }],
  });

describe('a task’s stream over the log in PostgreSQL', () => {
  it('tells every event once and in order while many others write, to those who come at any time', async () => {
    const services = createMemoryServices();
    const task = await services.tasks.submit(systemContext(), { agent: 'a', input: 'x' });
    const streams = services.streams.get(task.id) ?? [];
    const [taskLog = '', executionLog = ''] = streams;
    const read = async () => {
      const seen: string[] = [];
      const closing = new AbortController().signal;
      const request = { context: systemContext(), taskId: task.id, after: 0n, closing };
      const from = { taskQueries: services.taskQueries, executionQueries: services.executionQueries };
      for await (const message of taskStream({ ...from, eventStore: store, eventBus: bus }, request)) {
        if (message.kind === 'durable') seen.push((message.data as { type: string }).type);
        if (message.kind === 'ephemeral') return seen;
      }
      return seen;
    };
    const readers = [read()];
    const others = Array.from({ length: 12 }, async (_, number) => {
      for (let version = 0; version < 40; version += 1) await append(`noise-${number}`, version, 'Noise');
    });
    await append(taskLog, 0, 'TaskSubmitted');
    for (let version = 0; version < 60; version += 1) {
      await append(executionLog, version, `Step${version}`);
      if (version % 20 === 0) readers.push(read());
    }
    services.taskViews.set(task.id, { ...task, state: 'completed' });
    await append(taskLog, 1, 'TaskCompleted');
    readers.push(read());
    await Promise.all(others);
    const steps = Array.from({ length: 60 }, (_, version) => `Step${version}`);
    for (const seen of await Promise.all(readers)) expect(seen).toEqual(['TaskSubmitted', ...steps, 'TaskCompleted']);
  });
});
