import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { decodeText } from './decode-text.ts';
import { createEgressGuard, type EgressGuard, type Resolver } from './egress-guard.ts';

const servers: Server[] = [];
async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

let handler: RequestListener;
let requests: { url: string; headers: Record<string, unknown> }[];
let port: number;
let guard: EgressGuard;
const at = (path: string): string => `http://127.0.0.1:${port}${path}`;

beforeAll(async () => {
  port = await serve((request, response) => {
    requests.push({ url: request.url ?? '', headers: request.headers });
    handler(request, response);
  });
  guard = createEgressGuard({ allow: [`127.0.0.1:${port}`] });
});
beforeEach(() => {
  requests = [];
  handler = (_, response) => response.end('hello');
});
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

describe('what may be called', () => {
  it('fetches from a host that is allowed', async () => {
    const { status, body, url, truncated } = await guard.get(at('/a?b=c'));
    expect({ status, url, truncated, text: Buffer.from(body).toString() }).toEqual({
      status: 200,
      url: at('/a?b=c'),
      truncated: false,
      text: 'hello',
    });
  });

  it.each([
    'http://localhost',
    'http://localhost.',
    'http://LOCALHOST',
    'http://127.0.0.1',
    'http://127.1',
    'http://0x7f.1',
    ...'http://0177.0.0.1 http://2130706433 http://0x7f000001 http://017700000001 http://127.0.0.1.'.split(' '),
    'http://１２７.０.０.１',
    'http://127。0。0。1',
    'http://%31%32%37.0.0.1',
    'http://0',
    'http://[::1]',
    'http://[::]',
    ...'http://[::ffff:127.0.0.1] http://[::ffff:7f00:1] http://[::127.0.0.1] http://[64:ff9b::7f00:1]'.split(' '),
    'http://[2002:7f00:1::]',
    'http://169.254.169.254',
    'http://[fd00:ec2::254]',
    'http://10.0.0.1',
    'https://[fe80::1]',
  ])('refuses %s, naming the setting', async (origin) => {
    const bare = createEgressGuard({ allow: [] });
    const call = bare.get(`${origin}:${port}/`);
    await expect(call).rejects.toMatchObject({
      code: 'EGRESS_REFUSED',
      message: expect.stringContaining('EGRESS_ALLOW'),
    });
    expect(requests).toEqual([]);
  });

  it.each([
    'file:///etc/passwd',
    'ftp://example.com/',
    'gopher://example.com',
    'data:text/plain,x',
    'javascript:1',
    'no url',
    '',
    ...'http://user:secret@127.0.0.1/ http://user@127.0.0.1/ http:// http://[fe80::1%25eth0]/ http://../'.split(' '),
  ])('refuses %j', async (url) => {
    const error = await guard.get(url).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'EGRESS_REFUSED' });
    expect((error as Error).message).not.toContain('@');
  });

  it('refuses a name if only one of its addresses is private', async () => {
    const resolve: Resolver = async () => [
      { address: '93.184.216.34', family: 4 },
      { address: '10.0.0.1', family: 4 },
    ];
    const split = createEgressGuard({ allow: [], resolve });
    await expect(split.get('http://split.example/')).rejects.toMatchObject({ details: { host: 'split.example' } });
  });

  // requirement: R-EGRESS-PINNED
  it('connects to the address it checked, though the name moves in between', async () => {
    const answers = ['127.0.0.1', '127.0.0.2'];
    let lookups = 0;
    const resolve: Resolver = async () => [{ address: answers[lookups++] ?? '127.0.0.3', family: 4 }];
    const rebound = createEgressGuard({ allow: ['127.0.0.1'], resolve });
    expect((await rebound.get(`http://rebind.example:${port}/`)).status).toBe(200);
    expect(lookups).toBe(1);
    expect(requests[0]?.headers['host']).toBe(`rebind.example:${port}`);
    await expect(rebound.get(`http://rebind.example:${port}/`)).rejects.toMatchObject({ code: 'EGRESS_REFUSED' });
  });

  it('answers with the checked addresses for clients of their own', async () => {
    expect(await guard.check(at('/'))).toEqual([{ address: '127.0.0.1', family: 4 }]);
    await expect(guard.check('http://10.0.0.1/')).rejects.toMatchObject({ code: 'EGRESS_REFUSED' });
  });

  it('says so where a name has no address', async () => {
    const nowhere = createEgressGuard({ allow: [], resolve: async () => [] });
    await expect(nowhere.get('http://nowhere.example/')).rejects.toMatchObject({ code: 'EGRESS_FAILED' });
  });
});

// requirement: R-EGRESS-REDIRECTS
describe('redirects', () => {
  const redirectTo = (location: string, status = 302): void => {
    handler = (request, response) => {
      if (request.url === '/from') response.writeHead(status, { location }).end('moved');
      else response.end('there');
    };
  };

  it.each([301, 302, 303, 307, 308])('follows a %i to where it leads', async (status) => {
    redirectTo('/to', status);
    expect(await guard.get(at('/from'))).toMatchObject({ url: at('/to'), status: 200 });
  });

  it.each([
    'http://169.254.169.254/',
    'http://localhost:1/',
    'file:///etc/passwd',
    '//10.0.0.1/',
    'http://u:p@127.0.0.1/',
  ])('refuses one to %s', async (location) => {
    redirectTo(location);
    await expect(guard.get(at('/from'))).rejects.toMatchObject({ code: 'EGRESS_REFUSED' });
    expect(requests).toHaveLength(1);
  });

  it('gives up after five', async () => {
    handler = (_, response) => response.writeHead(302, { location: '/again' }).end();
    await expect(guard.get(at('/'))).rejects.toMatchObject({ code: 'EGRESS_FAILED' });
    expect(requests).toHaveLength(6);
  });

  it('keeps credentials to the first origin', async () => {
    const seen: Record<string, unknown>[] = [];
    const other = await serve((request, response) => {
      seen.push(request.headers);
      response.end();
    });
    const both = createEgressGuard({ allow: [`127.0.0.1:${port}`, `127.0.0.1:${other}`] });
    redirectTo(`http://127.0.0.1:${other}/`);
    const headers = { Authorization: 'Bearer secret', Cookie: 'a=b', 'x-trace': '1', Host: 'evil.example' };
    await both.get(at('/from'), { headers });
    expect(requests[0]?.headers).toMatchObject({ authorization: 'Bearer secret', host: `127.0.0.1:${port}` });
    expect(seen[0]).toMatchObject({ 'x-trace': '1' });
    expect(seen[0]).not.toHaveProperty('authorization');
    expect(seen[0]).not.toHaveProperty('cookie');
  });
});

// requirement: R-EGRESS-LIMITS
describe('limits', () => {
  it('cuts a body that is too large, without reading an endless one', async () => {
    handler = (_, response) => {
      const more = (): boolean => response.write('x'.repeat(65_536)) && more();
      response.on('drain', more);
      more();
    };
    const { body, truncated } = await guard.get(at('/'), { maxBytes: 100_000 });
    expect([body.length, truncated]).toEqual([100_000, true]);
  });

  it('does not call a body cut that just fits', async () => {
    expect(await guard.get(at('/'), { maxBytes: 5 })).toMatchObject({ truncated: false });
    expect(await guard.get(at('/'), { maxBytes: 4 })).toMatchObject({ truncated: true });
  });

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ])('undoes %s, and counts what comes out of it', async (encoding, compress) => {
    const bomb = compress(Buffer.alloc(50_000_000, 'x'));
    handler = (_, response) => response.writeHead(200, { 'content-encoding': encoding }).end(bomb);
    const { body, truncated } = await guard.get(at('/'), { maxBytes: 200_000 });
    expect([body.length, truncated]).toEqual([200_000, true]);
    handler = (_, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(compress(Buffer.from('small')));
    expect(Buffer.from((await guard.get(at('/'))).body).toString()).toBe('small');
  });

  it.each<[string, RequestListener]>([
    [
      'a compressed body that breaks off',
      (_, r) => r.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(999)).subarray(0, 15)),
    ],
    ['an encoding nobody offered', (_, r) => r.writeHead(200, { 'content-encoding': 'zstd' }).end('x')],
    [
      'a cut connection',
      (_, r) => {
        r.writeHead(200, { 'content-length': '100' });
        r.write('x');
        setTimeout(() => r.destroy(), 10);
      },
    ],
    ['a connection that ends before the headers', (q) => q.socket.destroy()],
  ])('says so of %s', async (_, listener) => {
    handler = listener;
    await expect(guard.get(at('/secret?token=abc'))).rejects.toMatchObject({
      code: 'EGRESS_FAILED',
      message: expect.not.stringContaining('token'),
    });
  });

  it.each<[string, RequestListener]>([
    ['headers', () => undefined],
    ['the end of the body', (_, response) => void response.write('x')],
  ])('ends on time when it waits for %s', async (_, listener) => {
    handler = listener;
    const call = guard.get(at('/'), { timeoutMilliseconds: 50 });
    await expect(call).rejects.toMatchObject({ code: 'EGRESS_FAILED', message: expect.stringContaining('50 ms') });
  });

  it('ends with the caller’s reason on abort, also while a name is looked up', async () => {
    const reason = new Error('canceled');
    handler = () => undefined;
    const slow = createEgressGuard({ allow: [], resolve: () => new Promise(() => undefined) });
    for (const call of [guard.get.bind(null, at('/')), slow.get.bind(null, 'http://slow.example/')]) {
      const controller = new AbortController();
      const pending = call({ signal: controller.signal });
      setTimeout(() => controller.abort(reason), 20);
      await expect(pending).rejects.toBe(reason);
      await expect(call({ signal: controller.signal })).rejects.toBe(reason);
    }
  });
});

describe('text of a body', () => {
  const latin = Buffer.from([0x63, 0x61, 0x66, 0xe9]);
  it.each<[string, Uint8Array, string | undefined, string]>([
    ['UTF-8 unless told', Buffer.from('café'), 'text/plain', 'café'],
    ['the charset of the header', latin, 'text/plain; charset="ISO-8859-1"', 'café'],
    [
      'the charset of the page',
      Buffer.concat([Buffer.from('<meta charset=latin1>'), latin]),
      'text/html',
      '<meta charset=latin1>café',
    ],
    ['a byte order mark above all', Buffer.from('\ufeffcafé', 'utf16le'), 'text/plain; charset=utf-8', 'café'],
    ['UTF-8 for a charset nobody knows', Buffer.from('café'), 'text/plain; charset=klingon', 'café'],
    ['what does not decode as U+FFFD', latin, undefined, 'caf\uFFFD'],
  ])('is decoded by %s', (_, body, contentType, expected) => {
    expect(decodeText(body, { contentType })).toBe(expected);
  });

  it('leaves out the half character at a cut', () => {
    expect(decodeText(Buffer.from('aé').subarray(0, 2), { truncated: true })).toBe('a');
    expect(decodeText(Buffer.from('aé').subarray(0, 2))).toBe('a\uFFFD');
  });
});
