import type { CommandContext } from './command-context.ts';
import { presentList } from './list-pages.ts';

/** pygent tools list */
export async function listTools(context: CommandContext): Promise<void> {
  const { client } = await context.connect();
  presentList(context, {
    page: await client.tools.list(),
    empty: 'No tools.',
    columns: ({ style }) => [
      { title: 'TOOL', value: (tool) => tool.name, paint: style.bold },
      { title: 'EFFECT', value: (tool) => tool.effect },
      { title: 'DESCRIPTION', value: (tool) => tool.description, flexible: true },
    ],
  });
}
