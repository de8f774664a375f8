import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { chatCompletions } from '../support/chat-completions.ts';
import { type FactoryProcess, openWorkplace } from '../support/factory-process.ts';
import { type Program, startProgram } from '../support/program.ts';
import { type ProviderServer, startProviderServer } from '../support/provider-server.ts';
import { readRawEventStream } from '../support/raw-event-stream.ts';

// One data folder from beginning to end: that each start goes on where the last one was ended is half of the test.

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
const place = openWorkplace();
let models: ProviderServer;
beforeAll(async () => {
  models = await startProviderServer();
});
afterAll(async () => {
  await place.clear();
  await models[Symbol.asyncDispose]();
});

const QUICKLY = { timeout: 20_000, interval: 1 };
const inData = (...names: string[]) => join(place.dataDir, ...names);
const postmasterFile = inData('postgres', '18', 'data', 'postmaster.pid');

function postmaster(): number {
  return existsSync(postmasterFile) ? Number.parseInt(readFileSync(postmasterFile, 'utf8'), 10) || 0 : 0;
}

function unfinishedClusters(): string[] {
  if (!existsSync(inData('postgres'))) return [];
  return readdirSync(inData('postgres')).filter((name) => name.startsWith('unfinished'));
}

/** PostgreSQL and its initdb name the data folder on their command line. */
function databaseProcesses(): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(inData('postgres'));
    } catch {
      return false;
    }
  });
}

const start = (...argv: string[]): Program => startProgram({ argv, folder: place.folder, environment: { PORT: '0' } });

interface Stage {
  readonly stage: string;
  /** Something that only a start which has come so far has done. */
  readonly reached: () => boolean;
}
const MAKING: Stage = { stage: 'makes its database', reached: () => unfinishedClusters().length > 0 };
const LAUNCHING: Stage = { stage: 'starts its database', reached: () => postmaster() > 0 };
const MIGRATED: Stage = { stage: 'has its schema', reached: () => existsSync(inData('blobs')) };
const KEYED: Stage = { stage: 'has its key', reached: () => existsSync(inData('admin-key')) };

describe.skipIf(process.platform !== 'linux')('a factory told to end', () => {
  // requirement: R-BAD-SIGNALS
  it.each([
    { ...MAKING, signal: 'SIGTERM' },
    { ...MAKING, signal: 'SIGKILL' },
    { ...LAUNCHING, signal: 'SIGINT' },
    { ...MIGRATED, signal: 'SIGHUP' },
    { ...KEYED, signal: 'SIGTERM' },
    { ...LAUNCHING, signal: 'SIGKILL', withDatabase: true },
  ] as const)('while it $stage, by $signal, leaves nothing behind', async ({ reached, signal, ...rest }) => {
    // What the last one left would pass for what this one does.
    expect(reached()).toBe(false);
    const program = start('up');
    await expect.poll(reached, QUICKLY).toBe(true);
    if ('withDatabase' in rest) process.kill(postmaster(), 'SIGKILL');
    program.child.kill(signal);
    const end = await program.ended;
    expect(end).toEqual({ exitCode: signal === 'SIGKILL' ? 137 : 0, stdout: '', stderr: '' });
    if (signal === 'SIGKILL') await expect.poll(databaseProcesses, QUICKLY).toEqual([]);
    expect(databaseProcesses()).toEqual([]);
    if (signal !== 'SIGKILL') expect(unfinishedClusters()).toEqual([]);
  });

  it('while a model answers and a client listens, goes on where it was, at each start', async () => {
    const unfinished = {
      body: chatCompletions.unfinishedStream({ text: 'Forty' }).body,
      headers: { 'content-type': 'text/event-stream' },
      ending: 'hang',
    } as const;
    const environment = { OPENAI_BASE_URL: `${models.url}/v1`, DEFAULT_MODEL: 'compatible/any' };
    models.reply(unfinished, unfinished, unfinished, chatCompletions.stream({ text: 'Forty-two.' }));
    const up = async (calls: number, drainSeconds = 0): Promise<FactoryProcess> => {
      const factory = await place.up({ ...environment, DRAIN_SECONDS: String(drainSeconds) });
      if (calls > 1) await expect.poll(() => models.requests.length, QUICKLY).toBe(calls);
      return factory;
    };

    const first = await up(1);
    const { id } = await first.client.tasks.submit({ agent: 'librarian', input: 'Six times seven?' });
    const { promise: listening, resolve: onFirstEvent } = Promise.withResolvers<void>();
    const stream = readRawEventStream({ url: `${first.url}/api/v1/tasks/${id}/events`, key: first.key, onFirstEvent });
    await listening;
    await expect.poll(() => models.requests.length, QUICKLY).toBe(1);
    // A closed terminal and whoever passes its signal on: one wish.
    for (const signal of ['SIGHUP', 'SIGTERM'] as const) first.child.kill(signal);
    expect(await first.ended).toMatchObject({ exitCode: 0, stderr: '' });
    expect((await stream).complete).toBe(true);
    expect(databaseProcesses()).toEqual([]);

    const second = await up(2, 600);
    second.child.kill('SIGINT');
    await expect.poll(() => existsSync(inData('server.json'))).toBe(false);
    const pressing = setInterval(() => second.child.kill('SIGINT'), 150);
    expect(await second.ended).toMatchObject({ exitCode: 130 });
    clearInterval(pressing);
    expect(databaseProcesses()).toEqual([]);

    const third = await up(3);
    for (const pid of [third.child.pid ?? 0, third.postmaster]) process.kill(pid, 'SIGKILL');
    expect(await third.ended).toMatchObject({ exitCode: 137 });

    const last = await up(4);
    await expect.poll(async () => (await last.client.tasks.get(id)).state, QUICKLY).toBe('completed');
    expect((await last.client.tasks.get(id)).output?.text).toBe('Forty-two.');
    expect((await last.client.agents.list()).items.map(({ name }) => name)).toEqual(['librarian']);
    expect(await last.stop()).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('while read models are made anew, frees the folder', async () => {
    const rebuild = start('db', 'rebuild');
    await expect.poll(() => postmaster() > 0, QUICKLY).toBe(true);
    rebuild.child.kill('SIGTERM');
    expect((await rebuild.ended).exitCode).toBe(143);
    await expect.poll(databaseProcesses, QUICKLY).toEqual([]);
    expect(await place.pygent(['db', 'migrate'])).toMatchObject({ exitCode: 0, stderr: '' });
  });
});
