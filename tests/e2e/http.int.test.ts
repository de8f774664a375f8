import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { chatCompletions } from '../support/chat-completions.ts';
import { type FactoryProcess, openWorkplace } from '../support/factory-process.ts';
import { readPrometheusText } from '../support/prometheus-text.ts';
import { type ProviderServer, startProviderServer } from '../support/provider-server.ts';

// What one does with curl. Every JSON answer is checked against /openapi.json by `factory.request`.

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const place = openWorkplace();
let provider: ProviderServer;
let factory: FactoryProcess;
beforeAll(async () => {
  provider = await startProviderServer();
  factory = await place.up({ OPENAI_BASE_URL: `${provider.url}/v1`, DEFAULT_MODEL: 'local/rules' });
});
afterAll(async () => {
  await place.clear();
  await provider[Symbol.asyncDispose]();
});

type Body = Record<string, any>;
const JSON_TYPE = { 'content-type': 'application/json' };

async function send(method: string, path: string, { body, headers = {} }: { body?: unknown; headers?: object } = {}) {
  const text = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
  const response = await factory.request(path, {
    method,
    headers: { ...(body === undefined ? {} : JSON_TYPE), ...headers } as Record<string, string>,
    ...(body === undefined ? {} : { body: text as string }),
  });
  const answer = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: (answer === '' ? {} : JSON.parse(answer)) as Body,
  };
}
const createAgent = (definition: Body) => send('POST', '/api/v1/agents', { body: definition });

async function ended(taskId: string): Promise<Body> {
  for await (const item of factory.client.tasks.events(taskId)) if (item.kind === 'end') break;
  return (await send('GET', `/api/v1/tasks/${taskId}`)).body;
}

/** A task that hangs in its model call until it is canceled. */
async function hangingTask(agent: string) {
  const asked = provider.requests.length;
  provider.reply({ ...chatCompletions.unfinishedStream({ text: 'well' }), ending: 'hang' });
  const { body } = await send('POST', '/api/v1/tasks', { body: { agent, input: 'wait', model: 'compatible/slow' } });
  await expect.poll(() => provider.requests.length, { timeout: 60_000 }).toBeGreaterThan(asked);
  return { id: body['id'] as string, request: provider.requests[asked] };
}

describe('an agent', () => {
  it('is created from JSON and from YAML, read, and changed under If-Match', async () => {
    const made = await createAgent({ name: 'json-made', instructions: 'Be brief.', tools: ['now'] });
    expect(made.status).toBe(201);
    expect(made.headers.get('location')).toBe('/api/v1/agents/json-made');
    const yaml = 'name: yaml-made\ninstructions: |\n  Be brief.\n  Be kind.\ntools: [now, calculate]\n';
    const other = await send('POST', '/api/v1/agents', {
      body: yaml,
      headers: { 'content-type': 'application/yaml' },
    });
    expect(other).toMatchObject({ status: 201, body: { definition: { instructions: 'Be brief.\nBe kind.\n' } } });
    const read = await send('GET', '/api/v1/agents/json-made');
    expect(read.body).toEqual(made.body);
    const etag = made.headers.get('etag') ?? '';
    expect(read.headers.get('etag')).toBe(etag);
    const same = await send('GET', '/api/v1/agents/json-made', { headers: { 'if-none-match': etag } });
    expect(same.status).toBe(304);
    const change = (instructions: string) =>
      send('PUT', '/api/v1/agents/json-made', {
        body: { name: 'json-made', instructions },
        headers: { 'if-match': etag },
      });
    // requirement: R-BAD-TWO-UPDATES
    const both = await Promise.all([change('One.'), change('Two.')]);
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412]);
    expect(await change('Late.')).toMatchObject({ status: 412, body: { code: 'PRECONDITION_FAILED' } });
    const versions = await send('GET', '/api/v1/agents/json-made/versions');
    expect(versions.body['items'].map((item: Body) => item['version'])).toEqual([2, 1]);
  });

  it('is not deleted while a task of it runs; cancelling reaches the model call', async () => {
    await createAgent({ name: 'busy', strategy: { name: 'direct' } });
    const { id, request } = await hangingTask('busy');
    expect(await send('DELETE', '/api/v1/agents/busy')).toMatchObject({ status: 409, body: { code: 'AGENT_IN_USE' } });
    const canceled = await send('POST', `/api/v1/tasks/${id}/cancel`, { body: { reason: 'enough' } });
    expect(canceled).toMatchObject({ status: 200, body: { state: 'canceled' } });
    await request?.abandoned;
    expect(await ended(id)).toMatchObject({ state: 'canceled' });
    expect(await send('POST', `/api/v1/tasks/${id}/cancel`)).toMatchObject({ body: { code: 'TASK_FINISHED' } });
    expect((await send('DELETE', '/api/v1/agents/busy')).status).toBe(204);
    expect(await send('GET', '/api/v1/agents/busy')).toMatchObject({ status: 404, body: { code: 'AGENT_NOT_FOUND' } });
  });
});

describe('a task', () => {
  it('is submitted once for its Idempotency-Key', async () => {
    const body = { agent: 'librarian', input: 'What is 12 * 12?' };
    const headers = { 'idempotency-key': 'only-once' };
    const first = await send('POST', '/api/v1/tasks', { body, headers });
    expect(first.status).toBe(202);
    expect(first.headers.get('location')).toBe(`/api/v1/tasks/${first.body['id']}`);
    const again = await send('POST', '/api/v1/tasks', { body, headers });
    expect(again).toMatchObject({ status: 202, body: first.body });
    const other = await send('POST', '/api/v1/tasks', { body: { ...body, input: 'And 13 * 13?' }, headers });
    expect(other).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
    expect((await send('GET', '/api/v1/tasks')).body['items']).toHaveLength(2);
    expect(await ended(first.body['id'])).toMatchObject({
      state: 'completed',
      output: { text: expect.stringContaining('144') },
    });
  });

  it.each([
    ['tasks', 'id'],
    ['executions', 'id'],
    ['agents', 'name'],
  ])('lists all %s page by page, each once', async (resource, key) => {
    if (resource === 'tasks') {
      const ids = await Promise.all(
        Array.from({ length: 7 }, async (_, index) => {
          const request = { agent: 'librarian', input: `What is ${index} + 1?` };
          return (await send('POST', '/api/v1/tasks', { body: request })).body['id'] as string;
        }),
      );
      await Promise.all(ids.map(ended));
    }
    const whole = (await send('GET', `/api/v1/${resource}?limit=200`)).body['items'] as Body[];
    const paged: Body[] = [];
    let cursor = '';
    do {
      const page = await send('GET', `/api/v1/${resource}?limit=2${cursor}`);
      expect(page.status).toBe(200);
      paged.push(...page.body['items']);
      cursor = page.body['nextCursor'] === undefined ? '' : `&cursor=${encodeURIComponent(page.body['nextCursor'])}`;
    } while (cursor !== '');
    expect(paged.length).toBeGreaterThan(2);
    expect(paged).toEqual(whole);
    expect(new Set(paged.map((item) => item[key])).size).toBe(paged.length);
  });

  it('tells its execution’s timeline and events, page by page too', async () => {
    const task = (await send('GET', '/api/v1/tasks?limit=1')).body['items'][0] as Body;
    const path = `/api/v1/executions/${task['executionId']}`;
    const timeline = (await send('GET', path)).body['timeline'] as Body[];
    expect(timeline.map((step) => step['kind'])).toContain('model');
    const whole = (await send('GET', `${path}/events?limit=200`)).body['items'] as Body[];
    const first = await send('GET', `${path}/events?limit=3`);
    const rest = await send('GET', `${path}/events?limit=200&cursor=${first.body['nextCursor']}`);
    expect([...first.body['items'], ...rest.body['items']]).toEqual(whole);
    expect(await send('POST', `${path}/replay`)).toMatchObject({ status: 200, body: { equal: true } });
  });
});

describe('what is refused', () => {
  const agent = { name: 'refused', instructions: 'x' };
  const task = { agent: 'librarian', input: 'x' };
  const megabyte = 'x'.repeat(1_048_576);
  const post = (path: string, body: unknown, headers = {}) => send('POST', `/api/v1/${path}`, { body, headers });

  // requirement: R-BAD-NAMES
  it.each<[string, () => ReturnType<typeof send>, number, string, RegExp]>([
    [
      'a body of 10 MB',
      () => post('agents', { ...agent, description: megabyte.repeat(10) }),
      413,
      'BODY_TOO_LARGE',
      /./,
    ],
    [
      '1 MB of instructions',
      () => post('agents', { ...agent, instructions: megabyte }),
      400,
      'VALIDATION_FAILED',
      /"path":"instructions"/,
    ],
    ['an unknown field', () => post('agents', { ...agent, promt: 'x' }), 400, 'VALIDATION_FAILED', /promt/],
    [
      'a wrong type',
      () => post('agents', { ...agent, limits: { steps: '9' } }),
      400,
      'VALIDATION_FAILED',
      /"path":"limits.steps"/,
    ],
    ['an unknown model', () => post('agents', { ...agent, model: 'nobody/gpt' }), 400, 'MODEL_NOT_FOUND', /nobody/],
    [
      'a model without its key',
      () => post('agents', { ...agent, model: 'anthropic/claude-x' }),
      400,
      'MODEL_NOT_FOUND',
      /ANTHROPIC_API_KEY/,
    ],
    ['an unknown tool', () => post('agents', { ...agent, tools: ['calculat'] }), 400, 'TOOL_NOT_FOUND', /calculate/],
    [
      'an unknown strategy',
      () => post('agents', { ...agent, strategy: { name: 'raect' } }),
      400,
      'STRATEGY_NOT_FOUND',
      /react/,
    ],
    [
      'an unknown delegate',
      () => post('agents', { ...agent, delegates: ['nobody'] }),
      404,
      'AGENT_NOT_FOUND',
      /nobody/,
    ],
    [
      'a task of an unknown agent',
      () => post('tasks', { ...task, agent: 'libarian' }),
      404,
      'AGENT_NOT_FOUND',
      /libarian/,
    ],
    [
      'an unknown version',
      () => post('tasks', { ...task, agent: 'librarian@99' }),
      404,
      'AGENT_VERSION_NOT_FOUND',
      /99/,
    ],
    [
      'an unknown alias',
      () => post('tasks', { ...task, agent: 'librarian@canary' }),
      404,
      'AGENT_VERSION_NOT_FOUND',
      /canary/,
    ],
    [
      'an unknown model of a task',
      () => post('tasks', { ...task, model: 'nobody/x' }),
      400,
      'MODEL_NOT_FOUND',
      /nobody/,
    ],
    [
      'an unknown conversation',
      () => post('tasks', { ...task, conversationId: 'none' }),
      404,
      'CONVERSATION_NOT_FOUND',
      /none/,
    ],
    ['malformed JSON', () => post('tasks', '{"agent": "librarian", "input": '), 400, 'MALFORMED_BODY', /./],
    [
      'invalid UTF-8',
      () => post('tasks', Buffer.from('7b226167656e74223a22ff227d', 'hex')),
      400,
      'MALFORMED_BODY',
      /UTF-8/,
    ],
    [
      'another media type',
      () => post('tasks', '<task/>', { 'content-type': 'text/xml' }),
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      /./,
    ],
    [
      'YAML with aliases',
      () => post('agents', 'name: &a x\ninstructions: *a', { 'content-type': 'application/yaml' }),
      400,
      'MALFORMED_BODY',
      /./,
    ],
    ['a wrong method', () => send('DELETE', '/api/v1/tasks'), 405, 'METHOD_NOT_ALLOWED', /POST/],
    ['an unknown address', () => send('GET', '/api/v1/nothing'), 404, 'ROUTE_NOT_FOUND', /\/docs/],
    ['a cursor of one’s own', () => send('GET', '/api/v1/tasks?cursor=abc'), 400, 'CURSOR_INVALID', /./],
    ['a limit beyond the last', () => send('GET', '/api/v1/tasks?limit=1000'), 400, 'VALIDATION_FAILED', /limit/],
    ['no key', () => send('GET', '/api/v1/tasks', { headers: { authorization: '' } }), 401, 'UNAUTHENTICATED', /./],
  ])('%s', async (_name, act, status, code, told) => {
    const refused = await act();
    expect(refused).toMatchObject({ status, body: { status, code } });
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(JSON.stringify(refused.body)).toMatch(told);
  });

  // requirement: R-BAD-DELEGATE
  it('a circle of delegates, which is named', async () => {
    await createAgent({ name: 'first' });
    await createAgent({ name: 'second', delegates: ['first'] });
    const circle = await send('PUT', '/api/v1/agents/first', { body: { name: 'first', delegates: ['second'] } });
    expect(circle).toMatchObject({ status: 400, body: { code: 'DELEGATE_CYCLE' } });
    expect(circle.body['details']['cycle']).toEqual(['first', 'second', 'first']);
    expect((await send('GET', '/api/v1/agents/first')).body).toMatchObject({ version: 1 });
  });

  it('and nothing of it was made', async () => {
    expect((await send('GET', '/api/v1/agents/refused')).status).toBe(404);
  });
});

describe('what everybody may see', () => {
  it('is the documentation, readable without another address', async () => {
    const root = await factory.request('/');
    expect([root.status, root.headers.get('location')]).toEqual([302, '/docs']);
    for (const path of ['/docs', '/docs/errors']) {
      const page = await fetch(factory.url + path);
      expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
      const html = await page.text();
      expect(html).toMatch(/^<!doctype html>/);
      expect(html).not.toMatch(/<(?:script|link|iframe|img|object|embed)\b|\bsrc=|@import|url\(/i);
    }
  });

  it('is whether it lives and is ready; the rest needs a key', async () => {
    for (const path of ['/health/live', '/health/ready']) {
      const open = await send('GET', path, { headers: { authorization: '' } });
      expect(open).toMatchObject({ status: 200, body: { status: 'ok' } });
    }
    expect((await send('GET', '/health/deep', { headers: { authorization: '' } })).status).toBe(401);
    const deep = await send('GET', '/health/deep');
    expect(deep.body).toMatchObject({ status: 'ok' });
    const names = deep.body['dependencies'].map((dependency: Body) => dependency['name']);
    expect(names).toEqual(expect.arrayContaining(['database']));
  });

  it('is measured in the text format of Prometheus', async () => {
    const answer = await factory.request('/health/metrics');
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const samples = readPrometheusText(await answer.text());
    const refusals = samples.filter(({ name, labels }) => name.endsWith('_count') && labels.includes('status="413"'));
    expect(refusals.map(({ value }) => value)).toEqual([1]);
    expect(samples.find(({ name }) => /executions_active/.test(name))?.value).toBe(0);
  });
});
