import fastify, { type FastifyInstance } from 'fastify';

import type { ApiDependencies } from './api-dependencies.ts';
import { API_TIMEOUTS } from './api-timeouts.ts';
import { addDocumentation } from './documentation.ts';
import { Drain } from './drain.ts';
import { addErrorAnswers, answerMalformedRequest, sendProblem } from './error-answers.ts';
import { addGate } from './gate.ts';
import { addMetrics } from './measure.ts';
import { registerRoutes } from './register-routes.ts';
import { decodeBody, parseJsonBody } from './request-body.ts';
import { requestId } from './request-facts.ts';
import { YamlText } from './yaml-body.ts';

const YAML_TYPES = ['application/yaml', 'application/x-yaml', 'text/yaml', 'text/x-yaml'];

/** More than Node.js takes of headers: the route's own schema says what is too long. */
const MOST_ADDRESS_CHARACTERS = 16_384;

/**
 * The HTTP server, not yet listening. `close()` drains it: streams end, requests in flight are
 * answered, new ones get SHUTTING_DOWN; readiness is lost at once.
 */
export function createApi(deps: ApiDependencies): FastifyInstance {
  const drain = new Drain();
  const app = createServer(deps);
  app.decorateRequest('callContext', undefined);
  addBodyParsers(app);
  addErrorAnswers(app, deps.logger);
  addGate(app, { deps, drain });
  addMetrics(app, { deps, drain });
  registerRoutes(app, { deps, drain });
  addDocumentation(app, deps.services.system.version);
  return app;
}

function createServer({ settings, logger }: ApiDependencies): FastifyInstance {
  const timeouts = { ...API_TIMEOUTS, ...settings.timeouts };
  const serverOptions = {
    headersTimeout: timeouts.headers,
    requestTimeout: timeouts.request,
    connectionsCheckingInterval: timeouts.check,
    // The gate says so itself, as a problem document.
    requireHostHeader: false,
  };
  const options = {
    bodyLimit: settings.bodyLimitBytes,
    trustProxy: settings.trustProxy,
    requestTimeout: timeouts.request,
    keepAliveTimeout: timeouts.keepAlive,
    genReqId: requestId,
    requestIdHeader: false as const,
    return503OnClosing: false,
    // By then the drain has waited; a connection that never asked for anything would hold the server open.
    forceCloseConnections: true,
    routerOptions: { maxParamLength: MOST_ADDRESS_CHARACTERS, ignoreTrailingSlash: false },
    clientErrorHandler: answerMalformedRequest,
    // oxlint-disable-next-line max-params -- Fastify's own signature
    frameworkErrors: (
      thrown: unknown,
      request: Parameters<typeof sendProblem>[0]['request'],
      reply: Parameters<typeof sendProblem>[0]['reply'],
    ) => {
      sendProblem({ thrown, request, reply, logger });
    },
  };
  if (settings.tls === undefined) return fastify({ ...options, http: serverOptions });
  return fastify({ ...options, https: { ...serverOptions, ...settings.tls } });
}

function addBodyParsers(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (_request: unknown, body: Buffer) =>
    body.length === 0 ? undefined : parseJsonBody(body),
  );
  app.addContentTypeParser(
    YAML_TYPES,
    { parseAs: 'buffer' },
    async (_request: unknown, body: Buffer) => new YamlText(decodeBody(body)),
  );
}
