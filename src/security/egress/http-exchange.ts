import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** An address a name resolved to. */
export interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

export interface Exchange {
  readonly url: URL;
  /** The only addresses the connection may go to. */
  readonly addresses: readonly ResolvedAddress[];
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** How much may come over the wire beyond what is wanted of the decoded body. */
const WIRE_ALLOWANCE_BYTES = 1024 * 1024;

/**
 * One GET over a connection of its own, to the given addresses only: the name is not resolved
 * again, so it cannot have moved since the addresses were checked. Answers once the headers are
 * there; rejects with Node's errors.
 */
export function exchange({ url, addresses, headers, signal }: Exchange): Promise<IncomingMessage> {
  // Node's own signature: the name, the options and a callback.
  const lookup: LookupFunction = (...[, options, callback]) => {
    const [first] = addresses;
    if (options.all === true) callback(null, [...addresses]);
    else callback(null, first?.address ?? '', first?.family ?? 4);
  };
  const start = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    start(url, { method: 'GET', agent: false, headers, lookup, signal }, resolve).on('error', reject).end();
  });
}

/**
 * The body with its content encoding undone, up to `maxBytes` of it; what is beyond is not read.
 * Rejects where the body ends early or is encoded in a way that was not offered.
 */
export async function readBody(
  response: IncomingMessage,
  maxBytes: number,
): Promise<{ readonly body: Uint8Array; readonly truncated: boolean }> {
  let wireBytes = 0;
  response.on('data', (chunk: Uint8Array) => {
    wireBytes += chunk.length;
    if (wireBytes > maxBytes + WIRE_ALLOWANCE_BYTES) response.destroy(new Error('the body is too large'));
  });
  response.pause();
  const chunks: Uint8Array[] = [];
  let left = maxBytes;
  for await (const chunk of decoded(response) as AsyncIterable<Uint8Array>) {
    if (chunk.length > left) {
      chunks.push(chunk.subarray(0, left));
      response.destroy();
      return { body: Buffer.concat(chunks), truncated: true };
    }
    chunks.push(chunk);
    left -= chunk.length;
  }
  return { body: Buffer.concat(chunks), truncated: false };
}

function decoded(response: IncomingMessage): Readable {
  const encoding = (response.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  switch (encoding) {
    case 'identity':
    case '':
      return response;
    case 'gzip':
    case 'x-gzip':
      return piped(response, createGunzip());
    case 'deflate':
      return piped(response, createInflate());
    case 'br':
      return piped(response, createBrotliDecompress());
    default:
      response.destroy();
      throw new Error(`its content encoding ${JSON.stringify(encoding)} is not known`);
  }
}

function piped(response: IncomingMessage, decoder: NodeJS.ReadWriteStream & Readable): Readable {
  // An error of either end destroys the decoder, whose reader then gets it.
  pipeline(response, decoder, () => undefined);
  return decoder;
}
