import type { SystemView, ToolView } from '#contract';

import type { CallContext } from '../../kernel/call-context.ts';
import { toEventView } from '../../kernel/event-view.ts';
import { logStream } from './log-stream.ts';
import { pageRequest } from './page-request.ts';
import type { HandlersOf } from './rest-handler.ts';
import type { RestServices } from './rest-services.ts';

/** /api/v1/keys */
export function keyHandlers({ keys }: Pick<RestServices, 'keys'>): HandlersOf<'keys'> {
  return {
    'keys.create': async ({ context, body }) => {
      const created = await keys.create(context, body);
      return { body: created, location: `/api/v1/keys/${created.id}` };
    },
    'keys.list': async ({ context, query }) => ({ body: await keys.list(context, pageRequest(query)) }),
    'keys.revoke': async ({ context, params }) => {
      await keys.revoke(context, params.id);
      return { body: undefined };
    },
  };
}

/** /api/v1/events */
export function eventHandlers(services: Pick<RestServices, 'eventStore' | 'eventBus'>): HandlersOf<'events'> {
  return {
    'events.list': async ({ context, query, wantsStream, lastEventId, closing }) => {
      const { after, limit, stream } = query;
      const only = stream === undefined ? {} : { stream };
      if (wantsStream) {
        const from = lastEventId ?? after;
        const behind = from === undefined ? {} : { after: BigInt(from) };
        return { stream: logStream(services, { context, closing, ...behind, ...only }) };
      }
      const events = await services.eventStore.readAll({
        after: BigInt(after ?? '0'),
        limit: limit + 1,
        tenantId: context.tenantId,
        ...(stream === undefined ? {} : { streamIds: [stream] }),
      });
      const items = events.slice(0, limit).map(toEventView);
      const last = items.at(-1);
      return { body: events.length > limit && last !== undefined ? { items, nextCursor: last.position } : { items } };
    },
  };
}

/** /api/v1/tools, /api/v1/models, /api/v1/system */
export function systemHandlers(
  services: RestServices,
): HandlersOf<'tools'> & HandlersOf<'models'> & HandlersOf<'system'> {
  const { tools, models } = services;
  return {
    'tools.list': async () => ({ body: { items: tools.list().map(toToolView) } }),
    'models.list': async () => ({
      body: {
        default: { ...models.defaultModel },
        providers: models.list().map(({ provider, configured, reason }) => ({ provider, configured, reason })),
      },
    }),
    'system.get': async ({ context }) => ({ body: systemView(services, context) }),
  };
}

/** /health: the door answers what these throw as 503. */
export function healthHandlers({ health }: Pick<RestServices, 'health'>): HandlersOf<'health'> {
  return {
    'health.live': async () => ({ body: { status: 'ok' } }),
    'health.ready': async () => {
      await health.ready();
      return { body: { status: 'ok' } };
    },
    'health.deep': async ({ context }) => ({ body: await health.deep(context) }),
  };
}

function toToolView({
  name,
  description,
  effect,
  parameters,
}: Pick<ToolView, 'name' | 'description' | 'effect'> & {
  readonly parameters: object;
}): ToolView {
  return { name, description, effect, parameters: parameters as ToolView['parameters'] };
}

function systemView({ system, models }: Pick<RestServices, 'system' | 'models'>, context: CallContext): SystemView {
  const { principal, tenantId } = context;
  const view: SystemView = {
    version: system.version,
    startedAt: system.startedAt.toISOString(),
    model: { ...models.defaultModel },
    principal: { id: principal.id, role: principal.role, tenant: tenantId },
  };
  return principal.role === 'admin' ? { ...view, dataFolder: system.dataFolder, database: system.database } : view;
}
