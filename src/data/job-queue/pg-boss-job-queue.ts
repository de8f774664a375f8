import { ERRORS } from '#contract';
import { PgBoss } from 'pg-boss';
import type { Pool, PoolClient } from 'pg';

import { AppError } from '../../kernel/errors.ts';
import type { Claimed, Job, JobQueue, WorkerIdentity } from '../../kernel/ports/job-queue.ts';
import type { AppendQueue } from '../event-store/index.ts';
import { forgottenExecutions, isFirstQueue } from './forgotten-executions.ts';
import {
  claimNew,
  dropClaims,
  dropClaimsBut,
  dropClaimsOfOthers,
  dropNamedClaims,
  endClaims,
  takeClaims,
} from './claims.ts';
import { Takers } from './takers.ts';

const QUEUE = 'advance';
/** A job for something that another worker holds is looked at again after this long. */
const HELD_ELSEWHERE_MILLISECONDS = 1_000;

type ExecuteSql = (text: string, values?: unknown[]) => Promise<{ rows: unknown[] }>;

export interface PgBossJobQueue extends JobQueue, AppendQueue {
  close(): Promise<void>;
}

interface JobQueueDependencies {
  readonly pool: Pool;
  /** Told of what pg-boss meets in its upkeep, which it repeats every few seconds. */
  readonly onError: (error: Error) => void;
  /** Told when a statement of that upkeep went through. */
  readonly onAnswer?: () => void;
}

/**
 * Dispatch by pg-boss. A job is turned into a claim in one transaction (fetched, claimed, deleted),
 * so that from then on only the claim says who works on what; a dead worker's claims become jobs
 * again. What is new is claimed in the append that makes it where a worker of this process has room,
 * and the append that ends it ends the claim. Claims are committed without waiting for the disk: what a crash of the database forgets
 * of them is a job that comes back, and the event log's key fences whoever comes second. Opening it
 * makes jobs for executions that have been forgotten, such as by a restore.
 */
export async function createPgBossJobQueue(dependencies: JobQueueDependencies): Promise<PgBossJobQueue> {
  const { pool } = dependencies;
  const jobs = await openJobs(dependencies);
  const listeners = new Set<() => void>();
  const takers = new Takers();
  const wake = (): void => {
    for (const listener of listeners) listener();
  };
  return {
    claimNew,
    endClaims,
    enqueueWith: (due, executeSql) => jobs.insert(due, executeSql),
    reserve: (due) => takers.reserve(due),
    offerNew: (taker) => takers.add(taker),
    wake,
    async enqueue(due) {
      await jobs.insert(due, (text, values) => pool.query(text, values));
      wake();
    },
    claim: (worker, limit) => transaction(pool, (client) => jobs.claim(client, { worker, limit })),
    // oxlint-disable-next-line max-params -- as the port has it
    release: (worker, subjects, options) =>
      transaction(pool, async (client) => {
        const dropped = await dropNamedClaims(client, { worker, subjects });
        const due = dropped.filter(({ woken }) => options.again || woken).map(({ subject }) => subject);
        if (due.length === 0) return;
        // Forgotten, it would leave a claim that this worker, alive, no longer works on, and no job.
        await client.query('SET LOCAL synchronous_commit = on');
        await jobs.insertAgain(client, { subjects: due });
      }),
    async heartbeat(worker) {
      await pool.query(
        `INSERT INTO workers (id, host, pid, heartbeat_at) VALUES ($1, $2, $3, now())
         ON CONFLICT (id) DO UPDATE SET heartbeat_at = now()`,
        [worker.id, worker.host, worker.pid],
      );
    },
    async recover(worker, { soleOwner, holding }) {
      const freed = await transaction(pool, async (client) => {
        const own = holding === undefined ? [] : await dropClaimsBut(client, { worker, holding });
        const subjects = [...own, ...(await dropClaimsOfOthers(client, { worker, soleOwner }))];
        await jobs.insertAgain(client, { subjects });
        return subjects;
      });
      if (freed.length > 0) wake();
      return freed.length;
    },
    leave: (worker) =>
      transaction(pool, async (client) => {
        await jobs.insertAgain(client, { subjects: await dropClaims(client, { worker }) });
        await client.query('DELETE FROM workers WHERE id = $1', [worker.id]);
      }),
    onWake(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => jobs.stop(),
  };
}

async function openJobs(dependencies: JobQueueDependencies): Promise<BossJobs> {
  const { pool } = dependencies;
  // After a restore the log knows of executions that no job knows of.
  const isFirst = await isFirstQueue(pool);
  const jobs = new BossJobs(await startBoss(dependencies));
  const forgotten = await forgottenExecutions(pool, { all: isFirst });
  await jobs.insert(
    forgotten.map((subject) => ({ queue: QUEUE, subject })),
    (text, values) => pool.query(text, values),
  );
  return jobs;
}

async function startBoss({ pool, onError, onAnswer }: JobQueueDependencies): Promise<PgBoss> {
  const executeSql: ExecuteSql = async (text, values) => {
    const answer = await pool.query(text, values);
    onAnswer?.();
    return answer;
  };
  const boss = new PgBoss({ db: { executeSql }, schedule: false });
  boss.on('error', (error) => onError(toError(error)));
  await boss.start();
  await boss.createQueue(QUEUE, { policy: 'standard', expireInSeconds: 60, retryLimit: 1_000_000, retryDelay: 1 });
  return boss;
}

/** pg-boss tells some errors as plain objects that hold what was in them. */
function toError(told: Error | Pick<AppError, 'code' | 'message'>): Error {
  if (told instanceof Error) return told;
  return new AppError(told.code in ERRORS ? told.code : 'INTERNAL', told.message, { cause: told });
}

/** The jobs as pg-boss keeps them, each statement in a transaction of the caller's. */
class BossJobs {
  readonly #boss: PgBoss;

  constructor(boss: PgBoss) {
    this.#boss = boss;
  }

  async insert(jobs: readonly Job[], executeSql: ExecuteSql): Promise<void> {
    if (jobs.length === 0) return;
    const rows = jobs.map((job) => ({
      data: { subject: job.subject },
      priority: job.priority ?? 0,
      ...(job.startAfter === undefined ? {} : { startAfter: job.startAfter }),
    }));
    await this.#boss.insert(QUEUE, rows, { db: { executeSql } });
  }

  async insertAgain(
    client: PoolClient,
    { subjects, startAfter }: { readonly subjects: readonly string[]; readonly startAfter?: Date },
  ): Promise<void> {
    const later = startAfter === undefined ? {} : { startAfter };
    await this.insert(
      subjects.map((subject) => ({ queue: QUEUE, subject, ...later })),
      (text, values) => client.query(text, values),
    );
  }

  /** Fetches due jobs, claims their subjects for the worker, and deletes them. */
  async claim(
    client: PoolClient,
    { worker, limit }: { readonly worker: WorkerIdentity; readonly limit: number },
  ): Promise<Claimed> {
    const db = { executeSql: (text: string, values?: unknown[]) => client.query(text, values) };
    const jobs = await this.#boss.fetch<{ subject: string }>(QUEUE, { batchSize: limit, db });
    if (jobs.length === 0) return { taken: [], again: [] };
    const subjects = [...new Set(jobs.map((job) => job.data.subject))];
    const { elsewhere, ...claimed } = await takeClaims(client, { worker, subjects });
    const startAfter = new Date(Date.now() + HELD_ELSEWHERE_MILLISECONDS);
    await this.insertAgain(client, { subjects: elsewhere, startAfter });
    const ids = jobs.map((job) => job.id);
    await this.#boss.deleteJob(QUEUE, ids, { db });
    return claimed;
  }

  async stop(): Promise<void> {
    await this.#boss.stop({ graceful: false, close: false });
  }
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
