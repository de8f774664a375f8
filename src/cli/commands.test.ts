import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { type ApiHarness, startApi } from '../../tests/support/api-harness.ts';
import { cli, type CliCall, startCli } from '../../tests/support/cli-harness.ts';
import { AppError } from '../kernel/errors.ts';
import { executionView } from '../../tests/support/memory-services.ts';

let api: ApiHarness;
let folder: string;
beforeAll(async () => {
  api = await startApi();
  folder = mkdtempSync(join(tmpdir(), 'pygent-cli-'));
});
afterAll(async () => {
  await api.stop();
  rmSync(folder, { recursive: true });
});

const call = (argv: readonly string[], others: Omit<CliCall, 'argv'> = {}): CliCall => ({
  argv,
  folder,
  ...others,
  environment: { PYGENT_URL: api.baseUrl, PYGENT_API_KEY: 'admin', ...others.environment },
});
const run = (argv: readonly string[], others: Omit<CliCall, 'argv'> = {}) => cli(call(argv, others));

function definition(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('agents', () => {
  it('are created from YAML and shown as YAML that makes the same agent', async () => {
    definition('helper.yaml', 'name: helper\ninstructions: |\n  Help.\n  Cite.\ntools: [now]\n');
    expect(await run(['agents', 'create', 'helper.yaml'])).toEqual({
      exitCode: 0,
      stdout: 'Created helper@1.\n',
      stderr: '',
    });
    const shown = await run(['agents', 'show', 'helper', '--yaml']);
    expect(shown.stdout).toBe(
      'name: helper\ninstructions: |\n  Help.\n  Cite.\nstrategy:\n  name: react\ntools:\n  - now\n',
    );
    expect(await run(['agents', 'update', '-'], { stdin: shown.stdout })).toMatchObject({ exitCode: 0 });
  });

  it('are created from JSON on stdin', async () => {
    const result = await run(['agents', 'create', '-', '--json'], { stdin: '{"name":"from-json"}' });
    expect(JSON.parse(result.stdout)).toMatchObject({ name: 'from-json', version: 1 });
  });

  it.each([
    ['tab.yaml', 'name: x\n\tbad: 1\n', 'tab.yaml:2:'],
    ['bomb.yaml', 'a: &a [1]\nb: [*a, *a]\n', 'bomb.yaml:2:'],
    ['list.yaml', '- 1\n', 'an agent definition is wanted'],
    ['agent.ts', 'export default {};\n', 'in a program, defineAgent takes it'],
    ['long.yaml', 'x'.repeat(5_000_000), 'more than 4194304 bytes'],
  ])('%s is refused with its place', async (name, text, message) => {
    const result = await run(['agents', 'create', definition(name, text)]);
    expect(result).toMatchObject({ exitCode: 2, stdout: '' });
    expect(result.stderr).toContain(message);
  });

  it.skipIf(process.platform === 'win32')('are read from a device no further than they may be long', async () => {
    const result = await run(['agents', 'create', '/dev/zero']);
    expect(result).toMatchObject({ exitCode: 2, stderr: 'error: /dev/zero: more than 4194304 bytes\n' });
  });

  it('that are not valid are told field by field, with the trace id', async () => {
    const path = definition('wrong.yaml', 'name: wrong\ntolls: [now]\nlimits: {steps: -1}\n');
    const result = await run(['agents', 'create', path]);
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toMatch(/tolls: is not a known field; did you mean tools\?/);
    expect(result.stderr).toMatch(/limits\.steps: /);
    expect(result.stderr).toMatch(/VALIDATION_FAILED, trace [0-9a-z]{26}/);
  });

  it('are updated only as they were when they were read', async () => {
    const path = definition('helper.json', '{"name":"helper","description":"new"}');
    const stale = await run(['agents', 'update', path, '--if-version', '1']);
    expect(stale.exitCode).toBe(6);
    expect(stale.stderr).toContain('the newest version of helper is 2');
    const update = vi.spyOn(api.services.agents, 'update');
    expect(await run(['agents', 'update', path])).toMatchObject({
      exitCode: 0,
      stdout: 'Updated helper: version 3.\n',
    });
    expect(update.mock.lastCall?.[1].ifRevision).toBe(2);
  });

  it('are listed, compared, aliased, disabled, enabled and deleted', async () => {
    expect((await run(['agents', 'list'])).stdout).toMatch(
      /^NAME +VERSION +STATUS +TIME +DESCRIPTION\nhelper +3 +enabled/,
    );
    expect((await run(['agents', 'diff', 'helper'])).stdout).toBe('helper@1 → helper@2\n\nmodel\n- a/b\n+ c/d\n');
    expect((await run(['agents', 'alias', 'helper', 'canary', '2'])).stdout).toBe('helper@canary is version 2 now.\n');
    expect((await run(['agents', 'show', 'helper@canary'])).stdout).toContain('helper@1');
    expect((await run(['agents', 'alias', 'helper', 'canary', '--remove'])).stdout).toBe('Removed helper@canary.\n');
    expect((await run(['agents', 'disable', 'helper', '--json'])).stdout).toContain('"status":"disabled"');
    expect((await run(['agents', 'enable', 'helper'])).stdout).toBe('Enabled helper.\n');
    expect((await run(['agents', 'delete', 'helper'])).stdout).toBe('Deleted helper.\n');
    expect(await run(['agents', 'show', 'helper'])).toMatchObject({ exitCode: 3, stdout: '' });
  });

  it('want one of a version and --remove for an alias', async () => {
    expect(await run(['agents', 'alias', 'helper', 'canary'])).toMatchObject({ exitCode: 2 });
    expect(await run(['agents', 'alias', 'helper', 'canary', '1', '--remove'])).toMatchObject({ exitCode: 2 });
  });
});

describe('usage', () => {
  it('is a table with its total, and says on stderr how far it is counted', async () => {
    expect(await run(['usage'])).toEqual({
      exitCode: 0,
      stdout: [
        'DAY         CALLS      INPUT  OUTPUT     COST  STARTED  DONE  FAILED  CANCELED',
        '2026-01-30     12  1,234,567     890  $0.0123        3     1       1         0',
        'total          12  1,234,567     890  $0.0123        3     1       1         0',
        '',
      ].join('\n'),
      stderr: 'Counted up to 2026-01-02 03:04:05 UTC.\n',
    });
  });

  it('is grouped and narrowed as it is asked for', async () => {
    const ofVersions = await run(['usage', '--by', 'version', '--agent', 'librarian', '--to', '2026-02-28']);
    expect(ofVersions.stdout).toMatch(/^VERSION +CALLS +CALLS FAILED +INPUT.*\nlibrarian@7 +12 +2 .*\ntotal /);
    expect((await run(['usage', '--by', 'model'])).stdout).toMatch(
      /^MODEL .* COST\nlocal\/rules .*\ntotal .* \$0\.0123\n$/,
    );
    const asJson = await run(['usage', '--from', '2026-02-01', '--json']);
    expect(JSON.parse(asJson.stdout)).toMatchObject({ from: '2026-02-01', groupBy: 'day', total: { modelCalls: 12 } });
    expect(asJson.stderr).toBe('');
    expect(await run(['usage', '--agent', 'nobody'])).toMatchObject({
      stdout: '',
      stderr: expect.stringMatching(/^No usage from 2026-01-01 to 2026-01-30\.\n/) as string,
    });
    expect(await run(['usage', '--by', 'month'])).toMatchObject({ exitCode: 2 });
    expect((await run(['usage', '--from', '2026-02-30'])).stderr).toContain('from');
  });
});

describe('tasks and executions', () => {
  it('are listed page by page, and whole with --all', async () => {
    for (let index = 0; index < 5; index += 1) await run(['tasks', 'submit', 'librarian', `question ${index}`]);
    const first = await run(['tasks', 'list', '--limit', '2']);
    expect(first.stdout.split('\n')).toHaveLength(4);
    expect(first.stderr).toContain('--cursor 2');
    const second = JSON.parse((await run(['tasks', 'list', '--limit', '2', '--cursor', '2', '--json'])).stdout);
    expect(second).toMatchObject({ items: [{ input: 'question 2' }, { input: 'question 1' }], nextCursor: '4' });
    const all = JSON.parse((await run(['tasks', 'list', '--limit', '2', '--all', '--json'])).stdout);
    expect(all.items).toHaveLength(5);
    expect(all.nextCursor).toBeUndefined();
  });

  it('show a timeline that fits the terminal', async () => {
    const base = await api.services.executionQueries.get({} as never, 'exec_9');
    const get = vi.spyOn(api.services.executionQueries, 'get').mockResolvedValue({
      ...base,
      status: 'failed',
      forkOf: 'exec_1',
      steps: 2,
      cost: 0.0012,
      endedAt: '2026-01-02T03:04:07.500Z',
      error: { code: 'TOOL_FAILED', message: 'no luck' },
      timeline: [
        {
          ...base.timeline[0]!,
          key: '1',
          kind: 'model',
          name: 'local/rules',
          input: { messages: [{ role: 'user', content: [{ type: 'text', text: 'Why\n\u001b[31mred?' }] }] },
          output: { content: [{ type: 'tool-call', id: 'c', name: 'mail.send', arguments: { to: 'a@b' } }] },
          usage: { inputTokens: 1_204, outputTokens: 88 },
          cost: 0.0012,
          durationMilliseconds: 14.2,
          inherited: true,
        },
        {
          ...base.timeline[0]!,
          key: '2.1.1',
          name: 'mail.send',
          effect: 'once',
          status: 'outcome-unknown',
          attempts: 2,
        },
      ],
    });
    const { stdout } = await run(['executions', 'show', 'exec_9'], { terminal: 80, environment: { NO_COLOR: '1' } });
    const lines = stdout.split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(stdout).toContain('forked from exec_1');
    expect(lines).toContain('1      model local/rules  inherited            1,204 → 88 tokens  $0.0012  14 ms');
    expect(lines).toContain('       in  1 message, last from user: Why red?');
    expect(lines).toContain('       out calls mail.send(to: "a@b")');
    expect(lines).toContain('  2.1.1  tool  mail.send  once  outcome-unknown  2 attempts');
    expect(lines).toContain('2 steps  0 → 0 tokens  $0.0012  2.5 s');
    expect((await run(['executions', 'show', 'exec_9', '--full'])).stdout).toContain('"to": "a@b"');
    expect(JSON.parse((await run(['executions', 'show', 'exec_9', '--json'])).stdout).timeline).toHaveLength(2);
    get.mockRestore();
  });

  it('are forked, replayed, canceled and resolved', async () => {
    const fork = await run(['executions', 'fork', 'exec_9', '--at', '2', '--agent', 'a@1', '--input', 'again']);
    expect(fork).toMatchObject({ exitCode: 0, stdout: 'exec_fork\n' });
    expect(await run(['executions', 'fork', 'exec_9', '--at', '99'])).toMatchObject({ exitCode: 3 });
    expect(await run(['executions', 'cancel', 'exec_fork', '--reason', 'enough'])).toMatchObject({
      exitCode: 0,
      stdout: 'Canceled exec_fork.\n',
    });
    expect(await run(['executions', 'cancel', 'exec_9'])).toMatchObject({ exitCode: 6 });
    expect(await run(['executions', 'replay', 'exec_9'])).toMatchObject({ exitCode: 0 });
    const replay = vi.spyOn(api.services.executions, 'replay').mockResolvedValue({
      ...(await api.services.executions.replay({} as never, 'exec_9')),
      equal: false,
      differences: ['steps: 3 in the log, 2 live'],
    });
    const differs = await run(['executions', 'replay', 'exec_9']);
    expect(differs.exitCode).toBe(1);
    expect(differs.stdout).toContain('✗ state   differs from the live state\n');
    expect(differs.stdout).toContain('steps: 3 in the log, 2 live');
    replay.mockRestore();
    expect(await run(['tasks', 'cancel', 'task_1', '--reason', 'late'])).toMatchObject({
      exitCode: 0,
      stdout: 'Canceled task_1.\n',
    });
    expect(await run(['tasks', 'cancel', 'task_1'])).toMatchObject({ exitCode: 6 });
    const resolve = vi.spyOn(api.services.tasks, 'resolve');
    await run([
      'tasks',
      'resolve',
      'task_2',
      '--decision',
      'done',
      '--step',
      '3',
      '--result',
      '{"id":7}',
      '--comment',
      'seen',
    ]);
    expect(resolve.mock.lastCall?.[2]).toEqual({ decision: 'done', step: '3', result: { id: 7 }, comment: 'seen' });
    expect(await run(['tasks', 'resolve', 'task_2', '--decision', 'fail', '--result', '1'])).toMatchObject({
      exitCode: 2,
    });
  });

  it('show what they wait for', async () => {
    const waiting = [
      {
        kind: 'outcome-unknown' as const,
        executionId: 'exec_1',
        step: '4',
        question: 'Was it sent?',
        details: { to: 'a' },
      },
    ];
    api.services.taskViews.set('task_3', {
      ...api.services.taskViews.get('task_3')!,
      state: 'input-required',
      waiting,
    });
    const { stdout } = await run(['tasks', 'show', 'task_3']);
    expect(stdout).toContain('Was it sent?');
    expect(stdout).toContain('pygent tasks resolve task_3 --step 4 --decision done|retry|fail');
  });

  it('executions are listed with their ids whole on eighty columns', async () => {
    const id = 'exec_01kat5y8h2m4n6p8q0r2s4t6v8';
    api.services.forks.push(executionView(id, { status: 'suspended', steps: 1_200, cost: 12.5 }));
    const { stdout } = await run(['executions', 'list'], { terminal: 80, environment: { NO_COLOR: '1' } });
    expect(stdout).toContain(id);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});

describe('streams', () => {
  it('of a task end with it, as JSON lines with --json', async () => {
    const id = (await run(['tasks', 'submit', 'librarian', 'hi'])).stdout.trim();
    const follow = startCli(call(['tasks', 'events', id, '--json']));
    await follow.until('ExecutionStarted');
    api.services.finish(id, 'done');
    expect(await follow.exitCode).toBe(0);
    const items = follow
      .stdout()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(items.map((item) => item.event?.type ?? item.kind)).toEqual([
      'TaskSubmitted',
      'ExecutionStarted',
      'ExecutionCompleted',
      'TaskCompleted',
      'end',
    ]);
  });

  it('of the log go on until Ctrl-C', async () => {
    const follow = startCli(call(['events', 'tail', '--after', '0']));
    await follow.until('TaskSubmitted');
    api.services.log.append(['agent-x', { type: 'AgentCreated', data: { name: 'x' } }]);
    await follow.until('AgentCreated');
    follow.pressCtrlC();
    expect(await follow.exitCode).toBe(130);
    expect(follow.stdout()).toMatch(/\d+ {2}\d\d:\d\d:\d\d {2}AgentCreated +agent-x +name: "x"\n/);
  });
});

describe('keys, tools and models', () => {
  it('a new key stands alone on stdout', async () => {
    const create = vi.spyOn(api.services.keys, 'create');
    const result = await run([
      'keys',
      'create',
      'ci',
      '--role',
      'viewer',
      '--scope',
      'tasks:read,agents:read',
      '--expires',
      '30d',
    ]);
    expect(result).toMatchObject({ exitCode: 0, stdout: 'pygent_abc_secret\n' });
    expect(create.mock.lastCall?.[1]).toMatchObject({
      name: 'ci',
      role: 'viewer',
      scopes: ['tasks:read', 'agents:read'],
    });
    const days = (Date.parse(create.mock.lastCall![1].expiresAt!) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(30);
    expect(await run(['keys', 'create', 'ci', '--expires', 'soon'])).toMatchObject({ exitCode: 2 });
  });

  it('are listed and revoked', async () => {
    expect((await run(['keys', 'list'])).stdout).toMatch(/key1 +ci +viewer +all of its role/);
    expect((await run(['keys', 'revoke', 'key1', '--json'])).stdout).toBe('{"id":"key1","revoked":true}\n');
    expect(await run(['keys', 'revoke', 'key2'])).toMatchObject({ exitCode: 3 });
    expect((await run(['tools', 'list'])).stdout).toMatch(/now +read +The time\./);
    expect((await run(['models', 'list'])).stdout).toContain('Default: local/rules  no key found');
  });
});

describe('what goes wrong', () => {
  it.each<[readonly string[], string]>([
    [['runn'], 'Did you mean run?'],
    [['agents', 'lst'], 'Did you mean list?'],
    [['tasks', 'list', '--lmit', '3'], 'Did you mean --limit?'],
    [['tasks', 'list', '--limit', '0'], 'whole number'],
    [['tasks', 'resolve', 'x'], '--decision'],
    [['tasks', 'resolve', 'x', '--decision', 'maybe'], 'Allowed choices'],
    [['tasks', 'show', 'a', 'b'], 'too many arguments'],
    [['executions', 'fork', 'x'], '--at'],
    [[], 'Usage: pygent'],
  ])('%j is wrong usage', async (argv, message) => {
    const result = await run(argv);
    expect(result).toMatchObject({ exitCode: 2, stdout: '' });
    expect(result.stderr).toContain(message);
  });

  it('help and version are no failure', async () => {
    expect((await run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const help = await run(['help', 'tasks', 'resolve']);
    expect(help).toMatchObject({ exitCode: 0, stderr: '' });
    expect(help.stdout).toContain('--decision <decision>');
    expect((await run(['--help'])).stdout).toContain('Exit codes:');
  });

  it('no factory: the address and how to start one', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await new Promise((resolve) => server.close(resolve));
    for (const argv of [
      ['tools', 'list'],
      ['events', 'tail'],
      ['tasks', 'events', 'task_1'],
      ['run', 'librarian', 'hi'],
    ]) {
      const result = await run([...argv, '--url', url]);
      expect(result).toMatchObject({ exitCode: 5, stdout: '' });
      expect(result.stderr).toContain(`No factory answers at ${url}`);
      expect(result.stderr).toContain('npx pygent up');
    }
  });

  it('no key and a key that may not', async () => {
    expect(await run(['tools', 'list'], { environment: { PYGENT_API_KEY: '' } })).toMatchObject({ exitCode: 4 });
    const forbidden = await run(['keys', 'create', 'x', '--key', 'viewer']);
    expect(forbidden.exitCode).toBe(4);
    expect(forbidden.stderr).toContain('Use a key whose role or scopes allow it.');
  });

  it('with --json the error is one line of JSON on stderr', async () => {
    const result = await run(['executions', 'show', 'none', '--json']);
    expect(result).toMatchObject({ exitCode: 3, stdout: '' });
    expect(JSON.parse(result.stderr)).toMatchObject({
      error: {
        code: 'EXECUTION_NOT_FOUND',
        message: 'there is no execution none',
        traceId: expect.any(String) as string,
      },
    });
  });

  it('a message holds nothing that a terminal obeys', async () => {
    const error = new AppError('TASK_NOT_FOUND', 'there is no \u001b[2J\u001b]0;owned\u0007task');
    const get = vi.spyOn(api.services.taskQueries, 'get').mockRejectedValue(error);
    const result = await run(['tasks', 'show', 'x'], { terminal: 80, environment: { NO_COLOR: '1' } });
    expect(result.stderr).toContain('error: there is no task\n');
    get.mockRestore();
  });

  it('colours are for terminals, and heed NO_COLOR', async () => {
    const coloured = await run(['models', 'list'], { terminal: 80 });
    expect(coloured.stdout).toContain('\u001b[1m');
    expect((await run(['models', 'list'], { terminal: 80, environment: { NO_COLOR: '1' } })).stdout).not.toContain(
      '\u001b',
    );
    expect((await run(['models', 'list'])).stdout).not.toContain('\u001b');
    expect((await run(['models', 'list'], { environment: { FORCE_COLOR: '1' } })).stdout).toContain('\u001b[1m');
  });
});
