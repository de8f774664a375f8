import { pageRequest } from './page-request.ts';
import type { HandlersOf } from './rest-handler.ts';
import type { RestServices } from './rest-services.ts';

/** /api/v1/executions */
export function executionHandlers({
  executions,
  executionQueries,
}: Pick<RestServices, 'executions' | 'executionQueries'>): HandlersOf<'executions'> {
  return {
    'executions.list': async ({ context, query }) => {
      const { taskId, agent, status } = query;
      const filter = {
        ...(taskId === undefined ? {} : { taskId }),
        ...(agent === undefined ? {} : { agent }),
        ...(status === undefined ? {} : { status }),
      };
      return { body: await executionQueries.list(context, filter, pageRequest(query)) };
    },
    'executions.get': async ({ context, params }) => ({ body: await executionQueries.get(context, params.id) }),
    'executions.events': async ({ context, params, query }) => ({
      body: await executionQueries.events(context, params.id, pageRequest(query)),
    }),
    'executions.fork': async ({ context, params, body }) => {
      const fork = await executions.fork(context, params.id, body);
      return { body: fork, location: `/api/v1/executions/${fork.id}` };
    },
    'executions.cancel': async ({ context, params, body }) => ({
      body: await executions.cancel(context, params.id, body?.reason),
      location: `/api/v1/executions/${params.id}`,
    }),
    'executions.replay': async ({ context, params }) => ({ body: await executions.replay(context, params.id) }),
  };
}
