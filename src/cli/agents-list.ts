import type { AgentSummary } from '#contract';

import type { CommandContext } from './command-context.ts';
import { ageColumn, presentList, readPages } from './list-pages.ts';
import type { PagingInput } from './paging-options.ts';
import { paintState } from './state-paint.ts';

interface Input extends PagingInput {
  readonly name?: string;
  readonly tag?: string;
  readonly capability?: string;
  readonly text?: string;
}

/** pygent agents list */
export async function listAgents(context: CommandContext, input: Input): Promise<void> {
  const { client } = await context.connect();
  const { name, tag, capability, text } = input;
  const page = await readPages<AgentSummary>(input, (query) =>
    client.agents.list({ ...query, name, tag, capability, text }),
  );
  presentList(context, {
    page,
    empty: 'No agents. Make one with `pygent agents create <file>`.',
    columns: (layout) => [
      { title: 'NAME', value: (agent) => agent.name, paint: layout.style.bold },
      { title: 'VERSION', value: (agent) => String(agent.version), align: 'right' },
      { title: 'STATUS', value: (agent) => agent.status, paint: (status) => paintState(layout.style, status) },
      ageColumn(layout, (agent) => agent.updatedAt),
      { title: 'DESCRIPTION', value: (agent) => agent.description, flexible: true },
    ],
  });
}
