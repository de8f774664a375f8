import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { silentLog } from '../../../tests/support/silent-log.ts';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.ts';
import { newWorkerId } from '../../kernel/ids.ts';
import type { Job, WorkerIdentity } from '../../kernel/ports/job-queue.ts';
import { createPool } from '../database/pool.ts';
import { createPgBossJobQueue, type PgBossJobQueue } from './pg-boss-job-queue.ts';

let database: TestDatabase;
let queue: PgBossJobQueue;
/** The queue of another process. */
let other: PgBossJobQueue;
beforeAll(async () => {
  database = await createTestDatabase({ poolSize: 6 });
  const onError = (error: Error) => expect.unreachable(error.message);
  queue = await createPgBossJobQueue({ pool: database.pool, onError });
  other = await createPgBossJobQueue({ pool: database.pool, onError });
});
afterAll(async () => {
  await Promise.all([queue.close(), other.close()]);
  await database.close();
});
beforeEach(() => database.pool.query('TRUNCATE claims, workers; DELETE FROM pgboss.job'));

const job = (subject: string, options: Omit<Job, 'queue' | 'subject'> = {}): Job => ({
  queue: 'advance',
  subject,
  ...options,
});
const AGAIN = { again: true };
const NOT_AGAIN = { again: false };

async function worker(): Promise<WorkerIdentity> {
  const identity = { id: newWorkerId(), host: 'here', pid: 1 };
  await queue.heartbeat(identity);
  return identity;
}

/** Sets back the time at which the worker was last heard of. */
async function silence({ id }: WorkerIdentity, seconds: number): Promise<void> {
  await database.pool.query("UPDATE workers SET heartbeat_at = now() - $2 * interval '1 second' WHERE id = $1", [
    id,
    seconds,
  ]);
}

/** Makes what is not due yet due. */
const passTime = () => database.pool.query("UPDATE pgboss.job SET start_after = now() - interval '1 second'");

async function count(from: 'claims' | 'workers' | 'pgboss.job'): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>(`SELECT count(*)::int FROM ${from}`);
  return rows[0]?.count ?? 0;
}

describe('claim', () => {
  it('gives every job to one of many workers, in many processes, at once', async () => {
    const subjects = Array.from({ length: 100 }, (_, number) => `exec_${number}`);
    await queue.enqueue(subjects.map((subject) => job(subject)));
    const workers = await Promise.all(Array.from({ length: 12 }, worker));
    const taken: string[] = [];
    const work = async (identity: WorkerIdentity, number: number): Promise<void> => {
      for (;;) {
        const claimed = await (number % 2 === 0 ? queue : other).claim(identity, 7);
        expect(claimed.again).toEqual([]);
        expect(claimed.taken.length).toBeLessThanOrEqual(7);
        if (claimed.taken.length === 0) return;
        taken.push(...claimed.taken);
      }
    };
    await Promise.all(workers.map(work));
    expect(taken.toSorted()).toEqual(subjects.toSorted());
    expect([await count('claims'), await count('pgboss.job')]).toEqual([100, 0]);
  });

  it('takes doubled jobs as one', async () => {
    await queue.enqueue([job('x'), job('x'), job('y')]);
    const { taken } = await queue.claim(await worker(), 10);
    expect(taken.toSorted()).toEqual(['x', 'y']);
    expect(await count('pgboss.job')).toBe(0);
  });

  it('tells a worker of a job for what it holds already', async () => {
    const one = await worker();
    await queue.enqueue([job('x')]);
    await queue.claim(one, 10);
    await queue.enqueue([job('x'), job('y')]);
    expect(await queue.claim(one, 10)).toMatchObject({ taken: ['y'], again: ['x'] });
    expect(await count('pgboss.job')).toBe(0);
  });

  it('leaves a job for what another holds until later', async () => {
    const [one, two] = [await worker(), await worker()];
    await queue.enqueue([job('x')]);
    await queue.claim(one, 10);
    await queue.enqueue([job('x')]);
    expect(await other.claim(two, 10)).toMatchObject({ taken: [], again: [] });
    expect(await other.claim(two, 10)).toMatchObject({ taken: [], again: [] });
    await queue.release(one, ['x'], NOT_AGAIN);
    await passTime();
    expect((await other.claim(two, 10)).taken).toEqual(['x']);
  });

  it('waits for the time of a job', async () => {
    const one = await worker();
    await queue.enqueue([job('later', { startAfter: new Date(Date.now() + 3_600_000) }), job('now')]);
    expect((await queue.claim(one, 10)).taken).toEqual(['now']);
    await passTime();
    expect((await queue.claim(one, 10)).taken).toEqual(['later']);
  });

  it('takes the larger priority first, then the older', async () => {
    const one = await worker();
    for (const [subject, priority] of Object.entries({ a: 0, b: 5, c: 5, d: -1 })) {
      await queue.enqueue([job(subject, { priority })]);
    }
    const order: string[] = [];
    for (let number = 0; number < 4; number += 1) order.push(...(await queue.claim(one, 1)).taken);
    expect(order).toEqual(['b', 'c', 'a', 'd']);
  });

  it('needs no second connection while it holds one, from its first call on', async () => {
    const pool = createPool(database.connection, { log: silentLog, size: 2 });
    const small = await createPgBossJobQueue({ pool, onError: (error) => expect.unreachable(error.message) });
    const identities = await Promise.all(Array.from({ length: 8 }, worker));
    await queue.enqueue(Array.from({ length: 16 }, (_, number) => job(`exec_${number}`)));
    const claims = await Promise.all(identities.map((identity) => small.claim(identity, 2)));
    expect(claims.flatMap(({ taken }) => taken)).toHaveLength(16);
    await Promise.all(identities.map((identity) => small.leave(identity)));
    await small.close();
    await pool.end();
  });
});

describe('release', () => {
  it('ends a claim, and makes it due again where that is wanted', async () => {
    const one = await worker();
    await queue.enqueue([job('x'), job('y')]);
    await queue.claim(one, 10);
    await queue.release(one, ['x'], NOT_AGAIN);
    await queue.release(one, ['y'], AGAIN);
    expect((await other.claim(await worker(), 10)).taken).toEqual(['y']);
  });

  it('makes due again what a job came for meanwhile, though nobody asks for it', async () => {
    const one = await worker();
    await queue.enqueue([job('x'), job('y')]);
    await queue.claim(one, 10);
    await queue.enqueue([job('x')]);
    expect(await queue.claim(one, 10)).toEqual({ taken: [], again: ['x'] });
    // The job is gone: from here on only the claim knows that it came.
    expect(await count('pgboss.job')).toBe(0);
    await queue.release(one, ['x', 'y'], NOT_AGAIN);
    expect((await other.claim(await worker(), 10)).taken).toEqual(['x']);
  });

  it('does not touch what another holds', async () => {
    const [one, two] = [await worker(), await worker()];
    await queue.enqueue([job('x')]);
    await queue.claim(one, 10);
    await queue.release(two, ['x', 'never'], AGAIN);
    expect([await count('claims'), await count('pgboss.job')]).toEqual([1, 0]);
  });
});

describe('recover', () => {
  it('makes the claims of silent workers due again, once, and leaves those of the living', async () => {
    const [dead, alive, one, two] = [await worker(), await worker(), await worker(), await worker()];
    await queue.enqueue([job('x')]);
    await queue.claim(dead, 10);
    await queue.enqueue([job('y')]);
    await queue.claim(alive, 10);
    await silence(dead, 4);
    await silence(alive, 2);
    let wakes = 0;
    const stop = queue.onWake(() => (wakes += 1));
    const found = await Promise.all([
      queue.recover(one, { soleOwner: false }),
      queue.recover(two, { soleOwner: false }),
    ]);
    stop();
    expect(found.includes(0) && found.includes(1)).toBe(true);
    expect(wakes).toBe(1);
    expect((await queue.claim(one, 10)).taken).toEqual(['x']);
    expect(await count('workers')).toBe(3);
  });

  it('takes a worker for dead that nobody knows', async () => {
    const unknown = { id: newWorkerId(), host: 'here', pid: 2 };
    await queue.enqueue([job('x')]);
    await queue.claim(unknown, 10);
    expect(await queue.recover(await worker(), { soleOwner: false })).toBe(1);
  });

  it('takes every other for dead where the process is the only one, but never itself', async () => {
    const [before, one] = [await worker(), await worker()];
    await queue.enqueue([job('x')]);
    await queue.claim(before, 10);
    await queue.enqueue([job('y')]);
    await queue.claim(one, 10);
    await silence(one, 60);
    expect(await queue.recover(one, { soleOwner: true })).toBe(1);
    expect((await queue.claim(one, 10)).taken).toEqual(['x']);
    expect([await count('claims'), await count('workers')]).toEqual([2, 1]);
  });

  it('lets a worker live that speaks again', async () => {
    const [one, two] = [await worker(), await worker()];
    await silence(one, 60);
    await queue.heartbeat(one);
    await queue.enqueue([job('x')]);
    await queue.claim(one, 10);
    expect(await queue.recover(two, { soleOwner: false })).toBe(0);
  });
});

describe('leave', () => {
  it('forgets the worker and makes its claims due for others', async () => {
    const one = await worker();
    await queue.enqueue([job('x'), job('y')]);
    await queue.claim(one, 10);
    await queue.leave(one);
    expect([await count('claims'), await count('workers')]).toEqual([0, 0]);
    expect((await other.claim(await worker(), 10)).taken.toSorted()).toEqual(['x', 'y']);
  });
});

describe('a job', () => {
  it('carries the name of what to look at, and nothing else', async () => {
    await queue.enqueue([job('exec_1', { priority: 3 })]);
    const { rows } = await database.pool.query('SELECT name, data, priority, output FROM pgboss.job');
    expect(rows).toEqual([{ name: 'advance', data: { subject: 'exec_1' }, priority: 3, output: null }]);
  });

  it('wakes those who listen in its process', async () => {
    let wakes = 0;
    const stop = queue.onWake(() => (wakes += 1));
    await queue.enqueue([job('x')]);
    queue.wake();
    stop();
    queue.wake();
    expect(wakes).toBe(2);
  });

  it('is not there where the transaction it belongs to is rolled back', async () => {
    const client = await database.pool.connect();
    await client.query('BEGIN');
    await queue.enqueueWith([job('x')], (text, values) => client.query(text, values));
    await client.query('ROLLBACK');
    client.release();
    expect(await count('pgboss.job')).toBe(0);
  });
});
