/* oxlint-disable max-params -- rows of tables */
import { connect } from 'node:net';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ERRORS, ROUTES, type ErrorCode } from '#contract';

import { startApi, type ApiHarness } from '../../tests/support/api-harness.ts';
import { AppError } from '../kernel/errors.ts';
import { statusOf, toProblem } from './problem-details.ts';

let api: ApiHarness;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const json = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const problemOf = async (response: Response) => (await response.json()) as Record<string, any>;

// requirement: R-API-PROBLEMS
describe('every error code', () => {
  it.each(Object.keys(ERRORS) as ErrorCode[])(
    '%s has a status, and from 500 on tells nothing of the inside',
    (code) => {
      const status = statusOf(code);
      expect(status).toBeGreaterThanOrEqual(400);
      const problem = toProblem(new AppError(code, 'inner words', { details: { inner: 1 } }), {
        instance: '/x',
        traceId: 't',
      });
      expect(problem).toMatchObject({ status, code, title: ERRORS[code].title, instance: '/x', traceId: 't' });
      expect(JSON.stringify(problem).includes('inner')).toBe(status < 500);
    },
  );
});

describe('the happy way through every route', () => {
  // requirement: R-API-OPENAPI
  it('answers each as /openapi.json says', async () => {
    const { client } = api;
    const created = await client.call('agents.create', { body: { name: 'librarian' } });
    expect(created).toMatchObject({ location: '/api/v1/agents/librarian', etag: '"r1"' });
    await client.agents.list({ tag: 'x' });
    expect((await client.agents.get('librarian')).definition.strategy.name).toBe('react');
    await client.agents.update('librarian', { name: 'librarian', description: 'new' });
    await client.agents.versions('librarian');
    await client.agents.version('librarian', 1);
    await client.agents.diff('librarian', { from: '1', to: 'live' });
    await client.agents.setAlias('librarian', { alias: 'canary', version: 1 });
    await client.agents.deleteAlias('librarian', 'canary');
    expect((await client.agents.disable('librarian')).status).toBe('disabled');
    expect((await client.agents.enable('librarian')).status).toBe('enabled');
    const submitted = await client.call('tasks.submit', {
      body: { agent: 'librarian', input: 'hi', conversationId: 'conv_1' },
    });
    expect(submitted.location).toBe(`/api/v1/tasks/${submitted.body.id}`);
    api.services.finish(submitted.body.id, 'hello');
    expect((await client.tasks.list()).items).toHaveLength(1);
    expect((await client.tasks.get(submitted.body.id)).output).toEqual({ text: 'hello' });
    expect((await client.conversations.get('conv_1')).messages.map(({ text }) => text)).toEqual(['hi', 'hello']);
    const second = await client.tasks.submit({ agent: 'librarian', input: 'again' });
    expect((await client.tasks.cancel(second.id)).state).toBe('canceled');
    await client.executions.list();
    expect((await client.executions.get('exec_1')).timeline[0]?.output).toEqual([1, null, { deep: ['x'] }]);
    await client.executions.events('exec_1');
    expect((await client.executions.fork('exec_1', { at: '1' })).forkOf).toBe('exec_1');
    expect((await client.executions.cancel('exec_fork')).id).toBe('exec_fork');
    expect((await client.executions.replay('exec_1')).equal).toBe(true);
    expect((await client.usage.get()).items[0]?.executions?.started).toBe(3);
    expect((await client.usage.get({ groupBy: 'version' })).items[0]).toMatchObject({ agent: 'librarian', version: 7 });
    expect((await client.tools.list()).items[0]?.name).toBe('now');
    expect((await client.models.list()).default.model).toBe('local/rules');
    const key = await client.call('keys.create', { body: { name: 'ci', role: 'viewer' } });
    expect(key.body.key).toBe('pygent_abc_secret');
    await client.keys.list();
    await client.keys.revoke('key1');
    const page = await client.events.list({ limit: 2 });
    expect(page).toMatchObject({ items: [{ position: '1' }, { position: '2' }], nextCursor: '2' });
    expect(await client.system.get()).toMatchObject({ version: '9.9.9', dataFolder: '/data' });
    await client.system.live();
    await client.system.ready();
    expect((await client.system.deep()).dependencies).toHaveLength(1);
    await client.agents.delete('librarian');
    await expect(client.tasks.resolve(second.id, { decision: 'retry' })).rejects.toMatchObject({
      code: 'TASK_NOT_WAITING',
    });
    const covered = new Set([...api.validator.checked].map((place) => place.replace(/ \d+$/, '')));
    const streams = new Set(['tasks.events']);
    const missing = Object.entries(ROUTES)
      .filter(([name, route]) => !streams.has(name) && !covered.has(`${route.method} ${route.path}`))
      .map(([name]) => name);
    expect(missing).toEqual([]);
  });
});

// requirement: R-BAD-FIELDS, R-BAD-JSON
describe('bad input', () => {
  it.each([
    [
      'an unknown field, with its path',
      json({ agent: 'a', input: 'x', limits: { stpes: 3 } }),
      400,
      'VALIDATION_FAILED',
      'limits.stpes',
    ],
    ['a wrong type', json({ agent: 'a', input: 7 }), 400, 'VALIDATION_FAILED', 'input'],
    ['no body', { method: 'POST' }, 400, 'VALIDATION_FAILED', ''],
    ['malformed JSON', json('{"agent": '), 400, 'MALFORMED_BODY', undefined],
    ['JSON nested without end', json('['.repeat(200_000)), 400, 'MALFORMED_BODY', undefined],
    [
      'a key that would change prototypes',
      json('{"agent":"a","input":"x","\\u005f_proto__":{}}'),
      400,
      'MALFORMED_BODY',
      undefined,
    ],
    [
      'another media type',
      { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x' },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      undefined,
    ],
    [
      'YAML where JSON alone is taken',
      { method: 'POST', headers: { 'content-type': 'application/yaml' }, body: 'a: 1' },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      undefined,
    ],
  ] as const)('%s', async (_name, init, status, code, path) => {
    const response = await api.request('/api/v1/tasks', init);
    const problem = await problemOf(response);
    expect([response.status, problem['code']]).toEqual([status, code]);
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(problem['errors']?.[0].path).toBe(path);
  });

  it.each([
    ['an unknown query field', '/api/v1/tasks?limt=3', 'limt'],
    ['an id of any length', `/api/v1/tasks/${'x'.repeat(8_000)}`, 'id'],
    ['a place that no log reaches', '/api/v1/events?after=9223372036854775808', 'after'],
  ])('%s in the address', async (_name, target, path) => {
    const response = await api.request(target);
    expect(await problemOf(response)).toMatchObject({ status: 400, code: 'VALIDATION_FAILED', errors: [{ path }] });
  });

  it('a Last-Event-ID that no log reaches', async () => {
    const headers = { accept: 'text/event-stream', 'last-event-id': '9223372036854775808' };
    expect(await problemOf(await api.request('/api/v1/events', { headers }))).toMatchObject({
      code: 'VALIDATION_FAILED',
      detail: expect.stringContaining('Last-Event-ID'),
    });
  });

  // requirement: R-BAD-UTF8
  it('names the byte that is not UTF-8', async () => {
    const body = Buffer.concat([Buffer.from('{"agent":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]);
    const response = await api.request('/api/v1/tasks', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(await problemOf(response)).toMatchObject({
      code: 'MALFORMED_BODY',
      detail: expect.stringContaining('at byte 11'),
    });
  });

  // requirement: R-BAD-LARGE-BODY
  it('refuses a body of 10 MB, with a key before it reads it and without one', async () => {
    const body = JSON.stringify({ agent: 'a', input: 'x'.repeat(10_000_000) });
    const response = await api.request('/api/v1/tasks', json(body));
    expect(response.status).toBe(413);
    expect(await problemOf(response)).toMatchObject({ code: 'BODY_TOO_LARGE' });
    const stranger = await fetch(`${api.baseUrl}/api/v1/tasks`, { ...json('{}') });
    expect(stranger.status).toBe(401);
  });

  // requirement: R-BAD-YAML
  it('takes an agent as YAML, and refuses aliases', async () => {
    const yaml = (text: string) => ({ method: 'POST', headers: { 'content-type': 'application/yaml' }, body: text });
    const response = await api.request('/api/v1/agents', yaml('name: yaml-agent\ntags: [a, b]\n'));
    expect(response.status).toBe(201);
    expect(((await response.json()) as any).tags).toEqual(['a', 'b']);
    const bomb = await api.request('/api/v1/agents', yaml('a: &a [x]\nname: b\ntags: [*a, *a]\n'));
    expect(bomb.status).toBe(400);
  });

  it('tells 404 from 405, and which methods there are', async () => {
    expect(await problemOf(await api.request('/api/v1/nothing'))).toMatchObject({
      code: 'ROUTE_NOT_FOUND',
      status: 404,
    });
    const response = await api.request('/api/v1/tasks/task_1', { method: 'PATCH' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET']);
    expect(await problemOf(await api.request('/api/v1/tasks/%E0%A4%A'))).toMatchObject({ code: 'REQUEST_MALFORMED' });
  });

  it('answers what is not HTTP with a problem document and closes', async () => {
    const { port } = new URL(api.baseUrl);
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      const socket = connect(Number(port), '127.0.0.1', () => socket.write('GEX / HTTP/9\r\n\u0000\r\n\r\n'));
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400/);
    expect(answer).toContain('REQUEST_MALFORMED');
  });

  it('never shows what went wrong inside, but logs it under the trace id', async () => {
    const response = await api.request('/api/v1/tasks', json({ agent: 'broken', input: 'x' }));
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).not.toContain('secret inner message');
    const line = api.logged.find((entry) => entry.includes('secret inner message'));
    expect(line).toContain(JSON.parse(text).traceId);
  });
});

describe('who may', () => {
  it('wants a key, and says how to send it', async () => {
    const response = await fetch(`${api.baseUrl}/api/v1/tasks`);
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect((await fetch(`${api.baseUrl}/health/live`)).status).toBe(200);
    expect((await fetch(`${api.baseUrl}/health/deep`)).status).toBe(401);
  });

  it('refuses a viewer what changes things, after validation and before any effect', async () => {
    const before = api.services.taskViews.size;
    const response = await api.request(
      '/api/v1/tasks',
      json({ agent: 'a', input: 'x' }, { authorization: 'Bearer viewer' }),
    );
    expect([response.status, (await problemOf(response))['code']]).toEqual([403, 'FORBIDDEN']);
    expect(api.services.taskViews.size).toBe(before);
  });

  it('refuses foreign names in Host on a loopback server', async () => {
    const { port } = new URL(api.baseUrl);
    const ask = (host: string) =>
      api.app.inject({ url: '/health/live', headers: { host } }).then(({ statusCode }) => statusCode);
    expect(await ask('evil.example')).toBe(403);
    expect(await ask(`evil.example:${port}`)).toBe(403);
    expect(await ask(`localhost:${port}`)).toBe(200);
    expect(await ask('[::1]:8700')).toBe(200);
  });

  it('sends security headers and no CORS', async () => {
    const { headers } = await api.request('/api/v1/tasks', { headers: { origin: 'https://evil.example' } });
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('carries the caller’s trace', async () => {
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    const response = await api.request('/api/v1/tasks/none', {
      headers: { traceparent: `00-${trace}-00f067aa0ba902b7-01` },
    });
    expect(await problemOf(response)).toMatchObject({ traceId: trace });
    const named = await api.request('/api/v1/tasks', { headers: { 'x-request-id': 'mine-1' } });
    expect(named.headers.get('x-request-id')).toBe('mine-1');
  });
});

describe('rate limit', () => {
  // requirement: R-API-RATE
  it('answers 429 with Retry-After for the key alone, and refills with time', async () => {
    let now = 0;
    const limited = await startApi({ settings: { rateLimitPerMinute: 2 }, clock: { now: () => new Date(now) } });
    try {
      expect((await limited.request('/api/v1/tools')).status).toBe(200);
      expect((await limited.request('/api/v1/tools')).status).toBe(200);
      const refused = await limited.request('/api/v1/tools');
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '30']);
      expect((await limited.request('/api/v1/tools', { headers: { authorization: 'Bearer viewer' } })).status).toBe(
        200,
      );
      now += 30_000;
      expect((await limited.request('/api/v1/tools')).status).toBe(200);
    } finally {
      await limited.stop();
    }
  });
});

describe('wrong keys', () => {
  it('are slowed down for the address, while the right key passes', async () => {
    const guessed = await startApi({ clock: { now: () => new Date(0) } });
    try {
      const guess = () => guessed.request('/api/v1/tools', { headers: { authorization: 'Bearer no' } });
      const statuses: number[] = [];
      for (let attempt = 0; attempt < 61; attempt += 1) statuses.push((await guess()).status);
      expect(statuses).toEqual([...Array.from({ length: 60 }, () => 401), 429]);
      expect((await guessed.request('/api/v1/tools')).status).toBe(200);
    } finally {
      await guessed.stop();
    }
  });
});

describe('ETags', () => {
  // requirement: R-BAD-TWO-UPDATES
  it('answers 304 to what is known, 412 to what is out of date, and lets one of two changes through', async () => {
    await api.client.agents.create({ name: 'tagged' });
    const { headers } = await api.request('/api/v1/agents/tagged');
    const etag = headers.get('etag') ?? '';
    const known = await api.request('/api/v1/agents/tagged', { headers: { 'if-none-match': `"other", W/${etag}` } });
    expect([known.status, await known.text()]).toEqual([304, '']);
    const update = (description: string) =>
      api.client.agents.update('tagged', { name: 'tagged', description }, { ifMatch: etag });
    const results = await Promise.allSettled([update('one'), update('two')]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const [lost] = results.filter((result) => result.status === 'rejected');
    expect(lost?.reason).toMatchObject({ status: 412, code: 'PRECONDITION_FAILED' });
    await expect(update('three')).rejects.toMatchObject({ status: 412 });
    const weak = { ifMatch: 'W/"r2"' };
    await expect(api.client.agents.update('tagged', { name: 'tagged' }, weak)).rejects.toMatchObject({ status: 412 });
  });
});

describe('idempotency keys', () => {
  // requirement: R-API-IDEMPOTENCY
  it('does repeated and simultaneous requests once', async () => {
    const before = api.services.taskViews.size;
    const send = (key: string, input = 'x') =>
      api.request('/api/v1/tasks', json({ agent: 'a', input }, { 'idempotency-key': key }));
    let release = () => {};
    api.services.gate = new Promise((resolve) => (release = resolve));
    const pending = send('k1');
    await expect.poll(() => api.services.waiting).toBe(1);
    const second = await send('k1');
    expect(await problemOf(second)).toMatchObject({ code: 'IDEMPOTENCY_KEY_IN_USE', status: 409 });
    release();
    const first = await pending;
    expect(first.status).toBe(202);
    const again = await send('k1');
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([202, 'true']);
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect(api.services.taskViews.size).toBe(before + 1);
    expect(await problemOf(await send('k1', 'other'))).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED', status: 422 });
  });

  it('forgets a refusal, keeps a failure of its own, and is not taken where the answer is secret', async () => {
    const send = (agent: string, key: string) =>
      api
        .request('/api/v1/tasks', json({ agent, input: 'x' }, { 'idempotency-key': key }))
        .then(({ status }) => status);
    expect([await send('nobody', 'k2'), await send('nobody', 'k2')]).toEqual([404, 404]);
    expect([await send('broken', 'k3'), await send('broken', 'k3')]).toEqual([500, 409]);
    const key = await api.request('/api/v1/keys', json({ name: 'x' }, { 'idempotency-key': 'k4' }));
    expect(key.status).toBe(400);
  });
});

describe('health and documentation', () => {
  it('is not ready while the database is away, and does not say why to strangers', async () => {
    api.services.databaseAway = true;
    const response = await fetch(`${api.baseUrl}/health/ready`);
    api.services.databaseAway = false;
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2']);
    expect(await response.text()).not.toContain('password');
  });

  it('tells metrics in the Prometheus text format, by route and not by address', async () => {
    await api.request('/api/v1/tasks/some-id');
    const text = await (await fetch(`${api.baseUrl}/health/metrics`)).text();
    expect(text).toContain(
      'pygent_http_request_duration_seconds_count{method="GET",route="/api/v1/tasks/:id",status="404"}',
    );
    expect(text).not.toContain('some-id');
  });

  // requirement: R-API-DOCS
  it('shows the reference with nothing from elsewhere and no script', async () => {
    for (const path of ['/docs', '/docs/errors']) {
      const response = await fetch(api.baseUrl + path);
      const html = await response.text();
      expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
      expect(html).not.toMatch(/<script|<link|<img|src=|https?:\/\/(?!127)/);
    }
    const html = await (await fetch(`${api.baseUrl}/docs`)).text();
    for (const [name, { path }] of Object.entries(ROUTES)) {
      expect(html).toContain(`id="${name}"`);
      expect(html).toContain(path);
    }
  });
});
