import { lookup } from 'node:dns/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

import { AppError } from '../../kernel/errors.ts';
import { type AddressPolicy, bareHost, createAddressPolicy } from './address-policy.ts';
import { exchange, readBody, type ResolvedAddress } from './http-exchange.ts';

/** All addresses of a name; rejects where it has none. */
export type Resolver = (hostname: string) => Promise<readonly ResolvedAddress[]>;

export interface EgressGuardOptions {
  /** EGRESS_ALLOW: hosts, `host:port`, addresses and ranges that may be called though they are not public. */
  readonly allow: readonly string[];
  /** The system's own unless given. */
  readonly resolve?: Resolver;
}

export interface EgressRequest {
  readonly signal?: AbortSignal;
  /** Of the decoded body; 1 MiB unless given. More is cut off and `truncated` set. */
  readonly maxBytes?: number;
  /** For everything: names, redirects and the body; 20,000 unless given. */
  readonly timeoutMilliseconds?: number;
  /** Sent along; credentials among them go to the first origin only. Connection headers are left out. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface EgressResponse {
  /** Where it came from in the end, after redirects. */
  readonly url: string;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
  readonly truncated: boolean;
}

/** The only way out to addresses that a model or a document may have chosen. */
export interface EgressGuard {
  /**
   * A GET to a checked address, redirects followed (five at most), each hop checked anew.
   * @throws AppError EGRESS_REFUSED naming the host and EGRESS_ALLOW; EGRESS_FAILED where nobody
   *   answers, it takes too long, or the answer is broken; an abort rejects with the signal's reason
   */
  get(url: string, request?: EgressRequest): Promise<EgressResponse>;
  /**
   * The addresses of a URL that may be called, for callers with a client of their own, who must
   * connect to no others.
   * @throws AppError EGRESS_REFUSED, EGRESS_FAILED
   */
  check(url: string): Promise<readonly ResolvedAddress[]>;
}

const DEFAULT_MAX_BYTES = 1024 * 1024;
const DEFAULT_TIMEOUT_MILLISECONDS = 20_000;
const REDIRECT_LIMIT = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const CREDENTIAL_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'proxy-authorization',
  'x-api-key',
]);
/** RFC 9110, section 7.6.1, and what would make two readers see different requests. */
const CONNECTION_HEADERS: ReadonlySet<string> = new Set(
  'connection content-length expect host keep-alive proxy-connection te trailer transfer-encoding upgrade accept-encoding'.split(
    ' ',
  ),
);

/** @throws AppError CONFIGURATION_INVALID naming the entry of EGRESS_ALLOW that cannot be read */
export function createEgressGuard({ allow, resolve = resolveBySystem }: EgressGuardOptions): EgressGuard {
  const policy = createAddressPolicy(allow);
  return {
    check: async (text) => checkedAddresses(checkedUrl(text), { policy, resolve }),
    async get(text, request = {}) {
      const { maxBytes = DEFAULT_MAX_BYTES, timeoutMilliseconds = DEFAULT_TIMEOUT_MILLISECONDS } = request;
      const limit = timeLimit({ url: text, milliseconds: timeoutMilliseconds, caller: request.signal });
      try {
        return await follow({
          url: checkedUrl(text),
          headers: outgoingHeaders(request.headers ?? {}),
          signal: limit.signal,
          maxBytes,
          addressesOf: (url) => checkedAddresses(url, { policy, resolve }),
        });
      } catch (error) {
        if (limit.signal.aborted) throw limit.signal.reason;
        throw error instanceof AppError ? error : failed(text, error);
      } finally {
        limit.end();
      }
    },
  };
}

interface Follow {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly maxBytes: number;
  readonly addressesOf: (url: URL) => Promise<readonly ResolvedAddress[]>;
}

async function follow({ url: first, headers: given, signal, maxBytes, addressesOf }: Follow): Promise<EgressResponse> {
  let url = first;
  let headers = given;
  for (let redirects = 0; ; redirects += 1) {
    const addresses = await untilAborted(addressesOf(url), signal);
    const response = await exchange({ url, addresses, headers, signal });
    const status = response.statusCode ?? 0;
    const { location } = response.headers;
    if (location === undefined || !REDIRECTS.has(status)) {
      const { body, truncated } = await readBody(response, maxBytes);
      return { url: url.href, status, headers: response.headers, body, truncated };
    }
    response.destroy();
    if (redirects === REDIRECT_LIMIT) throw failed(first.href, new Error(`more than ${REDIRECT_LIMIT} redirects`));
    const next = checkedUrl(location, url);
    if (next.origin !== url.origin) headers = withoutCredentials(headers);
    url = next;
  }
}

function checkedUrl(text: string, base?: URL): URL {
  const url = URL.parse(text, base?.href);
  const shown = JSON.stringify(text.slice(0, 200));
  if (url === null)
    throw new AppError('EGRESS_REFUSED', `${shown} is no URL`, { details: { url: text.slice(0, 200) } });
  const host = bareHost(url.hostname);
  const refuse = (reason: string): AppError =>
    new AppError('EGRESS_REFUSED', `${host === '' ? shown : host} may not be called: ${reason}`, { details: { host } });
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw refuse(`only http and https are allowed, not ${url.protocol.slice(0, -1)}`);
  }
  if (url.username !== '' || url.password !== '') throw refuse('the URL must not hold a user name or a password');
  if (host === '') throw refuse('the URL names no host');
  return url;
}

async function checkedAddresses(
  url: URL,
  { policy, resolve }: { readonly policy: AddressPolicy; readonly resolve: Resolver },
): Promise<readonly ResolvedAddress[]> {
  const host = bareHost(url.hostname);
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  const family = isIP(host);
  const addresses =
    family === 0 ? await resolved(host, resolve) : [{ address: host, family: family === 4 ? 4 : 6 } as const];
  for (const { address } of addresses) {
    const reason = policy({ host, port }, address);
    if (reason === undefined) continue;
    const message = `${host} may not be called: ${reason}; name ${host} in EGRESS_ALLOW if it is meant to be reached`;
    throw new AppError('EGRESS_REFUSED', message, { details: { host, address, setting: 'EGRESS_ALLOW' } });
  }
  return addresses;
}

async function resolved(host: string, resolve: Resolver): Promise<readonly ResolvedAddress[]> {
  try {
    const addresses = await resolve(host);
    if (addresses.length > 0) return addresses;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new AppError('EGRESS_FAILED', `The name ${host} cannot be resolved${code}`, {
      details: { host },
      cause: error,
    });
  }
  throw new AppError('EGRESS_FAILED', `The name ${host} has no address`, { details: { host } });
}

async function resolveBySystem(hostname: string): Promise<readonly ResolvedAddress[]> {
  const found = await lookup(hostname, { all: true });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
}

function outgoingHeaders(given: Readonly<Record<string, string>>): Record<string, string> {
  const headers: Record<string, string> = {
    accept: 'text/*, application/json;q=0.9, */*;q=0.5',
    'user-agent': 'pygent-factory',
  };
  for (const [name, value] of Object.entries(given)) {
    if (!CONNECTION_HEADERS.has(name.toLowerCase())) headers[name.toLowerCase()] = value;
  }
  return { ...headers, 'accept-encoding': 'gzip, br' };
}

function withoutCredentials(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !CREDENTIAL_HEADERS.has(name)));
}

interface TimeLimit {
  readonly url: string;
  readonly milliseconds: number;
  readonly caller: AbortSignal | undefined;
}

/** A signal that follows the caller's and the clock; `end` lets go of both. */
function timeLimit({ url, milliseconds, caller }: TimeLimit): {
  readonly signal: AbortSignal;
  readonly end: () => void;
} {
  caller?.throwIfAborted();
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(failed(url, new Error(`no complete answer within ${milliseconds} ms`)));
  }, milliseconds);
  const onAbort = (): void => controller.abort(caller?.reason);
  caller?.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    end: () => {
      clearTimeout(timer);
      caller?.removeEventListener('abort', onAbort);
    },
  };
}

/** The promise, or a rejection as soon as the signal aborts. */
async function untilAborted<Result>(promise: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function failed(url: string, error: unknown): AppError {
  const reason =
    error instanceof Error ? error.message || ('code' in error ? String(error.code) : error.name) : String(error);
  // A URL may carry a secret in its query: only its origin and path are told.
  const parsed = URL.parse(url);
  const shown = parsed === null ? url.slice(0, 200) : `${parsed.origin}${parsed.pathname}`.slice(0, 200);
  return new AppError('EGRESS_FAILED', `${shown} could not be fetched: ${reason}`, {
    details: { url: shown },
    cause: error,
  });
}
