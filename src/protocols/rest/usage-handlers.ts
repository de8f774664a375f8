import type { HandlersOf } from './rest-handler.ts';
import type { RestServices } from './rest-services.ts';

/** /api/v1/usage */
export function usageHandlers({ usageQueries }: Pick<RestServices, 'usageQueries'>): HandlersOf<'usage'> {
  return {
    'usage.get': async ({ context, query }) => ({ body: await usageQueries.report(context, query) }),
  };
}
