import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { AppError } from '../kernel/errors.ts';
import type { ApiDependencies } from './api-dependencies.ts';
import type { Drain } from './drain.ts';
import { createHostGuard } from './host-guard.ts';
import { header } from './request-facts.ts';
import { assertPlainFraming, authorityOf } from './request-framing.ts';
import { TokenBuckets } from './token-buckets.ts';

/** Wrong keys an address may try in a minute. */
const FAILED_LOGINS_PER_MINUTE = 60;

const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

/**
 * What every request passes before its body is read: its framing, the Host header, the drain, and
 * the headers that every answer carries.
 */
export function addGate(app: FastifyInstance, { deps, drain }: { deps: ApiDependencies; drain: Drain }): void {
  const guardHost = createHostGuard(deps.settings);
  const counted = new WeakSet<FastifyRequest>();
  const leave = (request: FastifyRequest) => {
    if (counted.delete(request)) drain.leave();
  };
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ ...SECURITY_HEADERS, 'x-request-id': request.id });
    if (deps.settings.tls !== undefined) reply.header('strict-transport-security', 'max-age=31536000');
    guardFraming(request, reply);
    guardHost(authorityOf(request.url) ?? header(request, 'host'));
    if (request.url.startsWith('/health/')) return;
    drain.enter();
    counted.add(request);
    reply.raw.once('close', () => leave(request));
  });
  app.addHook('preClose', async () => {
    const left = await drain.drain(deps.settings.drainMilliseconds);
    if (left > 0) deps.logger.warn({ left }, 'requests were still in flight when the server stopped');
  });
}

function guardFraming(request: FastifyRequest, reply: FastifyReply): void {
  try {
    assertPlainFraming(request.raw);
  } catch (error) {
    reply.header('connection', 'close');
    throw error;
  }
  const coding = header(request, 'content-encoding');
  if (coding === undefined || coding === 'identity') return;
  throw new AppError('UNSUPPORTED_MEDIA_TYPE', 'a body with a content-encoding is not understood here');
}

/** Authenticates a request and takes its token from the caller's bucket. */
export type Admit = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/** @throws AppError UNAUTHENTICATED, RATE_LIMITED (details.retryAfterMilliseconds) from the returned hook */
export function createAdmission({ settings, authenticate, clock }: ApiDependencies): Admit {
  const requests = new TokenBuckets({ perMinute: settings.rateLimitPerMinute, clock });
  const failures = new TokenBuckets({ perMinute: FAILED_LOGINS_PER_MINUTE, clock });
  return async (request, reply) => {
    const gone = new AbortController();
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) gone.abort(new AppError('REQUEST_MALFORMED', 'the caller is gone'));
    });
    try {
      const facts = { traceId: request.id, signal: gone.signal };
      request.callContext = await authenticate(header(request, 'authorization'), facts);
    } catch (error) {
      // A right key is never held up by wrong ones from the same address.
      const isWrongKey = error instanceof AppError && error.code === 'UNAUTHENTICATED';
      const pause = isWrongKey ? failures.take(request.ip) : 0;
      throw pause > 0 ? tooMany(pause, 'with a wrong key from this address') : error;
    }
    const wait = requests.take(request.callContext.principal.id);
    if (wait > 0) throw tooMany(wait, `with this key; ${settings.rateLimitPerMinute} a minute are allowed`);
  };
}

function tooMany(retryAfterMilliseconds: number, why: string): AppError {
  return new AppError('RATE_LIMITED', `too many requests ${why}`, { details: { retryAfterMilliseconds } });
}
