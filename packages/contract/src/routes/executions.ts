import { z } from 'zod';

import {
  EXECUTION_STATUSES,
  cancelExecutionSchema,
  eventSchema,
  executionDetailSchema,
  executionSchema,
  forkExecutionSchema,
  replaySchema,
} from '../executions.ts';
import { pageOf, pageQuerySchema } from '../page.ts';
import type { Route } from '../route.ts';

const idParams = z.strictObject({ id: z.string().min(1).max(64) });

export const executionRoutes = {
  'executions.list': {
    method: 'GET',
    path: '/api/v1/executions',
    tag: 'executions',
    summary: 'List executions, newest first',
    action: 'executions:read',
    query: pageQuerySchema.extend({
      taskId: z.string().min(1).max(64).optional(),
      agent: z.string().min(1).max(64).optional(),
      status: z.enum(EXECUTION_STATUSES).optional(),
    }),
    status: 200,
    response: pageOf(executionSchema),
    errors: ['CURSOR_INVALID'],
  },
  'executions.get': {
    method: 'GET',
    path: '/api/v1/executions/{id}',
    tag: 'executions',
    summary: 'Read an execution with the timeline of its steps',
    action: 'executions:read',
    params: idParams,
    status: 200,
    response: executionDetailSchema,
    etag: true,
    errors: ['EXECUTION_NOT_FOUND', 'BLOB_NOT_FOUND'],
  },
  'executions.events': {
    method: 'GET',
    path: '/api/v1/executions/{id}/events',
    tag: 'executions',
    summary: 'List the events of an execution in their order',
    action: 'executions:read',
    params: idParams,
    query: pageQuerySchema,
    status: 200,
    response: pageOf(eventSchema),
    errors: ['EXECUTION_NOT_FOUND', 'CURSOR_INVALID'],
  },
  'executions.fork': {
    method: 'POST',
    path: '/api/v1/executions/{id}/fork',
    tag: 'executions',
    summary: 'Run an execution anew from one of its steps on',
    description: 'A new execution of the same task: finished steps before the cut come from the journal.',
    action: 'executions:write',
    params: idParams,
    body: forkExecutionSchema,
    status: 202,
    response: executionSchema,
    location: true,
    idempotent: true,
    errors: ['EXECUTION_NOT_FOUND', 'STEP_NOT_FOUND', 'AGENT_NOT_FOUND', 'AGENT_VERSION_NOT_FOUND', 'AGENT_DISABLED'],
  },
  'executions.cancel': {
    method: 'POST',
    path: '/api/v1/executions/{id}/cancel',
    tag: 'executions',
    summary: 'Cancel a fork; running calls are aborted',
    description:
      'Answers when the cancel is on disk; the execution turns `canceled` as its worker lets it go. The execution that decides the state of a task is canceled with the task.',
    // As of tasks: who may stop one may stop what runs beside it.
    action: 'tasks:write',
    params: idParams,
    body: cancelExecutionSchema.optional(),
    status: 202,
    response: executionSchema,
    location: true,
    idempotent: true,
    errors: ['EXECUTION_NOT_FOUND', 'EXECUTION_FINISHED', 'EXECUTION_IS_PRIMARY', 'CONCURRENCY_CONFLICT'],
  },
  'executions.replay': {
    method: 'POST',
    path: '/api/v1/executions/{id}/replay',
    tag: 'executions',
    summary: 'Fold the log again and compare; calls no model and no tool',
    action: 'executions:read',
    params: idParams,
    status: 200,
    response: replaySchema,
    idempotent: true,
    errors: ['EXECUTION_NOT_FOUND', 'NON_DETERMINISM', 'BLOB_NOT_FOUND'],
  },
} as const satisfies Record<string, Route>;
