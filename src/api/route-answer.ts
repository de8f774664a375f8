import type { Route, RouteName } from '#contract';

import type { RestAnswer } from '../protocols/rest/index.ts';
import { contentTag, revisionTag } from './etag.ts';
import type { StoredAnswer } from '../kernel/ports/idempotency-store.ts';

/** What a handler gave, as status, headers and body. */
export function toStoredAnswer(
  route: Route,
  answer: Exclude<RestAnswer<RouteName>, { readonly stream: unknown }>,
): StoredAnswer {
  const headers: Record<string, string> = {};
  if (answer.location !== undefined) headers['location'] = answer.location;
  if (route.etag === true && route.status !== 204) {
    headers['etag'] =
      answer.revision === undefined ? contentTag(JSON.stringify(answer.body)) : revisionTag(answer.revision);
  }
  return { status: route.status, headers, body: answer.body ?? null };
}
