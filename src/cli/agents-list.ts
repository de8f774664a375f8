import type { AgentSummary } from '#contract';

import type { CommandContext } from './command-context.ts';
import { formatAge } from './formats.ts';
import { presentList, readPages } from './list-pages.ts';
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
    columns: ({ style, now }) => [
      { title: 'NAME', value: (agent) => agent.name, paint: style.bold },
      { title: 'VERSION', value: (agent) => String(agent.version), align: 'right' },
      { title: 'STATUS', value: (agent) => agent.status, paint: (status) => paintState(style, status) },
      { title: 'CHANGED', value: (agent) => formatAge(agent.updatedAt, now) },
      { title: 'DESCRIPTION', value: (agent) => agent.description, flexible: true },
    ],
  });
}
