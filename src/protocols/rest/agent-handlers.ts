import { AppError } from '../../kernel/errors.ts';
import { pageRequest } from './page-request.ts';
import type { HandlersOf, RestRequest } from './rest-handler.ts';
import type { Revised, RestServices } from './rest-services.ts';

/** /api/v1/agents */
export function agentHandlers({ agents }: Pick<RestServices, 'agents'>): HandlersOf<'agents'> {
  return {
    'agents.create': async ({ context, body }) => {
      const created = await agents.create(context, body);
      return { ...answer(created), location: `/api/v1/agents/${created.view.name}` };
    },
    'agents.list': async ({ context, query }) => ({ body: await agents.list(context, query) }),
    'agents.get': async ({ context, params }) => answer(await agents.get(context, params.name)),
    'agents.update': async (request) => {
      const { context, params, body } = request;
      if (body.name !== params.name) throw nameDiffers(params.name, body.name);
      return answer(await agents.update(context, { name: params.name, definition: body, ...condition(request) }));
    },
    'agents.delete': async (request) => {
      await agents.delete(request.context, { name: request.params.name, ...condition(request) });
      return { body: undefined };
    },
    'agents.versions': async ({ context, params, query }) => ({
      body: await agents.versions(context, params.name, pageRequest(query)),
    }),
    'agents.version': async ({ context, params }) => ({
      body: await agents.version(context, params.name, params.version),
    }),
    'agents.diff': async ({ context, params, query }) => ({ body: await agents.diff(context, params.name, query) }),
    'agents.setAlias': async (request) => {
      const { context, params, body } = request;
      return answer(await agents.setAlias(context, { ...params, version: body.version, ...condition(request) }));
    },
    'agents.deleteAlias': async ({ context, params }) => {
      await agents.deleteAlias(context, params);
      return { body: undefined };
    },
    'agents.disable': async (request) =>
      answer(await agents.disable(request.context, { ...request.params, ...condition(request) })),
    'agents.enable': async (request) =>
      answer(await agents.enable(request.context, { ...request.params, ...condition(request) })),
  };
}

function answer<View>({ view, revision }: Revised<View>) {
  return { body: view, revision };
}

function condition({ ifRevision }: Pick<RestRequest<'agents.get'>, 'ifRevision'>) {
  return ifRevision === undefined ? {} : { ifRevision };
}

function nameDiffers(wanted: string, given: string): AppError {
  const message = `is "${given}", but the address names "${wanted}"; an agent cannot be renamed`;
  return new AppError('VALIDATION_FAILED', `name of the agent definition ${message}`, {
    details: { errors: [{ path: 'name', message }] },
  });
}
