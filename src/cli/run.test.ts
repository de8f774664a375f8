import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { type ApiHarness, startApi } from '../../tests/support/api-harness.ts';
import { cli, type CliCall, startCli } from '../../tests/support/cli-harness.ts';

let api: ApiHarness;
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api.stop());

const call = (argv: readonly string[], others: Omit<CliCall, 'argv'> = {}): CliCall => ({
  argv,
  ...others,
  environment: { PYGENT_URL: api.baseUrl, PYGENT_API_KEY: 'admin', ...others.environment },
});

const TASK = 'task_1';
const EXECUTION = 'exec_task_1';
const ANSWER = 'An execution survives kill -9.';

/** Resolves when the command follows the task's stream. */
const followed = () => vi.waitFor(() => expect(api.services.log.listeners).toBeGreaterThan(0));

const durable = (type: string, data: Record<string, unknown>) =>
  api.services.log.append([`execution-${EXECUTION}`, { type, data }]);
const ephemeral = (type: string, data: Record<string, string | number>) =>
  api.services.log.publishEphemeral({ type, taskId: TASK, executionId: EXECUTION, data });

function searchSteps(): void {
  durable('StepCompleted', {
    key: '1',
    kind: 'model',
    name: 'local/rules',
    usage: { inputTokens: 312, outputTokens: 18 },
    durationMilliseconds: 14,
    output: { content: [{ type: 'tool-call', id: 'c', name: 'documents.search', arguments: { query: 'kill -9' } }] },
  });
  durable('StepCompleted', {
    key: '2',
    kind: 'tool',
    name: 'documents.search',
    input: { call: '1#0' },
    durationMilliseconds: 8,
    output: { results: ['architecture.md'] },
  });
}

function speak(text: string, step = '3', attempt = 1): void {
  for (const [piece] of text.matchAll(/\s*\S+/g)) ephemeral('text-delta', { step, attempt, index: 0, text: piece });
}

function answerStep(text: string): void {
  const output = { content: [{ type: 'text', text }] };
  durable('StepCompleted', { key: '3', kind: 'model', name: 'local/rules', durationMilliseconds: 20, output });
}

// requirement: R-RUN-STREAMS
describe('pygent run', () => {
  it('puts the answer alone on stdout, and the steps with the totals on stderr', async () => {
    const run = startCli(call(['run', 'librarian', 'How', 'does', 'it', 'survive?']));
    await followed();
    searchSteps();
    speak(ANSWER);
    answerStep(ANSWER);
    api.services.finish(TASK, ANSWER);
    expect(await run.exitCode).toBe(0);
    expect(api.services.taskViews.get(TASK)).toMatchObject({
      agent: { name: 'librarian' },
      input: 'How does it survive?',
    });
    expect(run.stdout()).toBe(`${ANSWER}\n`);
    expect(run.stderr()).toMatch(
      /✓ 1 +model local\/rules +calls documents\.search\(query: "kill -9"\) +330 tokens +14 ms/,
    );
    expect(run.stderr()).toMatch(
      /✓ 2 +tool +documents\.search +query: "kill -9" → results: \["architecture\.md"\] +8 ms/,
    );
    expect(run.stderr()).toContain(`task ${TASK}  execution ${EXECUTION}`);
    expect(run.stderr()).toContain('0 steps  0 → 0 tokens  $0');
  });

  it('streams the answer on a terminal as it comes, once, and wrapped', async () => {
    const run = startCli(call(['run', 'librarian', 'hi'], { terminal: 60 }));
    await followed();
    ephemeral('step-started', { step: '3', kind: 'model', name: 'local/rules' });
    await run.until('· 3');
    const text = `${ANSWER} It goes on from the journal, where each finished step stands.`;
    speak(text);
    await run.until('finished');
    answerStep(text);
    api.services.finish(TASK, text);
    expect(await run.exitCode).toBe(0);
    expect(stripVTControlCharacters(run.stdout())).toBe(
      '\nAn execution survives kill -9. It goes on from the journal,\nwhere each finished step stands.\n\n',
    );
  });

  it('begins the text anew where a model call is repeated', async () => {
    const run = startCli(call(['run', 'librarian', 'hi'], { terminal: 60 }));
    await followed();
    speak('An execu');
    await run.until('An');
    const error = { code: 'MODEL_UNAVAILABLE', message: 'cut' };
    durable('StepAttemptFailed', {
      key: '3',
      kind: 'model',
      name: 'local/rules',
      attempt: 1,
      error,
      retryInMilliseconds: 500,
    });
    await run.until('attempt 1 failed: cut, again in 500 ms');
    speak(ANSWER, '3', 2);
    await run.until('survives kill');
    answerStep(ANSWER);
    api.services.finish(TASK, ANSWER);
    expect(await run.exitCode).toBe(0);
    expect(run.stdout().split(ANSWER)).toHaveLength(2);
    expect(stripVTControlCharacters(run.stderr())).toMatch(/✓ 3 +model +local\/rules +answers/);
  });

  it('gives one JSON document with --json, and nothing else', async () => {
    const run = startCli(call(['run', 'librarian', 'hi', '--json']));
    await followed();
    api.services.finish(TASK, ANSWER);
    expect(await run.exitCode).toBe(0);
    expect(JSON.parse(run.stdout())).toMatchObject({
      id: TASK,
      state: 'completed',
      output: { text: ANSWER },
      execution: { id: EXECUTION, timeline: [{ key: '1' }] },
    });
    expect(run.stdout().trimEnd()).not.toContain('\n');
    expect(run.stderr()).toBe('');
  });

  it('goes on where a connection is cut, without losing or repeating a step', async () => {
    const run = startCli(call(['run', 'librarian', 'hi']));
    await followed();
    searchSteps();
    await run.until('results: [');
    api.app.server.closeAllConnections();
    answerStep(ANSWER);
    api.services.finish(TASK, ANSWER);
    expect(await run.exitCode).toBe(0);
    expect(run.stdout()).toBe(`${ANSWER}\n`);
    expect(run.stderr().match(/✓ 1 /g)).toHaveLength(1);
    expect(run.stderr().match(/✓ 3 /g)).toHaveLength(1);
  });

  it('takes what a terminal would obey out of everything', async () => {
    const run = startCli(call(['run', 'librarian', 'hi'], { terminal: 80, environment: { NO_COLOR: '1' } }));
    await followed();
    const output = { text: '\u001b]0;owned\u0007tool' };
    durable('StepCompleted', {
      key: '1',
      kind: 'tool',
      name: 'x\u001b[2J',
      input: {},
      output,
      durationMilliseconds: 1,
    });
    speak('\u001b[31mred\u001b[0m \u009b2Jend');
    api.services.finish(TASK, '\u001b[31mred\u001b[0m \u009b2Jend');
    await run.exitCode;
    const own = '\r\u001b[K';
    // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
    expect((run.stdout() + run.stderr()).replaceAll(own, '')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    expect(run.stdout()).toContain('red end');
  });

  it.each([[['-']], [[]]])('reads the input from a pipe for %j', async (words) => {
    const run = startCli(call(['run', 'librarian', ...words], { stdin: 'from a pipe\n' }));
    await followed();
    api.services.finish(TASK, ANSWER);
    expect(await run.exitCode).toBe(0);
    expect(api.services.taskViews.get(TASK)?.input).toBe('from a pipe\n');
  });

  it('hands limits, parameters and the absolute path of the documents on', async () => {
    const submit = vi.spyOn(api.services.tasks, 'submit');
    const options = [
      '--documents',
      'papers',
      '--max-steps',
      '5',
      '--max-seconds',
      '1.5',
      '--parameters',
      'a=1',
      '--parameters',
      'b=x',
    ];
    const run = startCli(
      call(['run', 'librarian@2', 'hi', ...options, '--model', 'local/rules'], { folder: '/some/where' }),
    );
    await followed();
    api.services.finish(TASK, ANSWER);
    await run.exitCode;
    expect(submit.mock.lastCall?.[1]).toEqual({
      agent: 'librarian@2',
      input: 'hi',
      model: 'local/rules',
      strategyParameters: { a: 1, b: 'x' },
      limits: { steps: 5, wallTimeSeconds: 1.5 },
      documents: { folder: '/some/where/papers' },
    });
  });
});

describe('pygent run, when it does not go well', () => {
  it('cancels the task at Ctrl-C and answers 130', async () => {
    const run = startCli(call(['run', 'librarian', 'hi']));
    await followed();
    run.pressCtrlC();
    expect(await run.exitCode).toBe(130);
    expect(api.services.taskViews.get(TASK)?.state).toBe('canceled');
    expect(run.stderr()).toContain('Canceling the task');
    expect(run.stdout()).toBe('');
  });

  it('leaves at once at the second Ctrl-C, and says where the task is', async () => {
    vi.spyOn(api.services.tasks, 'cancel').mockImplementation(() => new Promise(() => undefined));
    const run = startCli(call(['run', 'librarian', 'hi']));
    await followed();
    run.pressCtrlC();
    run.pressCtrlC();
    expect(await run.exitCode).toBe(130);
    for (const way of ['events', 'cancel']) expect(run.stderr()).toContain(`pygent tasks ${way} ${TASK}`);
  });

  it('answers 1 for a task that failed, with its error', async () => {
    const run = startCli(call(['run', 'librarian', 'hi']));
    await followed();
    const task = api.services.taskViews.get(TASK)!;
    api.services.taskViews.set(TASK, {
      ...task,
      state: 'failed',
      error: { code: 'STEP_LIMIT_REACHED', message: 'the limit of 3' },
    });
    api.services.log.append([`task-${TASK}`, { type: 'TaskFailed', data: {} }]);
    expect(await run.exitCode).toBe(1);
    expect(run.stderr()).toContain('error: the limit of 3');
    expect(run.stderr()).toContain('STEP_LIMIT_REACHED');
  });

  it('answers 8 where a person has to decide and none is there, with the command to do so', async () => {
    const run = startCli(call(['run', 'librarian', 'hi']));
    await followed();
    const waiting = [{ kind: 'approval' as const, executionId: EXECUTION, step: '2', question: 'Send the letter?' }];
    api.services.taskViews.set(TASK, { ...api.services.taskViews.get(TASK)!, state: 'input-required', waiting });
    durable('StepWaiting', { key: '2', kind: 'approval', name: 'approval', input: {} });
    api.services.log.append([`task-${TASK}`, { type: 'TaskInputRequired', data: {} }]);
    expect(await run.exitCode).toBe(8);
    expect(run.stderr()).toContain('… 2 waits for a decision');
    expect(run.stderr()).toContain('Send the letter?');
    expect(run.stderr()).toContain(`pygent tasks resolve ${TASK} --step 2 --decision approve|reject`);
  });

  it.each([
    [['run', 'nobody', 'hi'], 3, 'AGENT_NOT_FOUND'],
    [['run', 'librarian', ''], 2, 'the input is empty'],
    [['run', 'librarian', '--max-steps', 'many', 'hi'], 2, 'It must be a whole number'],
    [['run', 'broken', 'hi'], 1, 'INTERNAL'],
  ])('%j answers %i', async (argv, code, message) => {
    const result = await cli(call(argv));
    expect(result).toMatchObject({ exitCode: code, stdout: '' });
    expect(result.stderr).toContain(message);
    expect(result.stderr).not.toContain('secret inner message');
  });

  it('wants an input where a terminal stands', async () => {
    const result = await cli(call(['run', 'librarian'], { terminal: 80 }));
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain('say what the agent shall do');
  });
});

// requirement: R-RUN-CHAT
describe('pygent chat', () => {
  beforeEach(async () => {
    await api.client.agents.create({ name: 'librarian' });
  });

  /** Answers every task with the number of its turn. */
  function answerTurns() {
    const submit = api.services.tasks.submit.bind(api.services.tasks);
    const requests: { input: string; conversationId?: string | undefined }[] = [];
    vi.spyOn(api.services.tasks, 'submit').mockImplementation(async (context, request) => {
      requests.push(request);
      const task = await submit(context, {
        ...request,
        conversationId: request.conversationId ?? `conv_${requests.length}`,
      });
      api.services.finish(task.id, `answer ${requests.length}`);
      return task;
    });
    return { requests };
  }

  it('takes each line of a pipe as a turn of one conversation', async () => {
    const turns = answerTurns();
    const result = await cli(call(['chat', 'librarian'], { stdin: 'one\n\ntwo\n/new\nthree\n/exit\nfour\n' }));
    expect(result).toMatchObject({ exitCode: 0, stdout: 'answer 1\nanswer 2\nanswer 3\n' });
    expect(turns.requests.map(({ input, conversationId }) => [input, conversationId])).toEqual([
      ['one', undefined],
      ['two', 'conv_1'],
      ['three', undefined],
    ]);
  });

  it('gives a JSON line a turn', async () => {
    answerTurns();
    const result = await cli(call(['chat', 'librarian', '--json', '--conversation', 'conv_9'], { stdin: 'one\ntwo' }));
    const lines = result.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      { output: { text: 'answer 1' } },
      { conversationId: 'conv_9', output: { text: 'answer 2' } },
    ]);
  });

  it('asks line by line on a terminal, and ends at the end of the input', async () => {
    const turns = answerTurns();
    const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
    const run = startCli(call(['chat', 'librarian'], { stdin, terminal: 80 }));
    await run.until('you › ');
    stdin.write('hello\r');
    await run.until('answer 1');
    await vi.waitFor(() => expect(run.stderr().match(/you › /g)!.length).toBeGreaterThan(1));
    stdin.write('\u0004');
    expect(await run.exitCode).toBe(0);
    expect(turns.requests).toMatchObject([{ input: 'hello' }]);
    expect(run.stderr()).toContain('--conversation conv_1');
  });

  it('says that there is no such agent before anybody types', async () => {
    expect(await cli(call(['chat', 'nobody'], { stdin: '' }))).toMatchObject({ exitCode: 3, stdout: '' });
  });
});

describe('documents of another folder', () => {
  it('begin in the current folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pygent-cli-'));
    const submit = vi.spyOn(api.services.tasks, 'submit');
    const result = await cli(call(['tasks', 'submit', 'librarian', 'hi', '--documents', '.'], { folder }));
    expect(submit.mock.lastCall?.[1].documents).toEqual({ folder });
    expect(result.stdout).toMatch(/^task_\d+\n$/);
    rmSync(folder, { recursive: true });
  });
});
