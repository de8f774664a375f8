import type { PageRequest } from '../../kernel/page.ts';

/** The page that a list's query asks for. */
export function pageRequest({
  limit,
  cursor,
}: {
  readonly limit: number;
  readonly cursor?: string | undefined;
}): PageRequest {
  return cursor === undefined ? { limit } : { limit, cursor };
}
