import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** A request as it came over the wire. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  // Tests look into bodies of four vendors at will.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
  /** Settled when the client lets go of the connection before the answer ends. */
  readonly abandoned: Promise<void>;
}

/** One answer of the server. */
export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body; written in pieces of `pieceBytes`, whatever characters and lines that cuts apart. */
  readonly body: string;
  readonly pieceBytes?: number;
  /** Nothing is answered before this. */
  readonly after?: Promise<void>;
  /** After the body: end properly, tear the connection down, say nothing more, or repeat it for ever. */
  readonly ending?: 'end' | 'cut' | 'hang' | 'repeat';
}

export interface ProviderServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly requests: RecordedRequest[];
  /** Queues answers, one for each request to come; a request without one is answered 418. */
  readonly reply: (...replies: readonly Reply[]) => void;
}

/** A local server in the place of a model provider: answers from a script, and records what it was asked. */
export async function startProviderServer(): Promise<ProviderServer> {
  const requests: RecordedRequest[] = [];
  const replies: Reply[] = [];
  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const reply = replies.shift() ?? { status: 418, body: 'no reply was queued' };
    requests.push(await record(request, response));
    await write(response, reply);
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    reply: (...more) => void replies.push(...more),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function record(request: IncomingMessage, response: ServerResponse): Promise<RecordedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    body: text === '' ? undefined : JSON.parse(text),
    abandoned: new Promise((resolve) => {
      response.once('close', () => {
        if (!response.writableFinished) resolve();
      });
    }),
  };
}

async function write(response: ServerResponse, reply: Reply): Promise<void> {
  const { status = 200, headers = { 'content-type': 'application/json' }, ending = 'end' } = reply;
  await reply.after;
  const bytes = Buffer.from(reply.body);
  const pieceBytes = reply.pieceBytes ?? Math.max(1, bytes.length);
  response.writeHead(status, headers);
  do {
    for (let start = 0; start < bytes.length; start += pieceBytes) {
      response.write(bytes.subarray(start, start + pieceBytes));
      // A turn of the event loop between pieces, so that they travel apart.
      await nextTurn();
    }
  } while (ending === 'repeat' && !response.closed);
  if (ending === 'end') response.end();
  if (ending === 'cut') response.socket?.destroy();
}
