import type { PageView } from '#contract';

import type { CommandContext, Layout } from './command-context.ts';
import { formatAge } from './formats.ts';
import type { PagingInput } from './paging-options.ts';
import { type Column, table } from './text-layout.ts';

const LARGEST_PAGE = 200;

type Query = { readonly limit?: number; readonly cursor?: string };

/** The page that was asked for, or everything behind the cursor with --all. */
export async function readPages<Item>(
  { limit, cursor, all }: PagingInput,
  read: (query: Query) => Promise<PageView<Item>>,
): Promise<PageView<Item>> {
  const from = cursor === undefined ? {} : { cursor };
  if (all !== true) return read({ ...(limit === undefined ? {} : { limit }), ...from });
  const items: Item[] = [];
  let query: Query = { limit: limit ?? LARGEST_PAGE, ...from };
  for (;;) {
    const page = await read(query);
    items.push(...page.items);
    if (page.nextCursor === undefined) return { items };
    query = { ...query, cursor: page.nextCursor };
  }
}

/** When something was: how long ago on a terminal, else the time itself. */
export function ageColumn<Item>({ width, now }: Layout, value: (item: Item) => string): Column<Item> {
  return width === undefined
    ? { title: 'TIME', value }
    : { title: 'AGE', value: (item) => formatAge(value(item), now), align: 'right' };
}

export interface List<Item> {
  readonly page: PageView<Item>;
  readonly columns: (layout: Layout) => readonly Column<Item>[];
  /** What is said where there is nothing. */
  readonly empty: string;
}

/** A list as JSON or as a table; that there is more is told on stderr. */
export function presentList<Item>(context: CommandContext, { page, columns, empty }: List<Item>): void {
  context.present(page, ({ items }, layout) => {
    if (items.length === 0) return [];
    return table(items, { columns: columns(layout), width: layout.width, title: layout.style.dim });
  });
  if (context.json) return;
  if (page.items.length === 0) context.tell(empty);
  tellOfMore(context, page);
}

/** Says on stderr how to go on where a page is not the last. */
export function tellOfMore(context: CommandContext, { nextCursor }: PageView<unknown>): void {
  if (nextCursor === undefined || context.json) return;
  context.tell(context.noticeStyle.dim(`There is more: --cursor ${nextCursor}, or --all.`));
}
