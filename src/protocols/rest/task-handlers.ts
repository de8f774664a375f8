import type { ConversationView, TaskView } from '#contract';

import { AppError } from '../../kernel/errors.ts';
import { pageRequest } from './page-request.ts';
import type { HandlersOf } from './rest-handler.ts';
import type { RestServices } from './rest-services.ts';
import { taskStream } from './task-stream.ts';

/** /api/v1/tasks */
export function taskHandlers(services: RestServices): HandlersOf<'tasks'> {
  const { tasks, taskQueries, authorizer } = services;
  return {
    'tasks.submit': async ({ context, body }) => {
      if (body.documents !== undefined) authorizer.authorize(context, 'documents:read-any');
      const task = await tasks.submit(context, body);
      return { body: task, location: `/api/v1/tasks/${task.id}` };
    },
    'tasks.list': async ({ context, query }) => {
      const { agent, state, conversationId } = query;
      const filter = {
        ...(agent === undefined ? {} : { agent }),
        ...(state === undefined ? {} : { state }),
        ...(conversationId === undefined ? {} : { conversationId }),
      };
      return { body: await taskQueries.list(context, filter, pageRequest(query)) };
    },
    'tasks.get': async ({ context, params }) => ({ body: await taskQueries.get(context, params.id) }),
    'tasks.cancel': async ({ context, params, body }) => ({
      body: await tasks.cancel(context, params.id, body?.reason),
    }),
    'tasks.resolve': async ({ context, params, body }) => ({ body: await tasks.resolve(context, params.id, body) }),
    'tasks.events': async ({ context, params, query, lastEventId, closing }) => {
      // Here, while a status can still be answered.
      await taskQueries.get(context, params.id);
      const after = BigInt(lastEventId ?? query.after ?? '0');
      return { stream: taskStream(services, { context, taskId: params.id, after, closing }) };
    },
  };
}

/** /api/v1/conversations: a conversation is told by its tasks. */
export function conversationHandlers({ taskQueries }: Pick<RestServices, 'taskQueries'>): HandlersOf<'conversations'> {
  return {
    'conversations.get': async ({ context, params, query }) => {
      const page = await taskQueries.list(context, { conversationId: params.id }, pageRequest(query));
      if (page.items.length === 0 && query.cursor === undefined) {
        throw new AppError('CONVERSATION_NOT_FOUND', `there is no conversation ${params.id}`);
      }
      const body: ConversationView = { id: params.id, messages: page.items.toReversed().flatMap(messagesOf) };
      return { body: page.nextCursor === undefined ? body : { ...body, nextCursor: page.nextCursor } };
    },
  };
}

function messagesOf(task: TaskView): ConversationView['messages'] {
  const asked = { role: 'user' as const, text: task.input, taskId: task.id, at: task.createdAt };
  if (task.output === undefined) return [asked];
  return [asked, { role: 'assistant', text: task.output.text, taskId: task.id, at: task.updatedAt }];
}
