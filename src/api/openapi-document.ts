import { type ErrorCode, problemSchema, ROUTES, type Route } from '#contract';
import type { z } from 'zod';

import { isJsonObject, type JsonObject, type JsonValue } from '../utils/json.ts';
import { PROBLEM_TYPE, statusOf } from './problem-details.ts';
import { SchemaComponents } from './schema-components.ts';

const EVERY_ROUTE: readonly ErrorCode[] = [
  'VALIDATION_FAILED',
  'REQUEST_MALFORMED',
  'HOST_REFUSED',
  'SHUTTING_DOWN',
  'DATABASE_UNAVAILABLE',
  'INTERNAL',
];
const WITH_KEY: readonly ErrorCode[] = ['UNAUTHENTICATED', 'FORBIDDEN', 'RATE_LIMITED'];
const WITH_BODY: readonly ErrorCode[] = ['MALFORMED_BODY', 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'];
const IDEMPOTENT: readonly ErrorCode[] = ['IDEMPOTENCY_KEY_REUSED', 'IDEMPOTENCY_KEY_IN_USE'];

/** Every code that a route may answer with. */
export function errorsOf(route: Route): readonly ErrorCode[] {
  const isChange = route.method !== 'GET';
  return [
    ...new Set([
      ...route.errors,
      ...EVERY_ROUTE,
      ...(route.action === 'public' ? [] : WITH_KEY),
      ...(isChange ? WITH_BODY : []),
      ...(isChange ? (['STORAGE_FULL'] as const) : []),
      ...(isChange && route.etag === true ? (['PRECONDITION_FAILED'] as const) : []),
      ...(route.idempotent === true ? IDEMPOTENT : []),
    ]),
  ];
}

/** The OpenAPI 3.1 description of the whole REST API, made from the route table and its schemas. */
export function createOpenApiDocument(version: string): JsonObject {
  const components = new SchemaComponents();
  const paths: Record<string, Record<string, JsonValue>> = {};
  components.schema(problemSchema, 'output');
  for (const [name, route] of Object.entries(ROUTES) as [string, Route][]) {
    const operations = (paths[route.path] ??= {});
    operations[route.method.toLowerCase()] = operation(components, { name, route });
  }
  paths['/health/metrics'] = {
    get: plainOperation({
      operationId: 'health.metrics',
      summary: 'Metrics in the Prometheus text format',
      type: 'text/plain',
    }),
  };
  paths['/openapi.json'] = {
    get: plainOperation({ operationId: 'docs.openapi', summary: 'This document', type: 'application/json' }),
  };
  paths['/docs'] = {
    get: plainOperation({ operationId: 'docs.reference', summary: 'The reference as a page', type: 'text/html' }),
  };
  paths['/docs/errors'] = {
    get: plainOperation({ operationId: 'docs.errors', summary: 'Every error code as a page', type: 'text/html' }),
  };
  return {
    openapi: '3.1.0',
    info: {
      title: 'PyGent Factory',
      version,
      description: 'Define agents, run them durably, follow and prove what they do.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    security: [{ key: [] }],
    tags: [...new Set(Object.values(ROUTES).map((route) => route.tag))].map((tag) => ({ name: tag })),
    paths,
    components: {
      schemas: components.schemas,
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'An API key; see `pygent keys create`.' },
      },
    },
  };
}

function operation(
  components: SchemaComponents,
  { name, route }: { readonly name: string; readonly route: Route },
): JsonObject {
  return {
    operationId: name,
    tags: [route.tag],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    ...(route.action === 'public' ? { security: [] } : { 'x-action': route.action }),
    parameters: parameters(components, route),
    ...(route.body === undefined ? {} : { requestBody: requestBody(components, { route, body: route.body }) }),
    responses: { ...success(components, route), ...failures(route) },
  };
}

function parameters(components: SchemaComponents, route: Route): JsonObject[] {
  const isChange = route.method !== 'GET';
  return [
    ...fields(components, { schema: route.params, place: 'path' }),
    ...fields(components, { schema: route.query, place: 'query' }),
    ...(route.idempotent === true
      ? [headerParameter('Idempotency-Key', 'Repeats with the same key are done once and answered alike.')]
      : []),
    ...(route.etag === true && isChange ? [headerParameter('If-Match', 'ETag that the thing must still have.')] : []),
    ...(route.etag === true && !isChange ? [headerParameter('If-None-Match', 'ETag that is known already.')] : []),
    ...(route.stream === undefined ? [] : [headerParameter('Last-Event-ID', 'Id of the last event received.')]),
  ];
}

const headerParameter = (name: string, description: string): JsonObject => ({
  name,
  in: 'header',
  required: false,
  description,
  schema: { type: 'string' },
});

interface Fields {
  readonly schema: z.ZodObject | undefined;
  readonly place: 'path' | 'query';
}

function fields(components: SchemaComponents, { schema, place }: Fields): JsonObject[] {
  if (schema === undefined) return [];
  const json = components.schema(schema, 'input');
  const required = Array.isArray(json['required']) ? (json['required'] as readonly JsonValue[]) : [];
  const properties = isJsonObject(json['properties']) ? json['properties'] : {};
  return Object.entries(properties).map(([name, field]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: field ?? {},
  }));
}

function requestBody(
  components: SchemaComponents,
  { route, body }: { readonly route: Route; readonly body: z.ZodType },
): JsonObject {
  const schema = components.schema(body, 'input');
  const types = route.bodyTypes ?? ['application/json'];
  return {
    required: !body.safeParse(undefined).success,
    content: Object.fromEntries(types.map((type) => [type, { schema }])),
  };
}

function success(components: SchemaComponents, route: Route): JsonObject {
  const content: Record<string, JsonValue> = {};
  if (route.response !== undefined) {
    content['application/json'] = { schema: components.schema(route.response, 'output') };
  }
  if (route.stream !== undefined) {
    const events = Object.entries(route.stream.events).map(([name, schema]) => [
      name,
      components.schema(schema, 'output'),
    ]);
    content['text/event-stream'] = {
      schema: { type: 'string', description: 'Server-sent events; `x-events` has the schema of the data of each.' },
      'x-events': Object.fromEntries(events) as JsonObject,
    };
  }
  const headers: Record<string, JsonValue> = {
    ...(route.etag === true && route.status !== 204 ? { ETag: responseHeader('Strong mark of this state.') } : {}),
    ...(route.location === true ? { Location: responseHeader('Path of the new thing.') } : {}),
  };
  const answer: JsonObject = {
    description: route.status === 204 ? 'Done; no content.' : 'Done.',
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...(Object.keys(content).length === 0 ? {} : { content }),
  };
  const notModified = route.etag === true && route.method === 'GET';
  return {
    [route.status]: answer,
    ...(notModified ? { 304: { description: 'Not modified since If-None-Match.' } } : {}),
  };
}

const responseHeader = (description: string): JsonObject => ({ description, schema: { type: 'string' } });

function failures(route: Route): JsonObject {
  const codes = new Map<number, ErrorCode[]>();
  for (const code of errorsOf(route)) {
    const status = statusOf(code);
    codes.set(status, [...(codes.get(status) ?? []), code]);
  }
  return Object.fromEntries([...codes].map(([status, group]) => [status, problemResponse(status, group)]));
}

function problemResponse(status: number, codes: readonly ErrorCode[]): JsonObject {
  const waits = status === 429 || status === 503;
  return {
    description: codes.join(', '),
    ...(waits ? { headers: { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } } } } : {}),
    content: {
      [PROBLEM_TYPE]: {
        schema: {
          allOf: [{ $ref: '#/components/schemas/Problem' }],
          properties: { code: { enum: [...codes] }, status: { const: status } },
        },
      },
    },
  };
}

function plainOperation({
  operationId,
  summary,
  type,
}: Record<'operationId' | 'summary' | 'type', string>): JsonObject {
  return {
    operationId,
    tags: ['health'],
    summary,
    security: [],
    responses: { 200: { description: 'Done.', content: { [type]: { schema: {} } } } },
  };
}
