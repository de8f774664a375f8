import { positionSchema, ROUTES, type Route, type RouteName } from '#contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';

import { type CallContext, systemContext } from '../kernel/call-context.ts';
import { AppError } from '../kernel/errors.ts';
import { invalidInput, parseInput } from '../kernel/parse-input.ts';
import type { Action } from '../kernel/ports/authorizer.ts';
import type { StoredAnswer } from '../kernel/ports/idempotency-store.ts';
import { createRestHandlers, type RestAnswer, type RestHandler, type RestRequest } from '../protocols/rest/index.ts';
import type { ApiDependencies } from './api-dependencies.ts';
import type { Drain } from './drain.ts';
import { matchesNone, wantedRevision } from './etag.ts';
import { createAdmission } from './gate.ts';
import { answerOnce, idempotencyKey } from './idempotency.ts';
import { header } from './request-facts.ts';
import { toStoredAnswer } from './route-answer.ts';
import { sendStream } from './send-stream.ts';
import { assertStorableText } from './storable-text.ts';
import { YamlText, parseYamlBody } from './yaml-body.ts';

const NOTHING = z.strictObject({});

export interface RouteSetup {
  readonly deps: ApiDependencies;
  readonly drain: Drain;
}

/** Registers every route of the contract: validate, authorize, call, present. */
export function registerRoutes(app: FastifyInstance, setup: RouteSetup): void {
  const handlers = createRestHandlers(setup.deps.services);
  const admit = createAdmission(setup.deps);
  for (const name of Object.keys(ROUTES) as RouteName[]) {
    const route: Route = ROUTES[name];
    const serve = createServe({ ...setup, route, handler: handlers[name] });
    app.route({
      method: route.method,
      url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      exposeHeadRoute: route.method === 'GET' && route.stream === undefined,
      ...(route.action === 'public' ? {} : { onRequest: admit }),
      handler: serve,
    });
  }
}

interface Served extends RouteSetup {
  readonly route: Route;
  readonly handler: RestHandler<RouteName>;
}

function createServe(served: Served) {
  const { route, deps, handler } = served;
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const context = request.callContext ?? systemContext({ traceId: request.id });
    const closing = new AbortController();
    const wanted = toRestRequest(served, { request, context, closing: closing.signal });
    if (route.action !== 'public') deps.services.authorizer.authorize(context, route.action as Action);
    const key = idempotencyKey(header(request, 'idempotency-key'));
    if (route.idempotent !== true || key === undefined) {
      if (key !== undefined && route.method === 'POST') throw keyNotTaken();
      const answer = await callHandler(handler, wanted);
      if ('stream' in answer) return sendStream(served, { request, reply, closing, stream: answer.stream });
      return sendAnswer({ reply, isKnown: matchesIfNoneMatch(request) }, toStoredAnswer(route, answer));
    }
    const scope = { tenantId: context.tenantId, principalId: context.principal.id, key };
    const once = { scope, method: route.method, url: request.url, body: wanted.body };
    const { answer, repeated } = await answerOnce({ store: deps.idempotencyStore, request: once }, async () => {
      const given = await callHandler(handler, wanted);
      if ('stream' in given) throw new AppError('INTERNAL', 'a stream cannot be kept for an Idempotency-Key');
      return toStoredAnswer(route, given);
    });
    if (repeated) reply.header('idempotency-replayed', 'true');
    return sendAnswer({ reply, isKnown: () => false }, answer);
  };
}

/** A lost race against a revision that the caller named is the caller's precondition. */
async function callHandler(
  handler: RestHandler<RouteName>,
  request: RestRequest<RouteName>,
): Promise<RestAnswer<RouteName>> {
  try {
    return await handler(request);
  } catch (error) {
    if (request.ifRevision === undefined) throw error;
    if (!(error instanceof AppError) || error.code !== 'CONCURRENCY_CONFLICT') throw error;
    throw new AppError('PRECONDITION_FAILED', error.message, { details: error.details, cause: error });
  }
}

interface Incoming {
  readonly request: FastifyRequest;
  readonly context: CallContext;
  readonly closing: AbortSignal;
}

function toRestRequest({ route }: Served, { request, context, closing }: Incoming): RestRequest<RouteName> {
  const lastEventId = header(request, 'last-event-id');
  if (lastEventId !== undefined && !positionSchema.safeParse(lastEventId).success) {
    throw new AppError('VALIDATION_FAILED', 'Last-Event-ID must be the id of an event of this stream');
  }
  const changes = route.etag === true && route.method !== 'GET';
  const ifRevision = changes ? wantedRevision(header(request, 'if-match')) : undefined;
  const { stream } = route;
  const accepts = (header(request, 'accept') ?? '').includes('text/event-stream');
  const parsed = {
    params: parsePart(route.params, { value: request.params, subject: 'the address' }),
    query: parsePart(route.query, { value: single(request.query), subject: 'the query' }),
    body: parseBody(route, request.body),
    context,
    closing,
    wantsStream: stream !== undefined && (stream.always || accepts),
    ...(ifRevision === undefined ? {} : { ifRevision }),
    ...(lastEventId === undefined ? {} : { lastEventId }),
  };
  return parsed as unknown as RestRequest<RouteName>;
}

function parseBody(route: Route, body: unknown): unknown {
  if (route.body === undefined) {
    if (route.method !== 'GET') parsePart(undefined, { value: body ?? {}, subject: 'the body' });
    return undefined;
  }
  if (body instanceof YamlText) {
    if (route.bodyTypes?.includes('application/yaml') !== true) {
      throw new AppError('UNSUPPORTED_MEDIA_TYPE', 'only application/json is understood here');
    }
    return parsePart(route.body, { value: parseYamlBody(body.text), subject: 'the body' });
  }
  return parsePart(route.body, { value: body ?? undefined, subject: 'the body' });
}

interface Part {
  readonly value: unknown;
  readonly subject: string;
}

function parsePart(schema: z.ZodType = NOTHING, { value, subject }: Part): unknown {
  assertStorableText(value, subject);
  return parseInput(schema, value, subject);
}

/** A query in which every field stands once. @throws AppError VALIDATION_FAILED */
function single(query: unknown): unknown {
  const repeated = Object.entries(query ?? {}).filter(([, value]) => Array.isArray(value));
  if (repeated.length === 0) return query;
  const errors = repeated.map(([path]) => ({ path: path.slice(0, 128), message: 'stands more than once' }));
  throw invalidInput('the query', errors);
}

interface Sending {
  readonly reply: FastifyReply;
  /** Whether the caller has this state already. */
  readonly isKnown: (etag: string) => boolean;
}

function sendAnswer({ reply, isKnown }: Sending, { status, headers, body }: StoredAnswer): FastifyReply {
  reply.headers(headers);
  const etag = headers['etag'];
  if (etag !== undefined && isKnown(etag)) return reply.code(304).send();
  if (status === 204) return reply.code(204).send();
  return reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(body));
}

function matchesIfNoneMatch(request: FastifyRequest): (etag: string) => boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return () => false;
  return (etag) => matchesNone(header(request, 'if-none-match'), etag);
}

function keyNotTaken(): AppError {
  return new AppError('VALIDATION_FAILED', 'this address takes no Idempotency-Key: its answer is never stored');
}
