import type { EventView } from '#contract';

import type { CommandContext } from './command-context.ts';
import { eventLine } from './event-lines.ts';
import { readPages, tellOfMore } from './list-pages.ts';
import type { PagingInput } from './paging-options.ts';

interface Input extends PagingInput {
  readonly execution: string;
}

/** pygent executions events */
export async function listExecutionEvents(context: CommandContext, input: Input): Promise<void> {
  const { client } = await context.connect();
  const page = await readPages<EventView>(input, (query) => client.executions.events(input.execution, query));
  context.present(page, ({ items }, layout) => items.map((event) => eventLine(event, layout)));
  tellOfMore(context, page);
}
