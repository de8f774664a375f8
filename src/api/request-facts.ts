import type { FastifyRequest } from 'fastify';

import type { CallContext } from '../kernel/call-context.ts';
import { newTraceId } from '../kernel/ids.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set once the caller is authenticated. */
    callContext: CallContext | undefined;
  }
}

const REQUEST_ID = /^[\w.:-]{1,128}$/;
const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/;

interface RawHeaders {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** The id of a request: the trace id of its traceparent (W3C Trace Context), its X-Request-Id, or a new one. */
export function requestId({ headers }: RawHeaders): string {
  const trace = TRACEPARENT.exec(String(headers['traceparent'] ?? ''))?.[1];
  if (trace !== undefined && !/^0+$/.test(trace)) return trace;
  const given = headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : newTraceId();
}

/** A header that must stand alone; the first where it stands twice. */
export function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** The path without its query, as problem details name it. */
export function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? url;
}
