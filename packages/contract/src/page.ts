import { z } from 'zod';

/** What every list takes: at most `limit` items behind `cursor`. */
export const pageQuerySchema = z.strictObject({
  limit: z.coerce.number<number>().int().min(1).max(200).default(50),
  /** Opaque; `nextCursor` of the page before. */
  cursor: z.string().min(1).max(512).optional(),
});

/** A page of a list; `nextCursor` is absent on the last one. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().optional() });

/** A page as the wire carries it. */
export interface PageView<Item> {
  readonly items: readonly Item[];
  readonly nextCursor?: string | undefined;
}
