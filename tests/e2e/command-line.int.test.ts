import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { chatCompletions } from '../support/chat-completions.ts';
import { type FactoryProcess, openWorkplace } from '../support/factory-process.ts';
import { OPEN, type Program, startProgram } from '../support/program.ts';
import { startProviderServer } from '../support/provider-server.ts';

// The command line against a factory, each as a process of its own.

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const FILES = 1_400;
const place = openWorkplace();
let factory: FactoryProcess;
afterAll(() => place.clear());

const json = (text: string) => JSON.parse(text);

describe('with the sample agent', () => {
  beforeAll(async () => {
    factory = await place.up();
    writeDocuments(join(place.folder, 'abstracts'));
  });

  // requirement: R-RUN-LIBRARIAN
  // requirement: R-RUN-STREAMS
  it('run answers from the documentation with a quotation, its file and its lines', async () => {
    const question = 'How does an execution survive kill -9?';
    const run = await place.pygent(['run', 'librarian', question]);
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toMatch(/\S+\.md[:,#(\s]+(?:lines? |L)?\d+/);
    expect(run.stderr).toContain('documents.search');
    const machine = await place.pygent(['run', 'librarian', question, '--json']);
    expect(json(machine.stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ state: 'completed' });
  });

  // requirement: R-RUN-DOCUMENTS
  // requirement: R-RUN-TIMELINE
  it('run searches a folder of 1,400 files, and executions show tells each step', async () => {
    const question = 'What is the yield strength of alloy number 1234?';
    const run = await place.pygent(['run', 'librarian', '--documents', 'abstracts', '--json', question]);
    expect(run.exitCode).toBe(0);
    const task = json(run.stdout.trim().split('\n').at(-1) ?? '');
    expect(task.output.text).toContain('alloy-1234.txt');
    expect(task.output.text).toContain('3702 megapascals');
    const shown = await place.pygent(['executions', 'show', task.executionId]);
    expect(shown.exitCode).toBe(0);
    for (const told of ['local/rules', 'documents.search', 'completed']) expect(shown.stdout).toContain(told);
    const detail = json((await place.pygent(['executions', 'show', task.executionId, '--json'])).stdout);
    const search = detail.timeline.find((step: { name: string }) => step.name === 'documents.search');
    expect(search).toMatchObject({ status: 'completed', input: expect.anything(), output: expect.anything() });
    expect(detail.timeline[0].usage.inputTokens).toBeGreaterThan(0);
    for (const verb of ['replay', 'events']) {
      expect((await place.pygent(['executions', verb, task.executionId])).exitCode).toBe(0);
    }
  });

  // requirement: R-RUN-CHAT
  it('chat holds a conversation over the lines that are piped in', async () => {
    const chat = await place.pygent(
      ['chat', 'librarian', '--json'],
      'What is 17 * 3?\nWhat is 100 / 8?\nWhat is 2^10?\n',
    );
    expect(chat.exitCode).toBe(0);
    const turns = chat.stdout
      .trim()
      .split('\n')
      .map((line) => json(line));
    expect(turns.map(({ output }) => /51|12\.5|1,?024/.exec(output.text)?.[0].replace(',', ''))).toEqual([
      '51',
      '12.5',
      '1024',
    ]);
    expect(new Set(turns.map(({ conversationId }) => conversationId)).size).toBe(1);
    const conversation = await factory.request(`/api/v1/conversations/${turns[0].conversationId}`);
    expect(((await conversation.json()) as { messages: unknown[] }).messages).toHaveLength(6);
  });

  // requirement: R-DATA-BACKUP
  it('db backup works beside the factory, db restore into an empty folder, and db rebuild changes nothing', async () => {
    const backup = join(place.folder, 'backup');
    expect(await place.pygent(['db', 'backup', backup])).toMatchObject({ exitCode: 0 });
    const tasks = (await factory.client.tasks.list({ limit: 200 })).items;
    expect(tasks.length).toBeGreaterThan(5);
    const other = openWorkplace();
    expect(await other.pygent(['db', 'restore', backup])).toMatchObject({ exitCode: 0 });
    expect(await other.pygent(['db', 'restore', backup])).toMatchObject({ exitCode: 6 });
    // Keys work only with the secret they were hashed under, which a backup does not hold.
    cpSync(join(place.dataDir, 'secret-key'), join(other.dataDir, 'secret-key'));
    cpSync(join(place.dataDir, 'admin-key'), join(other.dataDir, 'admin-key'));
    expect(await other.pygent(['db', 'rebuild'])).toMatchObject({ exitCode: 0 });
    const restored = await other.up();
    expect((await restored.client.tasks.list({ limit: 200 })).items).toEqual(tasks);
    expect((await other.pygent(['run', 'librarian', 'What is 9 * 9?'])).stdout).toContain('81');
    await restored.stop();
    await other.clear();
  });
});

describe('a tool that must not be called twice', () => {
  // requirement: R-EXECUTION-ONCE
  it('and was interrupted waits for tasks resolve, and goes on with what a person says', async () => {
    await factory.stop();
    await using provider = await startProviderServer();
    const effects = join(place.folder, 'effects');
    const environment = { OPENAI_BASE_URL: `${provider.url}/v1`, DATA_DIR: place.dataDir };
    const calls = [{ id: 'call_1', name: 'send', arguments: '{"letter":"Dear all"}' }];
    provider.reply(chatCompletions.stream({ toolCalls: calls }), chatCompletions.stream({ text: 'It was sent.' }));

    const first = sendingProgram(['hang', effects], environment);
    await first.until('\n');
    const { id } = json(first.stdout());
    await expect.poll(() => readIfThere(effects), { timeout: 60_000 }).toBe('sent\n');
    first.child.kill('SIGKILL');
    await first.ended;

    const second = sendingProgram(['answer', effects, id], environment);
    await second.until('\n');
    expect(json(second.stdout())).toMatchObject({ state: 'input-required', waiting: [{ kind: 'outcome-unknown' }] });
    second.child.stdin?.end();
    expect(await second.ended).toMatchObject({ exitCode: 0 });

    factory = await place.up(environment);
    const waiting = await place.pygent(['tasks', 'list', '--state', 'input-required', '--json']);
    expect(waiting.stdout).toContain(id);
    const resolved = await place.pygent(['tasks', 'resolve', id, '--decision', 'done', '--result', '"sent at noon"']);
    expect(resolved).toMatchObject({ exitCode: 0 });
    // This factory has no such tool: it leaves the execution to one that does.
    expect((await factory.client.tasks.get(id)).state).toBe('working');
    await factory.stop();

    const third = sendingProgram(['answer', effects, id], environment);
    await third.until('\n');
    expect(json(third.stdout())).toMatchObject({ state: 'completed', output: { text: 'It was sent.' } });
    third.child.stdin?.end();
    expect(await third.ended).toMatchObject({ exitCode: 0 });
    expect(readFileSync(effects, 'utf8')).toBe('sent\n');
    expect(JSON.stringify(provider.requests.at(-1)?.body)).toContain('sent at noon');
  });
});

function sendingProgram(argv: readonly string[], environment: Readonly<Record<string, string>>): Program {
  const program = fileURLToPath(new URL('../support/sending-program.ts', import.meta.url));
  return startProgram({ argv, environment, folder: place.folder, program, stdin: OPEN });
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Texts that differ in their numbers only, so that search has to find the one. */
function writeDocuments(folder: string): void {
  mkdirSync(folder);
  for (let number = 1; number <= FILES; number += 1) {
    const text = [
      `Alloy number ${number}`,
      '',
      `Specimens of alloy number ${number} were drawn at room temperature.`,
      `The yield strength of alloy number ${number} is ${number * 3} megapascals, its elongation ${number % 40} percent.`,
      'No creep was seen below half of that load.',
    ];
    writeFileSync(join(folder, `alloy-${number}.txt`), `${text.join('\n')}\n`);
  }
}
