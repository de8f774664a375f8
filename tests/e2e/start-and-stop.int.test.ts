import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, expect, it, vi } from 'vitest';

import { openWorkplace, READY } from '../support/factory-process.ts';
import { isAlive, untilGone } from '../support/owner-process.ts';
import { startProgram } from '../support/program.ts';
import { openRaw, readToEnd } from '../support/raw-http.ts';

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

it('ends with 130 at the second Ctrl-C, without waiting for what is under way', async () => {
  const factory = await place.up({ DRAIN_SECONDS: '600' });
  // A body that never comes is what holds a shutdown up.
  const head = `POST /api/v1/tasks HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${factory.key}\r\n`;
  const held = await openRaw(factory.url, `${head}content-type: application/json\r\ncontent-length: 9\r\n\r\n{`);
  const brokenOff = readToEnd(held);
  // Its request is being waited for once a later one has been answered.
  await factory.client.system.get();
  factory.child.kill('SIGINT');
  await expect.poll(() => existsSync(inData('server.json'))).toBe(false);
  factory.child.kill('SIGINT');
  expect(await factory.ended).toMatchObject({ exitCode: 130 });
  await brokenOff;
  await untilGone(factory.postmaster);
});

it.each(['SIGTERM', 'SIGINT', 'SIGKILL'] as const)(
  'leaves nothing behind at %s during its start, and starts afterwards',
  async (signal) => {
    const program = startProgram({ argv: ['up'], folder: place.folder, environment: { PORT: '0' } });
    const log = inData('owner.json');
    writeFileSync(log, '');
    // The folder is ours from here on, and the database begins to start.
    await expect.poll(() => readFileSync(log, 'utf8'), { timeout: 20_000, interval: 1 }).not.toBe('');
    program.child.kill(signal);
    const { exitCode } = await program.ended;
    expect(exitCode).toBe(signal === 'SIGKILL' ? 137 : 0);
    const factory = await place.up();
    expect(factory.stdout()).toContain(READY);
    expect(await factory.stop()).toMatchObject({ exitCode: 0 });
  },
);
