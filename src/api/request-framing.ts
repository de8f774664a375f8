import type { IncomingMessage } from 'node:http';

import { AppError } from '../kernel/errors.ts';

/** Node reads the first of these and a proxy may read the last: whose request it is would be a matter of taste. */
const SINGLE_HEADERS: ReadonlySet<string> = new Set(['host', 'authorization', 'content-type', 'content-encoding']);

/**
 * Refuses what the parser lets through and a proxy in front may understand in another way (RFC 9112,
 * 3.2 and 6.1; two lengths, or a length beside chunks, never get past the parser).
 * @throws AppError REQUEST_MALFORMED; the connection must be closed behind it, since where the
 *   request ends is not known
 */
export function assertPlainFraming({ rawHeaders, headers, httpVersion }: IncomingMessage): void {
  const seen = new Set<string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    if (seen.has(name)) throw malformed(`the header ${name} stands more than once`);
    if (SINGLE_HEADERS.has(name)) seen.add(name);
  }
  if (headers.host === undefined && httpVersion !== '1.0') throw malformed('the header host is missing');
  const coding = headers['transfer-encoding'];
  if (coding === undefined) return;
  if (httpVersion === '1.0') throw malformed('HTTP/1.0 has no transfer-encoding');
  if (coding.toLowerCase() !== 'chunked') throw malformed('the only transfer-encoding understood is chunked');
}

/** The authority that the request line itself names, as in `GET http://host/path`: it goes before Host. */
export function authorityOf(url: string): string | undefined {
  return /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(url)?.[1];
}

function malformed(message: string): AppError {
  return new AppError('REQUEST_MALFORMED', message);
}
