import { renameSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, describe, expect, it, vi } from 'vitest';

import { type FactoryProcess, openWorkplace } from '../support/factory-process.ts';
import { execute } from '../support/database-setup.ts';
import { canMount, onSmallDisk, smallDiskOf } from '../support/full-disk.ts';
import { createTestDatabase, databaseUrl, testServer } from '../support/test-database.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const LONG = { timeout: 60_000, interval: 50 };
const place = openWorkplace();
afterAll(() => place.clear());

/** Status of a read; what is no answer of a healthy factory must be a well-made 503. */
async function readStatus(factory: FactoryProcess): Promise<number> {
  const response = await factory.request('/api/v1/tasks');
  const body = (await response.json()) as { code?: string };
  if (response.status === 200) return 200;
  expect([response.status, body.code]).toEqual([503, 'DATABASE_UNAVAILABLE']);
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
  return 503;
}

async function submit(factory: FactoryProcess, input: string): Promise<string> {
  return (await factory.client.tasks.submit({ agent: 'librarian', input })).id;
}

describe('a database that goes away', () => {
  it('and comes back, is waited for: reads say 503 and when to ask again, and nothing is lost', async () => {
    const factory = await place.up();
    const before = await submit(factory, 'What is 2 + 2?');
    process.kill(factory.postmaster, 'SIGKILL');
    await expect.poll(() => readStatus(factory), LONG).toBe(503);
    await expect.poll(() => readStatus(factory), LONG).toBe(200);
    const after = await submit(factory, 'What is 3 + 3?');
    for (const id of [before, after]) {
      await expect.poll(async () => (await factory.client.tasks.get(id)).state, LONG).toBe('completed');
    }
    expect(factory.child.exitCode).toBe(null);
    const { exitCode } = await factory.stop();
    expect(exitCode).toBe(0);
  });

  it('with its folder, ends the factory with code 1 and the reason', async () => {
    const factory = await place.up();
    // Moved and not removed, which a server that writes meanwhile could leave undone.
    renameSync(join(place.dataDir, 'postgres'), join(place.folder, 'removed'));
    const { exitCode, stdout } = await factory.ended;
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/\nStopping: \S+postgres\S+ is gone: the data folder was removed or damaged\.\n$/);
    // What lies beside it is still there for a restore.
    expect(await place.up().then((again) => again.stop())).toMatchObject({ exitCode: 0 });
  });

  it('on a server of its own, is waited for as long as it takes', async () => {
    const database = await createTestDatabase();
    const other = openWorkplace();
    const { name } = database;
    const admin = (statement: string) => execute(testServer().connection, statement);
    const terminate = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`;
    const factory = await other.up({ DATABASE_URL: databaseUrl(database) });
    // Renamed, it can't be found; whoever connects in between is ended again.
    await expect
      .poll(async () => {
        await admin(terminate);
        return admin(`ALTER DATABASE ${name} RENAME TO ${name}_away`).then(
          () => 'away',
          () => 'in use',
        );
      }, LONG)
      .toBe('away');
    expect(await readStatus(factory)).toBe(503);
    expect((await factory.request('/health/ready')).status).toBe(503);
    expect((await factory.request('/health/live')).status).toBe(200);
    await admin(`ALTER DATABASE ${name}_away RENAME TO ${name}`);
    await expect.poll(() => readStatus(factory), LONG).toBe(200);
    const id = await submit(factory, 'What is 4 + 4?');
    await expect.poll(async () => (await factory.client.tasks.get(id)).state, LONG).toBe('completed');
    expect(await factory.stop()).toMatchObject({ exitCode: 0 });
    await database.close();
    await other.clear();
  });
});

describe('a disk that fills up', () => {
  // requirement: R-BAD-DISK-FULL
  it.skipIf(!canMount)(
    'refuses tasks with a code, loses none that it took, and goes on when there is room',
    async () => {
      const small = openWorkplace();
      const factory = await small.up({}, { prefix: onSmallDisk(small.folder, 100) });
      const disk = smallDiskOf(factory.child.pid ?? 0, small.folder);
      const taken = [await submit(factory, 'What is 5 + 5?')];
      const refusals = new Set<string>();
      disk.fill();
      const trySubmit = async (): Promise<boolean> => {
        const body = JSON.stringify({ agent: 'librarian', input: `What is 6 + 6? ${'x'.repeat(50_000)}` });
        const headers = { 'content-type': 'application/json' };
        const response = await factory.request('/api/v1/tasks', { method: 'POST', body, headers });
        const answer = (await response.json()) as { id: string; code: string };
        if (response.status === 202) taken.push(answer.id);
        else refusals.add(`${response.status} ${answer.code}`);
        return response.status === 202;
      };
      await expect.poll(trySubmit, LONG).toBe(false);
      disk.fill();
      for (let tries = 0; tries < 10; tries += 1) await trySubmit();
      disk.relieve();
      await expect.poll(trySubmit, LONG).toBe(true);
      for (const refusal of refusals) expect(['507 STORAGE_FULL', '503 DATABASE_UNAVAILABLE']).toContain(refusal);
      for (const id of taken) {
        await expect.poll(async () => (await factory.client.tasks.get(id)).state, LONG).toBe('completed');
      }
      expect(await factory.stop()).toMatchObject({ exitCode: 0 });
      await small.clear();
    },
  );
});
