import { z } from 'zod';

import { eventSchema } from '../executions.ts';
import { createKeySchema, createdKeySchema, keySchema } from '../keys.ts';
import { pageOf, pageQuerySchema } from '../page.ts';
import type { Route } from '../route.ts';
import { deepHealthSchema, healthSchema, modelsSchema, systemSchema, toolSchema } from '../system.ts';
import { positionSchema } from './tasks.ts';

export const systemRoutes = {
  'tools.list': {
    method: 'GET',
    path: '/api/v1/tools',
    tag: 'tools',
    summary: 'List the tools that agents may be given',
    action: 'tools:read',
    status: 200,
    response: pageOf(toolSchema),
    errors: [],
  },
  'models.list': {
    method: 'GET',
    path: '/api/v1/models',
    tag: 'models',
    summary: 'List model providers, which are configured and why',
    action: 'models:read',
    status: 200,
    response: modelsSchema,
    errors: [],
  },
  'keys.create': {
    method: 'POST',
    path: '/api/v1/keys',
    tag: 'keys',
    summary: 'Make a key; its secret is told this once',
    description: 'Takes no Idempotency-Key: the answer holds a secret, which is never stored.',
    action: 'keys:write',
    body: createKeySchema,
    status: 201,
    response: createdKeySchema,
    location: true,
    errors: [],
  },
  'keys.list': {
    method: 'GET',
    path: '/api/v1/keys',
    tag: 'keys',
    summary: 'List keys, newest first, without their secrets',
    action: 'keys:read',
    query: pageQuerySchema,
    status: 200,
    response: pageOf(keySchema),
    errors: ['CURSOR_INVALID'],
  },
  'keys.revoke': {
    method: 'DELETE',
    path: '/api/v1/keys/{id}',
    tag: 'keys',
    summary: 'Revoke a key, at once and for good',
    action: 'keys:write',
    params: z.strictObject({ id: z.string().min(1).max(64) }),
    status: 204,
    errors: ['KEY_NOT_FOUND', 'LAST_ADMIN_KEY', 'CONCURRENCY_CONFLICT'],
  },
  'events.list': {
    method: 'GET',
    path: '/api/v1/events',
    tag: 'events',
    summary: 'Read the log in its order, as a page or as a stream',
    description:
      'With `Accept: text/event-stream` the log is followed as it grows, from `after` or Last-Event-ID on, or from now where neither is given. ' +
      'A page goes on behind the `position` of its last event.',
    action: 'events:read',
    query: z.strictObject({
      after: positionSchema.optional(),
      limit: z.coerce.number<number>().int().min(1).max(200).default(50),
      /** Only events of this stream, such as `task-…`. */
      stream: z.string().min(1).max(128).optional(),
    }),
    status: 200,
    response: pageOf(eventSchema),
    stream: { always: false, events: { '{EventType}': eventSchema } },
    errors: [],
  },
  'system.get': {
    method: 'GET',
    path: '/api/v1/system',
    tag: 'system',
    summary: 'What runs here: version, model in use and why, who you are',
    action: 'models:read',
    status: 200,
    response: systemSchema,
    errors: [],
  },
  'health.live': {
    method: 'GET',
    path: '/health/live',
    tag: 'health',
    summary: 'Whether the process is alive',
    action: 'public',
    status: 200,
    response: healthSchema,
    errors: [],
  },
  'health.ready': {
    method: 'GET',
    path: '/health/ready',
    tag: 'health',
    summary: 'Whether requests are taken: 503 while draining or while the database is away',
    action: 'public',
    status: 200,
    response: healthSchema,
    errors: ['DATABASE_UNAVAILABLE', 'SHUTTING_DOWN'],
  },
  'health.deep': {
    method: 'GET',
    path: '/health/deep',
    tag: 'health',
    summary: 'Every dependency with its latency',
    action: 'health:deep',
    status: 200,
    response: deepHealthSchema,
    errors: [],
  },
} as const satisfies Record<string, Route>;
