import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.ts';
import { newWorkerId } from '../../kernel/ids.ts';
import { createPgBossJobQueue } from './pg-boss-job-queue.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(() => database.pool.query('DROP SCHEMA IF EXISTS pgboss CASCADE; TRUNCATE claims, executions'));

/** Opens a queue as a start does; answers what a worker gets then. */
async function openAndClaim(): Promise<readonly string[]> {
  const queue = await createPgBossJobQueue({
    pool: database.pool,
    onError: (error) => expect.unreachable(error.message),
  });
  const { taken } = await queue.claim({ id: newWorkerId(), host: 'here', pid: 1 }, 100);
  await queue.close();
  return taken.toSorted();
}

async function insert(
  id: string,
  { status, over = false, wakeAt }: { status: string; over?: boolean; wakeAt?: string },
): Promise<void> {
  await database.pool.query(
    `INSERT INTO executions (id, tenant_id, task_id, agent_name, agent_version, status, primary_execution, wake_at, created_at, updated_at, ended_at)
     VALUES ($1, 'default', 'task', 'agent', 1, $2, true, $3, now(), now(), CASE WHEN $4 THEN now() END)`,
    [id, status, wakeAt ?? null, over],
  );
}

async function insertAll(): Promise<void> {
  await insert('running', { status: 'running' });
  await insert('asleep', { status: 'suspended', wakeAt: '2099-01-01' });
  await insert('waiting-for-a-person', { status: 'suspended' });
  await insert('over', { status: 'completed', over: true });
}

describe('a job queue that is opened', () => {
  it('makes jobs of everything unfinished where there was none before, as after a restore', async () => {
    await insertAll();
    expect(await openAndClaim()).toEqual(['asleep', 'running', 'waiting-for-a-person']);
  });

  it('makes jobs later of what should have one or a claim, and of nothing twice', async () => {
    await openAndClaim();
    await insertAll();
    await database.pool.query(`INSERT INTO claims VALUES ('running', 'somebody', now())`);
    expect(await openAndClaim()).toEqual(['asleep']);
    expect(await openAndClaim()).toEqual([]);
    await database.pool.query('TRUNCATE claims');
    expect(await openAndClaim()).toEqual(['asleep', 'running']);
  });
});
