import { PgBoss } from 'pg-boss';
import type { Pool, PoolClient } from 'pg';

import type { Claimed, Job, JobQueue, WorkerIdentity } from '../../kernel/ports/job-queue.ts';

const QUEUE = 'advance';
/** A worker that was not heard of for this long is dead. */
const DEAD_AFTER_MILLISECONDS = 3_000;
/** A job for something that another worker holds is looked at again after this long. */
const HELD_ELSEWHERE_MILLISECONDS = 1_000;

type ExecuteSql = (text: string, values?: unknown[]) => Promise<{ rows: unknown[] }>;

export interface PgBossJobQueue extends JobQueue {
  /** Inserts jobs with the given statement runner, so that they share its transaction. */
  enqueueWith(jobs: readonly Job[], executeSql: ExecuteSql): Promise<void>;
  /** Tells listeners in this process that jobs may be due. */
  wake(): void;
  close(): Promise<void>;
}

/**
 * Dispatch by pg-boss. A job is turned into a claim in one transaction (fetched, claimed, deleted),
 * so that from then on only the claim says who works on what; a dead worker's claims become jobs
 * again. Claims are committed without waiting for the disk: what a crash of the database forgets
 * of them is a job that comes back, and the event log's key fences whoever comes second.
 */
export async function createPgBossJobQueue(dependencies: {
  readonly pool: Pool;
  readonly onError: (error: Error) => void;
}): Promise<PgBossJobQueue> {
  const { pool } = dependencies;
  const boss = new PgBoss({ db: { executeSql: (text, values) => pool.query(text, values) }, schedule: false });
  boss.on('error', dependencies.onError);
  await boss.start();
  await boss.createQueue(QUEUE, { policy: 'standard', expireInSeconds: 60, retryLimit: 1_000_000, retryDelay: 1 });
  const listeners = new Set<() => void>();
  const wake = (): void => {
    for (const listener of listeners) listener();
  };

  const enqueueWith = async (jobs: readonly Job[], executeSql: ExecuteSql): Promise<void> => {
    if (jobs.length === 0) return;
    const rows = jobs.map((job) => ({
      data: { subject: job.subject },
      priority: job.priority ?? 0,
      ...(job.startAfter === undefined ? {} : { startAfter: job.startAfter }),
    }));
    await boss.insert(QUEUE, rows, { db: { executeSql } });
  };

  const again = (subjects: readonly string[], client: PoolClient, startAfter?: Date): Promise<void> =>
    enqueueWith(
      subjects.map((subject) => ({ queue: QUEUE, subject, ...(startAfter === undefined ? {} : { startAfter }) })),
      (text, values) => client.query(text, values),
    );

  return {
    enqueueWith,
    wake,
    async enqueue(jobs) {
      await enqueueWith(jobs, (text, values) => pool.query(text, values));
      wake();
    },
    claim: (worker, limit) =>
      transaction(pool, async (client) => {
        const db = { executeSql: (text: string, values?: unknown[]) => client.query(text, values) };
        const jobs = await boss.fetch<{ subject: string }>(QUEUE, { batchSize: limit, db });
        if (jobs.length === 0) return { taken: [], again: [] };
        const subjects = [...new Set(jobs.map((job) => job.data.subject))];
        const claimed = await claimSubjects(client, worker, subjects);
        await again(claimed.elsewhere, client, new Date(Date.now() + HELD_ELSEWHERE_MILLISECONDS));
        await boss.deleteJob(
          QUEUE,
          jobs.map((job) => job.id),
          { db },
        );
        return claimed;
      }),
    release: (worker, subjects, options) =>
      transaction(pool, async (client) => {
        const { rows } = await client.query<{ execution_id: string }>(
          'DELETE FROM claims WHERE worker_id = $1 AND execution_id = ANY($2::text[]) RETURNING execution_id',
          [worker.id, subjects],
        );
        if (options.again)
          await again(
            rows.map((row) => row.execution_id),
            client,
          );
      }),
    async heartbeat(worker) {
      await pool.query(
        `INSERT INTO workers (id, host, pid, heartbeat_at) VALUES ($1, $2, $3, now())
         ON CONFLICT (id) DO UPDATE SET heartbeat_at = now()`,
        [worker.id, worker.host, worker.pid],
      );
    },
    async recover(worker, options) {
      const recovered = await transaction(pool, async (client) => {
        const { rows } = await client.query<{ execution_id: string }>(
          `WITH dead AS (
             DELETE FROM workers WHERE id <> $1 AND ($2 OR heartbeat_at < now() - $3 * interval '1 millisecond')
             RETURNING id)
           DELETE FROM claims WHERE worker_id <> $1
             AND (worker_id IN (SELECT id FROM dead) OR worker_id NOT IN (SELECT id FROM workers))
           RETURNING execution_id`,
          [worker.id, options.soleOwner, DEAD_AFTER_MILLISECONDS],
        );
        await again(
          rows.map((row) => row.execution_id),
          client,
        );
        return rows.length;
      });
      if (recovered > 0) wake();
      return recovered;
    },
    leave: (worker) =>
      transaction(pool, async (client) => {
        const { rows } = await client.query<{ execution_id: string }>(
          'DELETE FROM claims WHERE worker_id = $1 RETURNING execution_id',
          [worker.id],
        );
        await again(
          rows.map((row) => row.execution_id),
          client,
        );
        await client.query('DELETE FROM workers WHERE id = $1', [worker.id]);
      }),
    onWake(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      await boss.stop({ graceful: false, close: false });
    },
  };
}

async function claimSubjects(
  client: PoolClient,
  worker: WorkerIdentity,
  subjects: readonly string[],
): Promise<Claimed & { readonly elsewhere: readonly string[] }> {
  const { rows } = await client.query<{ execution_id: string }>(
    `INSERT INTO claims (execution_id, worker_id, claimed_at) SELECT id, $1, now() FROM unnest($2::text[]) AS id
     ON CONFLICT (execution_id) DO NOTHING RETURNING execution_id`,
    [worker.id, subjects],
  );
  const taken = rows.map((row) => row.execution_id);
  const held = subjects.filter((subject) => !taken.includes(subject));
  if (held.length === 0) return { taken, again: [], elsewhere: [] };
  const own = await client.query<{ execution_id: string }>(
    'SELECT execution_id FROM claims WHERE worker_id = $1 AND execution_id = ANY($2::text[])',
    [worker.id, held],
  );
  const mine = new Set(own.rows.map((row) => row.execution_id));
  return { taken, again: [...mine], elsewhere: held.filter((subject) => !mine.has(subject)) };
}

async function transaction<Result>(pool: Pool, run: (client: PoolClient) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN; SET LOCAL synchronous_commit = off');
    const result = await run(client);
    await client.query('COMMIT');
    client.release();
    return result;
  } catch (error) {
    // Closing the connection rolls back, whatever state it was left in.
    client.release(true);
    throw error;
  }
}
