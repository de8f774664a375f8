import { z } from 'zod';

import { conversationSchema } from '../conversations.ts';
import { eventSchema } from '../executions.ts';
import { pageOf, pageQuerySchema } from '../page.ts';
import type { Route } from '../route.ts';
import { ephemeralEventSchema, streamEndSchema } from '../task-stream.ts';
import { cancelTaskSchema, resolveTaskSchema, submitTaskSchema, taskSchema, taskStateSchema } from '../tasks.ts';

const idParams = z.strictObject({ id: z.string().min(1).max(64) });

/** Names of events that are told but not kept; durable events bear the names of the log. */
export const EPHEMERAL_EVENTS = [
  'text-delta',
  'reasoning-delta',
  'tool-call-delta',
  'step-started',
  'tool-progress',
  'events-dropped',
] as const;

const LAST_POSITION = 2n ** 63n - 1n;

/** A place in the log: a decimal number that the database can count to. */
export const positionSchema = z
  .string()
  .regex(/^\d{1,19}$/, { error: 'use a position as an event carries it', abort: true })
  .refine((text) => BigInt(text) <= LAST_POSITION, 'lies beyond the end of any log');

export const taskRoutes = {
  'tasks.submit': {
    method: 'POST',
    path: '/api/v1/tasks',
    tag: 'tasks',
    summary: 'Submit a task to an agent',
    description: 'Answers as soon as the task is on disk; its state, its events and its end are read from Location.',
    action: 'tasks:write',
    body: submitTaskSchema,
    status: 202,
    response: taskSchema,
    location: true,
    idempotent: true,
    errors: [
      'AGENT_NOT_FOUND',
      'AGENT_VERSION_NOT_FOUND',
      'AGENT_DISABLED',
      'MODEL_NOT_FOUND',
      'CONVERSATION_NOT_FOUND',
      'PATH_REFUSED',
      'DOCUMENTS_NOT_FOUND',
      'CONCURRENCY_CONFLICT',
    ],
  },
  'tasks.list': {
    method: 'GET',
    path: '/api/v1/tasks',
    tag: 'tasks',
    summary: 'List tasks, newest first',
    action: 'tasks:read',
    query: pageQuerySchema.extend({
      agent: z.string().min(1).max(64).optional(),
      state: taskStateSchema.optional(),
      conversationId: z.string().min(1).max(64).optional(),
    }),
    status: 200,
    response: pageOf(taskSchema),
    errors: ['CURSOR_INVALID'],
  },
  'tasks.get': {
    method: 'GET',
    path: '/api/v1/tasks/{id}',
    tag: 'tasks',
    summary: 'Read a task',
    action: 'tasks:read',
    params: idParams,
    status: 200,
    response: taskSchema,
    etag: true,
    errors: ['TASK_NOT_FOUND'],
  },
  'tasks.cancel': {
    method: 'POST',
    path: '/api/v1/tasks/{id}/cancel',
    tag: 'tasks',
    summary: 'Cancel a task; running calls are aborted',
    action: 'tasks:write',
    params: idParams,
    body: cancelTaskSchema.optional(),
    status: 200,
    response: taskSchema,
    idempotent: true,
    errors: ['TASK_NOT_FOUND', 'TASK_FINISHED', 'CONCURRENCY_CONFLICT'],
  },
  'tasks.resolve': {
    method: 'POST',
    path: '/api/v1/tasks/{id}/resolve',
    tag: 'tasks',
    summary: 'Decide what an input-required task waits for',
    action: 'tasks:resolve',
    params: idParams,
    body: resolveTaskSchema,
    status: 200,
    response: taskSchema,
    idempotent: true,
    errors: ['TASK_NOT_FOUND', 'TASK_NOT_WAITING', 'CONCURRENCY_CONFLICT'],
  },
  'tasks.events': {
    method: 'GET',
    path: '/api/v1/tasks/{id}/events',
    tag: 'tasks',
    summary: 'Follow a task as server-sent events',
    description:
      'Durable events carry `id:`, their position in the log; send it back as Last-Event-ID (or `after`) to go on without a gap or a duplicate. ' +
      'What is not kept, such as text-delta, has no `id:`; where a slow reader made the server drop some of it, events-dropped says how many. The stream closes with `end`.',
    action: 'tasks:read',
    params: idParams,
    query: z.strictObject({ after: positionSchema.optional() }),
    status: 200,
    stream: {
      always: true,
      events: {
        '{EventType}': eventSchema,
        ...(Object.fromEntries(EPHEMERAL_EVENTS.map((name) => [name, ephemeralEventSchema])) as Record<
          (typeof EPHEMERAL_EVENTS)[number],
          typeof ephemeralEventSchema
        >),
        end: streamEndSchema,
      },
    },
    errors: ['TASK_NOT_FOUND'],
  },
  'conversations.get': {
    method: 'GET',
    path: '/api/v1/conversations/{id}',
    tag: 'conversations',
    summary: 'Read the messages of a conversation, the newest page first',
    action: 'conversations:read',
    params: idParams,
    query: pageQuerySchema,
    status: 200,
    response: conversationSchema,
    errors: ['CONVERSATION_NOT_FOUND', 'CURSOR_INVALID'],
  },
} as const satisfies Record<string, Route>;
