import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { Client, type ClientConfig } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { openMutedProxy } from '../../../tests/support/muted-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.ts';
import { openTestEventStore, type TestEventStore } from '../../../tests/support/test-event-store.ts';
import { DEFAULT_TENANT } from '../../kernel/ids.ts';
import type { Claim, Job } from '../../kernel/ports/job-queue.ts';
import type { InlineProjection, ProjectedEvent } from '../../kernel/projection.ts';
import { createPgBossJobQueue, type PgBossJobQueue } from '../job-queue/index.ts';
import type { AppendQueue } from './append-queue.ts';
import type { PgEventStoreDependencies } from './pg-event-store.ts';

let database: TestDatabase;
let queue: PgBossJobQueue;
let log: TestEventStore | undefined;
beforeAll(async () => {
  database = await createTestDatabase();
  queue = await createPgBossJobQueue({ pool: database.pool, onError: (error) => expect.unreachable(error.message) });
  await database.pool.query('CREATE TABLE seen (stream_id text, version int, PRIMARY KEY (stream_id, version))');
});
afterAll(async () => {
  await queue.close();
  await database.close();
});
beforeEach(() => database.pool.query('TRUNCATE events, seen; DELETE FROM pgboss.job'));
afterEach(async () => {
  await log?.close();
  log = undefined;
});

async function open(
  overrides: Partial<PgEventStoreDependencies> = {},
  queueOverrides: Partial<AppendQueue> = {},
): Promise<TestEventStore> {
  const own = { ...queue, ...queueOverrides };
  log = await openTestEventStore(database, { queue: own, projections: [seenProjection()], ...overrides });
  return log;
}

/** Notes every event, and whatever `also` adds to the batch. */
function seenProjection(
  also: (events: readonly ProjectedEvent[]) => string | undefined = () => undefined,
): InlineProjection {
  return {
    name: 'seen',
    handles: ['Happened'],
    tables: ['seen'],
    project: (events) => {
      const text = also(events);
      const insert = 'INSERT INTO seen SELECT * FROM unnest($1::text[], $2::int[])';
      const values = [events.map(({ streamId }) => streamId), events.map(({ version }) => version)];
      return [{ name: 'see', text: insert, values }, ...(text === undefined ? [] : [{ name: '', text, values: [] }])];
    },
  };
}

/** Pipelined connections to an address. */
const clientsOf = (connection: ClientConfig) => async (): Promise<Client> => {
  const config: ClientConfig & { readonly pipeline: boolean } = { ...connection, pipeline: true };
  const client = new Client(config);
  await client.connect();
  return client;
};

interface Append {
  readonly at?: number;
  readonly jobs?: readonly Job[];
  readonly ended?: readonly Claim[];
}

const append = (to: TestEventStore, streamId: string, { at = 0, jobs = [], ended = [] }: Append = {}) =>
  to.store.append({
    tenantId: DEFAULT_TENANT,
    metadata: { actor: 'key_1' },
    streams: [{ streamId, expectedVersion: at, events: [{ type: 'Happened', data: { streamId, at } }] }],
    jobs,
    ended,
  });
const job = (subject: string): Job => ({ queue: 'advance', subject });

async function column(query: string): Promise<string[]> {
  const { rows } = await database.pool.query<{ value: string }>(query);
  return rows.map(({ value }) => value).toSorted();
}
const events = () => column(`SELECT stream_id || version AS value FROM events`);
const seen = () => column(`SELECT stream_id || version AS value FROM seen`);
const jobs = () => column(`SELECT data->>'subject' AS value FROM pgboss.job`);

describe('a worker with room', () => {
  const isNew = (subject: string): Job => ({ ...job(subject), isNew: true });
  const claims = () => column('SELECT execution_id || worker_id AS value FROM claims');
  const told: string[] = [];
  let stop: () => void;
  beforeEach(async () => {
    told.length = 0;
    await database.pool.query('TRUNCATE claims');
    let room = 2;
    stop = queue.offerNew({
      identity: { id: '@w', host: 'here', pid: 1 },
      reserve: ({ length }) => {
        if (length > room) return false;
        room -= length;
        return true;
      },
      take: (subjects, stored) => told.push(`take ${subjects.join()} with ${stored.map(({ type }) => type).join()}`),
      giveUp: (subjects) => told.push(`give up ${subjects.join()}`),
    });
  });
  afterEach(() => stop());

  it('takes what is new in the append itself; what is not, and what it has no room for, goes to the queue', async () => {
    const to = await open();
    await append(to, 'a', { jobs: [isNew('x'), job('old'), isNew('y')] });
    await append(to, 'b', { jobs: [isNew('z')] });
    expect(await claims()).toEqual(['x@w', 'y@w']);
    expect(await jobs()).toEqual(['old', 'z']);
    expect(told).toEqual(['take x,y with Happened']);
  });

  it('takes nothing of an append that is refused, and gives its place up', async () => {
    const to = await open();
    await append(to, 'a');
    await expect(append(to, 'a', { jobs: [isNew('x')] })).rejects.toMatchObject({ code: 'CONCURRENCY_CONFLICT' });
    expect(await claims()).toEqual([]);
    expect(told).toEqual(['give up x']);
  });

  it("gives a claim up with the append that ends it, and nobody else's", async () => {
    const to = await open();
    await append(to, 'a', { jobs: [isNew('x'), isNew('y')] });
    const ended = [
      { subject: 'x', workerId: '@w' },
      { subject: 'y', workerId: '@other' },
    ];
    await append(to, 'b', { ended });
    expect(await claims()).toEqual(['y@w']);
  });
});

describe('jobs', () => {
  it('are stored with the events they follow from, and told of', async () => {
    let told = 0;
    const to = await open({}, { wake: () => (told += 1) });
    await Promise.all([
      append(to, 'a', { jobs: [job('x'), job('y')] }),
      append(to, 'b'),
      append(to, 'c', { jobs: [job('z')] }),
    ]);
    expect(await jobs()).toEqual(['x', 'y', 'z']);
    expect(await events()).toEqual(['a1', 'b1', 'c1']);
    expect(told).toBe(2);
  });

  it('of a refused append are not stored, those of its neighbours are', async () => {
    const to = await open();
    await append(to, 'a');
    const settled = await Promise.allSettled([
      append(to, 'a', { jobs: [job('no')] }),
      append(to, 'b\0', { jobs: [job('no')] }),
      append(to, 'c', { jobs: [job('yes')] }),
    ]);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    expect(await jobs()).toEqual(['yes']);
  });

  it('that the queue cannot make fail their append, and nothing of it is stored', async () => {
    const to = await open(
      {},
      {
        enqueueWith: async (wanted, executeSql) => {
          if (wanted.some(({ subject }) => subject === 'bad')) throw new Error('no such queue');
          await queue.enqueueWith(wanted, executeSql);
        },
      },
    );
    const settled = await Promise.allSettled([
      append(to, 'a', { jobs: [job('bad')] }),
      append(to, 'b', { jobs: [job('good')] }),
    ]);
    expect(settled).toMatchObject([{ reason: { message: 'no such queue' } }, { status: 'fulfilled' }]);
    expect(await events()).toEqual(['b1']);
    expect(await jobs()).toEqual(['good']);
  });

  it('that the database refuses fail their append, and nothing of it is stored', async () => {
    const to = await open(
      {},
      {
        enqueueWith: async ([first], executeSql) => {
          await executeSql('SELECT $1::int', [first?.subject]);
        },
      },
    );
    const settled = await Promise.allSettled([
      append(to, 'a', { jobs: [job('x')] }),
      append(to, 'b', { jobs: [job('7')] }),
    ]);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(await events()).toEqual(['b1']);
    expect(await seen()).toEqual(['b1']);
  });
});

describe('a projection that refuses', () => {
  it('fails its own append, as a lost race where somebody else holds the place', async () => {
    const to = await open();
    await database.pool.query(`INSERT INTO seen VALUES ('b', 1)`);
    const settled = await Promise.allSettled([append(to, 'a'), append(to, 'b'), append(to, 'c')]);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(settled[1]).toMatchObject({
      reason: { code: 'CONCURRENCY_CONFLICT', details: { constraint: 'seen_pkey' } },
    });
    expect(await events()).toEqual(['a1', 'c1']);
  });

  it('does not keep its turn, nor does an event that is refused: others go on', async () => {
    const to = await open({ projections: [seenProjection(() => 'SELECT 1 / 0')] });
    const other = await openTestEventStore(database);
    await expect(append(to, 'a')).rejects.toMatchObject({ code: '22012' });
    await append(other, 'a');
    await expect(append(to, 'a')).rejects.toMatchObject({ code: 'CONCURRENCY_CONFLICT' });
    await append(other, 'a', { at: 1 });
    await other.close();
  });
});

const KILL = 'SELECT pg_terminate_backend(pg_backend_pid())';

describe('a connection that breaks', () => {
  it('in the middle of a transaction: it is written again, once', async () => {
    let kills = 3;
    const to = await open({ projections: [seenProjection(() => (kills-- > 0 ? KILL : undefined))] });
    const recorded = await Promise.all([append(to, 'a', { jobs: [job('x')] }), append(to, 'b')]);
    expect(recorded.map(([event]) => event?.version)).toEqual([1, 1]);
    expect([await events(), await seen(), await jobs()]).toEqual([['a1', 'b1'], ['a1', 'b1'], ['x']]);
    expect(to.backends).toHaveLength(4);
  });

  it('at any moment under load: nothing is lost, doubled or out of its order', async () => {
    const to = await open();
    const load = { writing: true };
    const writers = Array.from({ length: 16 }, async (_, number) => {
      for (let at = 0; at < 40; at += 1) {
        await append(to, `w${number}-`, { at, jobs: at === 0 ? [job(`${number}`)] : [] });
      }
    });
    const done = Promise.all(writers).finally(() => (load.writing = false));
    const kill = async (pid: number) => database.pool.query('SELECT pg_terminate_backend($1)', [pid]);
    let kills = 0;
    for (; load.writing; kills += 1) {
      // One that has committed something: were it killed before, nobody would get on.
      const [connections, batches] = [to.backends.length, to.batches.length];
      await kill(to.backends.at(-1) ?? 0);
      while (load.writing && (to.backends.length === connections || to.batches.length === batches)) await nextTurn();
    }
    await done;
    expect(kills).toBeGreaterThan(3);
    const expected = Array.from({ length: 16 }, (_, number) =>
      Array.from({ length: 40 }, (__, index) => `w${number}-${index + 1}`),
    ).flat();
    expect(await events()).toEqual(expected.toSorted());
    expect(await seen()).toEqual(expected.toSorted());
    expect((await jobs()).length).toBe(16);
  });

  it('after the commit, before its answer: what is stored counts as stored, with its positions', async () => {
    const proxy = await openMutedProxy(database.connection);
    let mute = false;
    const to = await open({
      openClient: clientsOf(proxy.connection),
      projections: [
        seenProjection(() => {
          if (mute) proxy.mute();
          return undefined;
        }),
      ],
    });
    await append(to, 'warm');
    mute = true;
    const appended = Promise.all([append(to, 'a', { jobs: [job('x')] }), append(to, 'b')]);
    while ((await events()).length < 3);
    mute = false;
    proxy.cut();
    const recorded = (await appended).flat();
    const stored = await column('SELECT global_position::text AS value FROM events');
    expect(recorded.map(({ globalPosition }) => globalPosition.toString())).toEqual(stored.slice(1));
    expect([await seen(), await jobs()]).toEqual([['a1', 'b1', 'warm1'], ['x']]);
    await append(to, 'a', { at: 1 });
    await to.store.close();
    await proxy.close();
  });

  it('while the server goes on and commits late: what is stored counts as stored', async () => {
    const proxy = await openMutedProxy(database.connection);
    let slow = true;
    const to = await open({
      openClient: clientsOf(proxy.connection),
      projections: [seenProjection(() => (slow ? 'SELECT pg_sleep(0.5)' : undefined))],
    });
    const appended = Promise.all([append(to, 'a', { jobs: [job('x')] }), append(to, 'b')]);
    const sleeping = "SELECT query AS value FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
    while ((await column(sleeping)).length === 0);
    slow = false;
    proxy.cut();
    expect((await appended).map(([event]) => event?.version)).toEqual([1, 1]);
    expect([await events(), await seen(), await jobs()]).toEqual([['a1', 'b1'], ['a1', 'b1'], ['x']]);
    await to.store.close();
    await proxy.close();
  });

  it('for good: those on disk are told as stored, the others as refused', async () => {
    let connections = 0;
    const to = await open({
      openClient: async () => {
        if ((connections += 1) > 1) throw Object.assign(new Error('nobody there'), { code: 'ECONNREFUSED' });
        return clientsOf(database.connection)();
      },
      reconnectForMilliseconds: 150,
      projections: [seenProjection((batch) => (batch.length === 1 && batch[0]?.streamId === 'c' ? KILL : undefined))],
    });
    // The bad one makes the lane try each by itself; the third ends the connection.
    const settled = await Promise.allSettled([append(to, 'a'), append(to, 'b\0'), append(to, 'c'), append(to, 'd')]);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected']);
    expect(settled[3]).toMatchObject({ reason: { code: 'DATABASE_UNAVAILABLE' } });
    expect(await events()).toEqual(['a1']);
  });
});

const program = new URL('../../../tests/support/full-disk-appends-program.ts', import.meta.url).pathname;
const mountAndRun = 'mount -t tmpfs -o size=88M none "$1" && exec "$2" "$3" "$1"';
const canMount = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', tmpdir()]).status === 0;

describe('a full disk', () => {
  it.skipIf(!canMount)(
    'refuses appends with a code, loses none and halves none, and is forgotten when there is room',
    () => {
      const mount = mkdtempSync(join(tmpdir(), 'pygent-full-'));
      const command = ['--mount', 'sh', '-c', mountAndRun, 'sh', mount, process.execPath, program];
      const output = execFileSync('unshare', command, { encoding: 'utf8', timeout: 60_000 });
      rmdirSync(mount);
      const result = JSON.parse(output) as { codes: string[]; acknowledged: number; blobCode: string };
      expect(result).toMatchObject({ missing: [], unasked: [], afterwards: 1, blobCode: 'STORAGE_FULL' });
      expect(result.acknowledged).toBeGreaterThan(0);
      expect(result.codes).toContain('STORAGE_FULL');
      for (const code of result.codes) expect(['STORAGE_FULL', 'DATABASE_UNAVAILABLE']).toContain(code);
    },
    90_000,
  );
});
