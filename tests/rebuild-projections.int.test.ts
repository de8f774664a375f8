import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { catchUpProjections, inlineProjections } from '../src/container.ts';
import { CatchUp, readProjectionLags, rebuildProjections } from '../src/data/event-store/index.ts';
import type { DomainEvent } from '../src/kernel/event.ts';
import { DEFAULT_TENANT } from '../src/kernel/ids.ts';
import type { BlobStore } from '../src/kernel/ports/blob-store.ts';
import { silentLog } from './support/silent-log.ts';
import { createTestDatabase, type TestDatabase } from './support/test-database.ts';
import { openTestEventStore, type TestEventStore } from './support/test-event-store.ts';

const projections = inlineProjections();
const catchUps = catchUpProjections();
const inlineTables = projections.flatMap((projection) => projection.tables);
const tables = [...inlineTables, ...catchUps.flatMap((projection) => projection.tables)];
let database: TestDatabase;
let log: TestEventStore;
beforeAll(async () => {
  database = await createTestDatabase();
  log = await openTestEventStore(database, { projections });
  await Promise.all(Array.from({ length: 60 }, (_, number) => live(number)));
});
afterAll(async () => {
  await log.close();
  await database.close();
});
let before: Record<string, readonly string[]>;
beforeEach(async () => {
  const stop = keepCatchUps();
  await caughtUp();
  await stop();
  before = await contents();
});

/** Keeps the catch-up projections until it is told to stop. */
function keepCatchUps(): () => Promise<unknown> {
  const { blobs, bus } = log;
  const kept = catchUps.map(
    (projection) =>
      new CatchUp({
        projection,
        pool: database.pool,
        blobs,
        bus,
        log: { ...silentLog, error: (_facts, message) => expect.unreachable(message) },
        pace: { gather: 1, poll: 5 },
      }),
  );
  for (const catchUp of kept) catchUp.start();
  return () => Promise.all(kept.map((catchUp) => catchUp.stop()));
}

async function areCaughtUp(): Promise<boolean> {
  const names = catchUps.map(({ name }) => name);
  return (await readProjectionLags(database.pool, names)).every(({ events }) => events === 0);
}

async function caughtUp(): Promise<void> {
  while (!(await areCaughtUp()));
}

type Streams = Readonly<Record<string, readonly DomainEvent<string, object>[]>>;

const versions = new Map<string, number>();
async function append(streams: Streams): Promise<void> {
  const appends = Object.entries(streams).map(([streamId, events]) => {
    const expectedVersion = versions.get(streamId) ?? 0;
    versions.set(streamId, expectedVersion + events.length);
    return { streamId, expectedVersion, events };
  });
  await log.store.append({ tenantId: DEFAULT_TENANT, metadata: { actor: 'key_1' }, streams: appends });
}

/** A key, an agent, and a task in a conversation that ends in one of several ways. */
async function live(number: number): Promise<void> {
  const [agent, task, execution] = [`agent-${number}`, `task_${number}`, `exec_${number}`];
  const streams = { agent: `agent-default/${agent}`, task: `task-${task}`, execution: `execution-${execution}` };
  const definition = { name: agent, description: `no ${number}`, tags: ['a', `t${number}`], capabilities: [] };
  const key = { name: 'k', role: 'viewer', scopes: ['tasks:read'], prefix: 'p', secretHmac: 'c2VjcmV0' };
  const place = number % 2 === 0 ? { conversationId: 'conv_1', turn: number + 1 } : {};
  const of = { agent: { name: agent, version: 1 }, input: number === 7 ? 'x'.repeat(100_000) : `input "${number}" \0` };
  const waiting = [{ kind: 'approval', executionId: execution, step: '2', question: 'May I \0?' }];
  const call = { kind: 'model', name: `m/${number % 4}`, usage: { inputTokens: number, outputTokens: 2 ** 40 } };
  const totals = { steps: number, inputTokens: number, outputTokens: 1, costMicrodollars: 2 ** 40 + number };
  const error = { code: 'INTERNAL', message: 'é \ud800' };
  await append({ [`key-${number}`]: [{ type: 'KeyCreated', data: key }] });
  await append({
    [streams.agent]: [
      { type: 'AgentCreated', data: { name: agent, version: 1, definition, hash: 'h' } },
      { type: 'AgentAliasSet', data: { name: agent, alias: 'canary', version: 1 } },
    ],
  });
  await append({
    [streams.task]: [{ type: 'TaskSubmitted', data: { ...of, executionId: execution, ...place } }],
    [streams.execution]: [{ type: 'ExecutionStarted', data: { ...of, taskId: task, primary: true } }],
  });
  await append({
    [streams.task]: [
      { type: 'TaskStarted', data: { executionId: execution } },
      { type: 'TaskInputRequired', data: { executionId: execution, waiting } },
    ],
    [streams.execution]: [
      { type: 'ExecutionResumed', data: { worker: 'w' } },
      { type: 'StepCompleted', data: { key: '1', output: null, durationMilliseconds: 1, ...call } },
      { type: 'ExecutionSuspended', data: { steps: ['2'], totals } },
    ],
  });
  if (number % 3 === 0) return;
  await append({
    [streams.task]: [
      number % 3 === 1
        ? { type: 'TaskCompleted', data: { executionId: execution, text: 'done' } }
        : { type: 'TaskFailed', data: { executionId: execution, error } },
    ],
    [streams.execution]: [
      number % 3 === 1
        ? { type: 'ExecutionCompleted', data: { content: [], totals } }
        : { type: 'ExecutionFailed', data: { error, totals } },
    ],
  });
  if (number % 5 === 0) await append({ [streams.agent]: [{ type: 'AgentDeleted', data: { name: agent } }] });
}

async function contents(): Promise<Record<string, readonly string[]>> {
  const found: Record<string, readonly string[]> = {};
  for (const table of tables) {
    const { rows } = await database.pool.query<{ line: string }>(
      `SELECT t::text AS line FROM ${table} AS t ORDER BY t::text COLLATE "C"`,
    );
    found[table] = rows.map(({ line }) => line);
  }
  return found;
}

const rebuild = (blobs: BlobStore = log.blobs, onProgress: (events: number) => void = () => undefined) =>
  rebuildProjections({ connection: database.connection, blobs, projections, catchUps, onProgress });

const withGet = (get: BlobStore['get']): BlobStore => ({
  put: (content) => log.blobs.put(content),
  has: (hash) => log.blobs.has(hash),
  get,
});

/** A blob store at which a rebuild stops until it is let go on. */
function stoppingBlobs(): { blobs: BlobStore; reached: Promise<void>; release: () => void } {
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const blobs = withGet(async (hash) => {
    reached.resolve();
    await released.promise;
    return log.blobs.get(hash);
  });
  return { blobs, reached: reached.promise, release: released.resolve };
}

async function aWriterWaits(): Promise<boolean> {
  const { rows } = await database.pool.query(
    "SELECT FROM pg_locks WHERE NOT granted AND relation = 'events'::regclass AND mode = 'RowExclusiveLock'",
  );
  return rows.length > 0;
}

async function damage(): Promise<void> {
  await database.pool.query(`UPDATE tasks SET state = 'rejected', waiting = NULL; DELETE FROM keys;
    UPDATE model_usage SET calls = 7; DELETE FROM execution_usage; UPDATE projections SET position = 3;
    UPDATE executions SET steps = 7; INSERT INTO agent_versions SELECT tenant_id, 'ghost', version, definition,
    definition_hash, created_at, created_by FROM agent_versions LIMIT 1`);
}

// requirement: R-DATA-REBUILD
describe('rebuildProjections', () => {
  it('makes every table anew as it was, byte for byte, whatever had become of it', async () => {
    expect(Object.values(before).every((lines) => lines.length > 0)).toBe(true);
    await damage();
    expect(await contents()).not.toEqual(before);
    const told: number[] = [];
    const report = await rebuild(log.blobs, (events) => told.push(events));
    expect(await contents()).toEqual(before);
    expect(report.tables).toEqual(tables);
    expect(await areCaughtUp()).toBe(true);
    expect(told.length).toBeGreaterThan(2);
    expect(told.at(-1)).toBe(report.events);
  });

  it('lets readers see what was until it is done, and writers wait', async () => {
    const { blobs, reached, release } = stoppingBlobs();
    const rebuilding = rebuild(blobs);
    await reached;
    expect(await contents()).toEqual(before);
    let written = false;
    const writing = live(1_001).then(() => (written = true));
    while (!(await aWriterWaits()));
    expect(written).toBe(false);
    release();
    await Promise.all([rebuilding, writing]);
    const after = await contents();
    for (const table of inlineTables) expect(after[table]).toEqual(expect.arrayContaining([...before[table]!]));
    expect(after['tasks']).toHaveLength(before['tasks']!.length + 1);
  });

  it('leaves everything as it was where it is killed in the middle', async () => {
    const { blobs, reached, release } = stoppingBlobs();
    const rebuilding = Promise.allSettled([rebuild(blobs)]);
    await reached;
    await database.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = 'pygent-rebuild' AND datname = current_database()`,
    );
    release();
    expect(await rebuilding).toMatchObject([{ status: 'rejected', reason: { code: 'DATABASE_UNAVAILABLE' } }]);
    expect(await contents()).toEqual(before);
    await live(1_002);
    await rebuild();
  });

  it('leaves everything as it was where a payload is missing', async () => {
    await expect(rebuild(withGet(() => Promise.reject(new Error('gone'))))).rejects.toThrow('gone');
    expect(await contents()).toEqual(before);
  });

  it('takes turns with another rebuild, with those who write, and with those who catch up', async () => {
    await damage();
    const stop = keepCatchUps();
    await Promise.all([rebuild(), rebuild(), ...Array.from({ length: 10 }, (_, number) => live(2_000 + number))]);
    await caughtUp();
    await stop();
    const after = await contents();
    for (const table of inlineTables) expect(after[table]).toEqual(expect.arrayContaining([...before[table]!]));
    await rebuild();
    expect(await contents()).toEqual(after);
  });
});
