import type { z } from 'zod';

import type { JsonObject, JsonValue } from '../utils/json.ts';
import { AppError } from './errors.ts';
import type { Page } from './page.ts';

const MOST_CHARACTERS = 1_024;

/** Where a page ended, as an opaque text for `Page.nextCursor`. */
export function encodeCursor(position: JsonObject): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/**
 * The position in a cursor that `encodeCursor` made, valid by the list's own schema (strict, so
 * that the cursor of one list doesn't pass for another's).
 * @throws AppError CURSOR_INVALID
 */
export function decodeCursor<Position>(cursor: string, schema: z.ZodType<Position>): Position {
  const parsed = schema.safeParse(cursor.length > MOST_CHARACTERS ? undefined : decode(cursor));
  if (parsed.success) return parsed.data;
  throw new AppError(
    'CURSOR_INVALID',
    'cursor is not one that this list answered: send nextCursor of the page before unchanged, or none',
  );
}

/** The page of a list that was read one item beyond its limit; `cursor` is the position of its last item. */
export function toPage<Item>(
  items: readonly Item[],
  { limit, cursor }: { readonly limit: number; readonly cursor: (last: Item) => JsonObject },
): Page<Item> {
  const last = items[limit - 1];
  if (items.length <= limit || last === undefined) return { items };
  return { items: items.slice(0, limit), nextCursor: encodeCursor(cursor(last)) };
}

function decode(cursor: string): JsonValue | undefined {
  const bytes = Buffer.from(cursor, 'base64url');
  // Node skips what is not base64url; a cursor has one spelling only.
  if (bytes.toString('base64url') !== cursor) return undefined;
  try {
    return JSON.parse(bytes.toString('utf8')) as JsonValue;
  } catch {
    // Not JSON, so not ours: the caller tells of it as CURSOR_INVALID.
    return undefined;
  }
}
