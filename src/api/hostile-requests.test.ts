import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type ApiHarness, startApi } from '../../tests/support/api-harness.ts';
import { exchangeRaw, openRaw, readToEnd } from '../../tests/support/raw-http.ts';
import type { ApiTimeouts } from './api-timeouts.ts';

const BODY = '{"agent":"a","input":"x"}';
const KEY = 'authorization: Bearer admin\r\n';
const JSON_TYPE = 'content-type: application/json\r\n';

let api: ApiHarness;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const post = (headers: string, body: string) =>
  `POST /api/v1/tasks HTTP/1.1\r\nhost: localhost\r\n${KEY}${JSON_TYPE}${headers}\r\n${body}`;
const get = (headers: string, target = '/api/v1/tools') => `GET ${target} HTTP/1.1\r\n${headers}${KEY}\r\n`;
const statuses = (answer: string) =>
  [...answer.matchAll(/HTTP\/1\.1 (\d+) [A-Z]/g)].map(([, status]) => Number(status));
/** A second, which is what polling takes unless told otherwise, may be short on a busy machine. */
const PATIENT = { timeout: 20_000 };
const loggedErrors = (harness: ApiHarness) => harness.logged.filter((line) => JSON.parse(line).level >= 40);

// requirement: R-BAD-HTTP
describe('a request that a proxy may read in another way', () => {
  const smuggled = 'GET /api/v1/keys HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer admin\r\n\r\n';
  it.each([
    ['two equal lengths', post(`content-length: 25\r\ncontent-length: 25\r\n`, BODY)],
    ['two lengths', post(`content-length: 25\r\ncontent-length: 3\r\n`, BODY)],
    ['a list of lengths', post(`content-length: 25, 25\r\n`, BODY)],
    ['a signed length', post(`content-length: +25\r\n`, BODY)],
    ['a negative length', post(`content-length: -1\r\n`, BODY)],
    ['chunks and a length', post(`transfer-encoding: chunked\r\ncontent-length: 25\r\n`, `0\r\n\r\n${smuggled}`)],
    ['a length and chunks', post(`content-length: 25\r\ntransfer-encoding: chunked\r\n`, `0\r\n\r\n${smuggled}`)],
    ['chunks twice', post(`transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n`, `0\r\n\r\n${smuggled}`)],
    ['another coding', post(`transfer-encoding: xchunked\r\n`, `0\r\n\r\n${smuggled}`)],
    ['a coding beside chunked', post(`transfer-encoding: gzip, chunked\r\n`, `0\r\n\r\n${smuggled}`)],
    ['chunked and then another', post(`transfer-encoding: chunked, identity\r\n`, `0\r\n\r\n${smuggled}`)],
    ['a space before the colon', post(`transfer-encoding : chunked\r\n`, `0\r\n\r\n${smuggled}`)],
    ['a folded header', post(`transfer-encoding:\r\n chunked\r\n`, `0\r\n\r\n${smuggled}`)],
    ['a chunk of no size', post(`transfer-encoding: chunked\r\n`, `zz\r\n${BODY}\r\n0\r\n\r\n`)],
    ['a chunk of more than can be', post(`transfer-encoding: chunked\r\n`, `ffffffffffffffffff\r\n${BODY}`)],
    ['a chunk line that ends in LF', post(`transfer-encoding: chunked\r\n`, `19\n${BODY}\r\n0\r\n\r\n`)],
    ['lines that end in LF', get('host: localhost\r\n').replaceAll('\r\n', '\n')],
    ['a bare CR in a header', get('host: localhost\r\nx: a\rtransfer-encoding: chunked\r\n')],
    ['a NUL in a header', get('host: localhost\r\nx: a\0b\r\n')],
    ['two hosts', get('host: localhost\r\nhost: evil.example\r\n')],
    ['no host', get('')],
    ['two keys', get(`host: localhost\r\nauthorization: Bearer viewer\r\n`)],
    ['chunks in HTTP/1.0', post(`transfer-encoding: chunked\r\n`, `0\r\n\r\n`).replace('HTTP/1.1', 'HTTP/1.0')],
    ['HTTP/2 without TLS', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['TLS', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001'],
  ])('is refused once, and nothing behind it is read: %s', async (_name, request) => {
    const tasks = api.services.taskViews.size;
    const answer = await exchangeRaw(api.baseUrl, request);
    expect(statuses(answer)).toEqual([400]);
    expect(answer).toContain('"code":"REQUEST_MALFORMED"');
    expect(answer).toContain('content-type: application/problem+json');
    expect(answer).toMatch(/^connection: close\r$/im);
    expect(api.services.taskViews.size).toBe(tasks);
  });

  it('is held to the host that its address names', async () => {
    const [foreign, own] = ['http://evil.example/api/v1/tools', 'http://localhost/api/v1/tools'].map((target) =>
      exchangeRaw(api.baseUrl, get('host: localhost\r\nconnection: close\r\n', target)),
    );
    expect(await foreign).toContain('"code":"HOST_REFUSED"');
    expect(statuses((await own) ?? '')).toEqual([200]);
  });

  it('is no compressed body', async () => {
    const answer = await exchangeRaw(
      api.baseUrl,
      post(`content-encoding: gzip\r\ncontent-length: 25\r\nconnection: close\r\n`, BODY),
    );
    expect(statuses(answer)).toEqual([415]);
  });

  it('is told what is too large: headers, the address, chunk extensions', async () => {
    const large = 'a'.repeat(20_000);
    expect(statuses(await exchangeRaw(api.baseUrl, get(`host: localhost\r\nx: ${large}\r\n`)))).toEqual([431]);
    expect(statuses(await exchangeRaw(api.baseUrl, get('host: localhost\r\n', `/?${large}`)))).toEqual([431]);
    const extended = post('transfer-encoding: chunked\r\n', `19;${large}\r\n${BODY}\r\n0\r\n\r\n`);
    expect(statuses(await exchangeRaw(api.baseUrl, extended))).toEqual([413]);
  });
});

describe('a body', () => {
  it('of 10 MB in chunks is refused at the limit, and the rest let through to nowhere, so that 413 arrives', async () => {
    const small = await startApi({ settings: { bodyLimitBytes: 100_000 } });
    try {
      const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
      const socket = await openRaw(small.baseUrl, post('transfer-encoding: chunked\r\n', chunk));
      const answer = readToEnd(socket);
      for (let sent = 1; sent < 160; sent += 1) {
        socket.write(chunk);
        await new Promise((resolve) => setImmediate(resolve));
      }
      socket.write(`0\r\n\r\n${get('host: localhost\r\nconnection: close\r\n')}`);
      expect(statuses(await answer)).toEqual([413, 200]);
    } finally {
      await small.stop();
    }
  });

  it('that breaks off harms nobody and is no error of ours', async () => {
    const before = loggedErrors(api).length;
    const connections = await connectionsOf(api);
    const socket = await openRaw(api.baseUrl, post('content-length: 1000\r\n', BODY));
    await expect.poll(() => connectionsOf(api), PATIENT).toBeGreaterThan(connections);
    socket.destroy();
    await expect.poll(() => connectionsOf(api), PATIENT).toBeLessThanOrEqual(connections);
    expect(loggedErrors(api)).toHaveLength(before);
    expect((await api.request('/api/v1/tools')).status).toBe(200);
  });
});

describe('a text that no store takes', () => {
  it.each([
    ['in the address', '/api/v1/tasks/a%00b', undefined, 'id'],
    ['in the query', '/api/v1/tasks?agent=%00', undefined, 'agent'],
    ['in the body', '/api/v1/tasks', '{"agent":"a","input":"x\\u0000"}', 'input'],
    ['as half a character', '/api/v1/tasks', '{"agent":"a","input":"\\ud83d"}', 'input'],
  ])('is refused with its place: %s', async (...[, path, body, field]) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' } };
    const response = await api.request(path, body === undefined ? {} : { ...init, body });
    expect(await response.json()).toMatchObject({ status: 400, code: 'VALIDATION_FAILED', errors: [{ path: field }] });
  });

  it('is told apart from a query field that stands twice', async () => {
    const response = await api.request('/api/v1/tasks?limit=1&limit=2');
    expect(await response.json()).toMatchObject({ errors: [{ path: 'limit', message: 'stands more than once' }] });
  });
});

// requirement: R-BAD-SLOW-CLIENT
describe('a client that takes its time', { timeout: 30_000 }, () => {
  const timeouts: Partial<ApiTimeouts> = { headers: 100, request: 200, check: 20 };

  it.each([
    ['says nothing', ''],
    ['never ends its request line', 'GET /api/v1/to'],
    ['never ends its headers', `GET /api/v1/tools HTTP/1.1\r\nhost: localhost\r\nx: `],
    ['never ends its body', post('content-length: 1000\r\n', BODY)],
    ['never ends its chunks', post('transfer-encoding: chunked\r\n', `19\r\n${BODY}\r\n`)],
  ])('is told 408 and let go: it %s', async (_name, request) => {
    const impatient = await startApi({ settings: { timeouts } });
    try {
      const connections = await connectionsOf(impatient);
      const answer = await exchangeRaw(impatient.baseUrl, request);
      expect(statuses(answer)).toEqual([408]);
      expect(answer).toContain('"detail":"the request did not arrive in time"');
      await expect.poll(() => connectionsOf(impatient), PATIENT).toBeLessThanOrEqual(connections);
      expect(loggedErrors(impatient)).toEqual([]);
    } finally {
      await impatient.stop();
    }
  });

  it('sees its stream cut, with no other answer in the middle of it, where its own body never ends', async () => {
    const impatient = await startApi({ settings: { timeouts } });
    try {
      const headers = 'host: localhost\r\naccept: text/event-stream\r\ncontent-length: 1000\r\n';
      const answer = await exchangeRaw(impatient.baseUrl, get(headers, '/api/v1/events'));
      expect(statuses(answer)).toEqual([200]);
      expect(answer).toContain(': connected');
      await expect.poll(() => impatient.services.log.listeners, PATIENT).toBe(0);
    } finally {
      await impatient.stop();
    }
  });

  it('does not hold up a shutdown for longer than it may', async () => {
    const draining = await startApi({ settings: { drainMilliseconds: 100 } });
    const sockets = await Promise.all(
      ['', 'GET / HT', post('content-length: 1000\r\n', BODY)].map((text) => openRaw(draining.baseUrl, text)),
    );
    const ends = sockets.map((socket) => readToEnd(socket));
    await expect.poll(() => connectionsOf(draining), PATIENT).toBeGreaterThanOrEqual(3);
    await draining.stop();
    await Promise.all(ends);
  });
});

function connectionsOf({ app }: ApiHarness): Promise<number> {
  return new Promise((resolve, reject) => {
    // oxlint-disable-next-line promise/prefer-await-to-callbacks -- Node.js has no other form of it
    app.server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
  });
}

describe('streams', { timeout: 60_000 }, () => {
  it('are cut where the client has long taken nothing, and its resources freed', async () => {
    const strict = await startApi({ settings: { timeouts: { stalledStream: 200 } } });
    try {
      const { id } = await strict.client.tasks.submit({ agent: 'librarian', input: 'x' });
      const connections = await connectionsOf(strict);
      const socket = await openRaw(strict.baseUrl, get('host: localhost\r\n', `/api/v1/tasks/${id}/events`));
      socket.pause();
      socket.on('error', () => undefined);
      await expect.poll(() => strict.services.log.listeners, PATIENT).toBe(2);
      const data = { text: 'y'.repeat(100_000) };
      for (let n = 0; n < 200; n += 1) {
        strict.services.log.publishEphemeral({ type: 'text-delta', taskId: id, executionId: 'e', data });
        await new Promise((resolve) => setImmediate(resolve));
      }
      await expect.poll(() => strict.services.log.listeners, PATIENT).toBe(0);
      await expect.poll(() => connectionsOf(strict), PATIENT).toBeLessThanOrEqual(connections);
      socket.destroy();
    } finally {
      await strict.stop();
    }
  });

  it('end one by one, whole, when the server drains a thousand of them', async () => {
    const crowded = await startApi({ settings: { drainMilliseconds: 30_000 } });
    const request = get('host: localhost\r\naccept: text/event-stream\r\n', '/api/v1/events');
    const ends: Promise<string>[] = [];
    for (let stream = 0; stream < 1_000; stream += 1) {
      ends.push(readToEnd(await openRaw(crowded.baseUrl, request)));
    }
    await expect.poll(() => crowded.services.log.listeners, PATIENT).toBe(1_000);
    crowded.services.log.append(['task-t', { type: 'TaskSubmitted', data: {} }]);
    await crowded.stop();
    const answers = await Promise.all(ends);
    expect(crowded.services.log.listeners).toBe(0);
    // The last chunk is there, so that the client knows it was cut by nobody.
    expect(answers.filter((answer) => answer.endsWith('\r\n0\r\n\r\n'))).toHaveLength(1_000);
    expect(crowded.logged.join('')).not.toContain('still in flight');
  });
});
