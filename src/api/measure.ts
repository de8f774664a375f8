import type { FastifyInstance } from 'fastify';

import { AppError } from '../kernel/errors.ts';
import type { ApiDependencies } from './api-dependencies.ts';
import type { Drain } from './drain.ts';
import { pathOf } from './request-facts.ts';

/** Measures and logs every request, serves /health/metrics, and takes readiness away while draining. */
export function addMetrics(app: FastifyInstance, { deps, drain }: { deps: ApiDependencies; drain: Drain }): void {
  const { metrics, logger } = deps;
  app.addHook('onRequest', async (request) => {
    if (drain.draining && request.url.startsWith('/health/ready')) {
      throw new AppError('SHUTTING_DOWN', 'the server is shutting down');
    }
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    const seconds = reply.elapsedTime / 1000;
    const streamed = String(reply.getHeader('content-type') ?? '').startsWith('text/event-stream');
    if (!streamed) {
      metrics.httpRequestDuration.observe({ method: request.method, route, status: reply.statusCode }, seconds);
    }
    logger.debug(
      {
        'trace.id': request.id,
        'http.request.method': request.method,
        'url.path': pathOf(request.url),
        'http.route': route,
        'http.response.status_code': reply.statusCode,
        'event.duration': Math.round(seconds * 1e9),
        'user.id': request.callContext?.principal.id,
      },
      'request',
    );
  });
  app.get('/health/metrics', async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
}
