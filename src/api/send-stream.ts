import type { Route } from '#contract';
import type { FastifyReply, FastifyRequest } from 'fastify';

import type { StreamMessage } from '../protocols/rest/index.ts';
import type { ApiDependencies } from './api-dependencies.ts';
import { API_TIMEOUTS } from './api-timeouts.ts';
import type { Drain } from './drain.ts';
import { fromHttpError } from './http-errors.ts';
import { toProblem } from './problem-details.ts';
import { pathOf } from './request-facts.ts';
import { toFrames } from './server-sent-events.ts';

export interface Streaming {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** Aborted here when the caller is gone or the server drains; the stream ends by it. */
  readonly closing: AbortController;
  readonly stream: AsyncIterable<StreamMessage>;
}

/** Answers with server-sent events until the stream ends, the caller goes or the server drains. */
export function sendStream(
  { deps, drain, route }: { readonly deps: ApiDependencies; readonly drain: Drain; readonly route: Route },
  { request, reply, closing, stream }: Streaming,
): FastifyReply {
  const close = () => closing.abort();
  const open = deps.metrics.httpStreams.labels(route.path);
  drain.signal.addEventListener('abort', close, { once: true });
  open.inc();
  // Heartbeats keep the socket busy while the client takes them. Node.js sets its own time again for the next request.
  reply.raw.setTimeout({ ...API_TIMEOUTS, ...deps.settings.timeouts }.stalledStream);
  reply.raw.once('close', () => {
    open.dec();
    drain.signal.removeEventListener('abort', close);
    close();
  });
  const frames = toFrames(stream, {
    onFailure: (thrown) => {
      const error = fromHttpError(thrown);
      deps.logger.error({ err: error, 'trace.id': request.id }, `an event stream failed: ${error.message}`);
      const problem = toProblem(error, { instance: pathOf(request.url), traceId: request.id });
      return { kind: 'ephemeral', event: 'error', data: problem };
    },
  });
  return reply
    .headers({ 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' })
    .code(200)
    .send(frames);
}
