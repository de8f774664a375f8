import { connect, type Socket } from 'node:net';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { type EventView, type TaskStreamItem, createClient } from '#contract';

import { startApi, type ApiHarness } from '../../tests/support/api-harness.ts';
import { executionView } from '../../tests/support/memory-services.ts';

let api: ApiHarness;
beforeEach(async () => {
  api = await startApi({ settings: { drainMilliseconds: 1_000 } });
});
afterEach(() => api.stop());

const submit = () => api.client.tasks.submit({ agent: 'librarian', input: 'x' });
const step = (id: string, n: number) =>
  api.services.log.append([`execution-exec_${id}`, { type: 'StepCompleted', data: { n, text: 'é\n\r: data' } }]);
// oxlint-disable-next-line max-params -- a line of the stories below
const delta = (taskId: string, n: number, text = 'x') =>
  api.services.log.publishEphemeral({ type: 'text-delta', taskId, executionId: 'e', data: { n, text } });
const name = (item: TaskStreamItem) =>
  item.kind === 'event'
    ? `${item.event.position}:${item.event.type}`
    : item.kind === 'end'
      ? `end:${item.end.state}`
      : item.ephemeral.type;

async function collect(items: AsyncIterable<TaskStreamItem>): Promise<TaskStreamItem[]> {
  const seen: TaskStreamItem[] = [];
  for await (const item of items) seen.push(item);
  return seen;
}

describe('a task’s stream', () => {
  it('tells a finished task from its beginning and ends', async () => {
    const { id } = await submit();
    step(id, 1);
    api.services.finish(id, 'done');
    const items = await collect(api.client.tasks.events(id));
    expect(items.map(name)).toEqual([
      '1:TaskSubmitted',
      '2:ExecutionStarted',
      '3:StepCompleted',
      '4:ExecutionCompleted',
      '5:TaskCompleted',
      'end:completed',
    ]);
    expect((items[2] as { event: EventView }).event.data).toEqual({ n: 1, text: 'é\n\r: data' });
  });

  it('goes on behind `after` and Last-Event-ID, and has the wire form of the standard', async () => {
    const { id } = await submit();
    step(id, 1);
    api.services.finish(id, 'done');
    const response = await api.request(`/api/v1/tasks/${id}/events?after=2`, { headers: { 'last-event-id': '3' } });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const text = await response.text();
    expect(text).toMatch(/^: connected\n\nid: 4\nevent: ExecutionCompleted\ndata: \{.*\}\n\nid: 5\n/);
    expect(text).toMatch(/\n\nevent: end\ndata: \{"taskId":"task_1","state":"completed"\}\n\n$/);
    const wrong = await api.request(`/api/v1/tasks/${id}/events`, { headers: { 'last-event-id': 'nonsense' } });
    expect(wrong.status).toBe(400);
    expect((await api.request('/api/v1/tasks/none/events')).status).toBe(404);
  });

  it('keeps deltas and durable events in the order they happened in, to several clients', async () => {
    const { id } = await submit();
    const clients = [1, 2, 3].map(() => collect(api.client.tasks.events(id)));
    await expect.poll(() => api.services.log.listeners).toBe(6);
    await expect.poll(() => api.services.log.reads.length).toBeGreaterThanOrEqual(3);
    delta(id, 1);
    step(id, 1);
    delta(id, 2);
    api.services.finish(id, 'done');
    for (const items of await Promise.all(clients)) {
      expect(items.map(name)).toEqual([
        '1:TaskSubmitted',
        '2:ExecutionStarted',
        'text-delta',
        '3:StepCompleted',
        'text-delta',
        '4:ExecutionCompleted',
        '5:TaskCompleted',
        'end:completed',
      ]);
    }
    await expect.poll(() => api.services.log.listeners).toBe(0);
  });

  it('includes executions that begin while it streams, whatever their place before the event that tells of them', async () => {
    const { id } = await submit();
    const streaming = collect(api.client.tasks.events(id));
    await expect.poll(() => api.services.log.listeners).toBe(2);
    await expect.poll(() => api.services.log.reads.length).toBeGreaterThanOrEqual(1);
    api.services.streams.get(id)?.push('execution-fork');
    api.services.forks.push(executionView('fork', { taskId: id, primary: false }));
    api.services.log.append(
      ['execution-fork', { type: 'ExecutionStarted', data: {} }],
      [`task-${id}`, { type: 'TaskForked', data: {} }],
    );
    api.services.finish(id, 'done');
    // The task has ended, its fork goes on.
    api.services.log.append(['execution-fork', { type: 'StepCompleted', data: {} }]);
    api.services.forks.length = 0;
    api.services.log.append(['execution-fork', { type: 'ExecutionCompleted', data: {} }]);
    expect((await streaming).map(name)).toEqual([
      '1:TaskSubmitted',
      '2:ExecutionStarted',
      '3:ExecutionStarted',
      '4:TaskForked',
      '5:ExecutionCompleted',
      '6:TaskCompleted',
      '7:StepCompleted',
      '8:ExecutionCompleted',
      'end:completed',
    ]);
  });

  it('misses nothing where the order of the log lags behind what the bus told of, nor where the bus told nothing', async () => {
    const { id } = await submit();
    api.services.log.horizon = 1n;
    api.services.finish(id, 'done');
    const streaming = collect(api.client.tasks.events(id));
    await expect.poll(() => api.services.log.reads.length).toBeGreaterThan(3);
    api.services.log.horizon = undefined;
    expect((await streaming).map(name)).toHaveLength(5);
    const other = await submit();
    const quiet = collect(api.client.tasks.events(other.id));
    await expect.poll(() => api.services.log.listeners).toBe(2);
    api.services.log.hold = true;
    api.services.finish(other.id, 'done');
    expect((await quiet).map(name).at(-1)).toBe('end:completed');
  });

  // requirement: R-API-STREAM
  it('gives every event once when the connection is cut again and again', async () => {
    const { id } = await submit();
    for (let n = 0; n < 500; n += 1) step(id, n);
    let connections = 0;
    // Every connection breaks after some bytes, in the middle of a frame.
    const cutting: typeof fetch = async (input, init) => {
      connections += 1;
      const response = await fetch(input, init);
      let left = connections < 6 ? 20_011 : Number.POSITIVE_INFINITY;
      const cut = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          controller.enqueue(chunk.subarray(0, left));
          left -= chunk.length;
          if (left <= 0) controller.error(new Error('connection reset'));
        },
      });
      return new Response(response.body?.pipeThrough(cut), { status: response.status, headers: response.headers });
    };
    api.services.finish(id, 'done');
    const client = createClient({ baseUrl: api.baseUrl, key: 'admin', fetch: cutting });
    const items = await collect(client.tasks.events(id));
    const positions = items.flatMap((item) => (item.kind === 'event' ? [Number(item.event.position)] : []));
    expect(positions).toEqual(Array.from({ length: 504 }, (_, index) => index + 1));
    expect(connections).toBe(6);
  });

  it('holds little for a client that does not read, drops only what is not kept, and goes on when it reads', async () => {
    const { id } = await submit();
    const { port } = new URL(api.baseUrl);
    const socket = await open(Number(port), `/api/v1/tasks/${id}/events`);
    await expect.poll(() => api.services.log.listeners).toBe(2);
    socket.pause();
    const text = 'y'.repeat(10_000);
    for (let n = 0; n < 5_000; n += 1) {
      delta(id, n, text);
      if (n % 100 === 0) step(id, n);
      if (n % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    api.services.finish(id, 'done');
    const received = await readAll(socket);
    const ids = [...received.matchAll(/^id: (\d+)$/gm)].map(([, digits]) => Number(digits));
    expect(ids).toEqual(Array.from({ length: 54 }, (_, index) => index + 1));
    const deltas = received.match(/^event: text-delta$/gm)?.length ?? 0;
    const dropped = [...received.matchAll(/"count":(\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
    expect(dropped).toBeGreaterThan(0);
    expect(deltas + dropped).toBe(5_000);
    expect(received).toContain('event: end');
  });

  it('lets go of everything when the client leaves, and ends streams when the server stops', async () => {
    const { id } = await submit();
    const stopping = new AbortController();
    const left = collect(api.client.tasks.events(id, { signal: stopping.signal }));
    await expect.poll(() => api.services.log.listeners).toBe(2);
    stopping.abort();
    await expect(left).rejects.toThrow(/abort/i);
    await expect.poll(() => api.services.log.listeners).toBe(0);
    const response = await api.request(`/api/v1/tasks/${id}/events`);
    const body = response.text();
    await expect.poll(() => api.services.log.listeners).toBe(2);
    const stopped = api.app.close();
    expect(await body).not.toContain('event: end');
    await stopped;
    expect(api.services.log.listeners).toBe(0);
  });
});

describe('the log’s stream', () => {
  it('pages as JSON, follows as a stream from a position, and from now without one', async () => {
    const { id } = await submit();
    const stopping = new AbortController();
    const seen: string[] = [];
    const tail = (async () => {
      for await (const event of api.client.events.tail({ signal: stopping.signal })) {
        seen.push(event.position);
        if (seen.length === 2) break;
      }
    })();
    await expect.poll(() => api.services.log.listeners).toBe(1);
    step(id, 1);
    step(id, 2);
    await tail;
    expect(seen).toEqual(['3', '4']);
    const all: string[] = [];
    for await (const event of api.client.events.tail({ after: '0', stream: `task-${id}` })) {
      all.push(event.type);
      break;
    }
    expect(all).toEqual(['TaskSubmitted']);
    await expect.poll(() => api.services.log.listeners).toBe(0);
  });
});

// requirement: R-API-SHUTDOWN
describe('shutting down', () => {
  it('answers what is in flight, refuses what is new with Retry-After, and is alive but not ready', async () => {
    let release = () => {};
    api.services.gate = new Promise((resolve) => (release = resolve));
    const inFlight = submit();
    await expect.poll(() => api.services.waiting).toBe(1);
    const stopped = api.app.close();
    // A connection that was open before: the listener still takes requests while it drains.
    await expect.poll(async () => (await api.request('/api/v1/tools')).status).toBe(503);
    const refused = await api.request('/api/v1/tools');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2']);
    expect(await refused.json()).toMatchObject({ code: 'SHUTTING_DOWN' });
    expect((await api.request('/health/ready')).status).toBe(503);
    expect((await api.request('/health/live')).status).toBe(200);
    release();
    expect((await inFlight).state).toBe('working');
    await stopped;
  });
});

function open(port: number, path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(
        `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer admin\r\nconnection: close\r\n\r\n`,
      );
      resolve(socket);
    });
    socket.on('error', reject);
  });
}

/** Everything until the server closes, chunked framing taken off. */
function readAll(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('close', () =>
      resolve(
        Buffer.concat(chunks)
          .toString()
          .replaceAll(/\r\n[0-9a-f]+\r\n/g, '\n'),
      ),
    );
    socket.resume();
  });
}
