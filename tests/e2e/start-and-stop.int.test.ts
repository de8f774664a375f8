import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, expect, it, vi } from 'vitest';

import { openWorkplace } from '../support/factory-process.ts';
import { isAlive } from '../support/owner-process.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const place = openWorkplace();
afterAll(() => place.clear());
const inData = (name: string) => join(place.dataDir, name);
const agentNames = async (factory: Awaited<ReturnType<typeof place.up>>) =>
  (await factory.client.agents.list()).items.map(({ name }) => name);

// In the order of a user's first day: each test starts where the one before ended.

// requirement: R-START-FIRST
// requirement: R-START-KEY-FILE
it('tells at the first start, in under ten lines, all that one needs to go on', async () => {
  const factory = await place.up();
  const lines = factory.stdout().trimEnd().split('\n');
  expect(lines.length).toBeLessThan(10);
  expect(factory.stderr()).toBe('');
  for (const wanted of [
    /ready at http:\/\/127\.0\.0\.1:\d+$/,
    /^ {2}model +Local Rules \(not an LLM\): no key found$/,
    /^ {2}data +\S+\.pygent \(embedded PostgreSQL 18\.\d+\)$/,
    /^ {2}key +pygent_[\w-]+ \(kept in \S+admin-key\)$/,
    /^ {2}try +npx pygent run librarian ".+"$/,
    /^ {2}stop +Ctrl-C$/,
  ]) {
    expect(lines.filter((line) => wanted.test(line))).toHaveLength(1);
  }
  expect(factory.stdout()).toContain(factory.key);
  for (const secret of ['admin-key', 'secret-key']) expect(statSync(inData(secret)).mode & 0o777).toBe(0o600);
  expect(await agentNames(factory)).toEqual(['librarian']);
  const found = await place.pygent(['agents', 'list', '--json']);
  expect([found.exitCode, found.stderr]).toEqual([0, '']);
  expect(await factory.stop()).toMatchObject({ exitCode: 0, stderr: '' });
  expect(existsSync(inData('server.json'))).toBe(false);
  expect(isAlive(factory.postmaster)).toBe(false);
});

it('starts a second time with the same key and agents, and shows no key', async () => {
  const factory = await place.up();
  expect(factory.stdout()).not.toMatch(/^ +key/m);
  expect(await agentNames(factory)).toEqual(['librarian']);
  await factory.client.agents.delete('librarian', {});
  expect(await factory.stop()).toMatchObject({ exitCode: 0 });
});

it('is there again after kill -9, its database with it, and brings back no agent that was deleted', async () => {
  const killed = await place.up();
  await killed.kill();
  const stale = readFileSync(inData('server.json'), 'utf8');
  expect(stale).toContain(killed.url);
  const away = await place.pygent(['agents', 'list']);
  expect(away).toMatchObject({ exitCode: 5, stdout: '' });
  expect(away.stderr).toContain(`No factory answers at ${killed.url}`);
  const factory = await place.up();
  expect(await agentNames(factory)).toEqual([]);
  expect(await factory.stop()).toMatchObject({ exitCode: 0, stderr: '' });
});
