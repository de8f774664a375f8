import type { ExecutionView } from '#contract';

import type { CommandContext } from './command-context.ts';
import { formatCost, formatCount } from './formats.ts';
import { ageColumn, presentList, readPages } from './list-pages.ts';
import type { PagingInput } from './paging-options.ts';
import { paintState } from './state-paint.ts';

interface Input extends PagingInput {
  readonly agent?: string;
  readonly task?: string;
  readonly status?: ExecutionView['status'];
}

/** pygent executions list */
export async function listExecutions(context: CommandContext, input: Input): Promise<void> {
  const { client } = await context.connect();
  const { agent, task: taskId, status } = input;
  const page = await readPages<ExecutionView>(input, (query) =>
    client.executions.list({ ...query, agent, taskId, status }),
  );
  presentList(context, {
    page,
    empty: 'No executions.',
    columns: (layout) => [
      { title: 'EXECUTION', value: (execution) => execution.id },
      { title: 'STATUS', value: (execution) => execution.status, paint: (text) => paintState(layout.style, text) },
      { title: 'AGENT', value: ({ agent: { name, version } }) => `${name}@${version}`, flexible: true },
      { title: 'STEPS', value: (execution) => formatCount(execution.steps), align: 'right' },
      { title: 'COST', value: (execution) => formatCost(execution.cost), align: 'right' },
      ageColumn(layout, (execution) => execution.createdAt),
    ],
  });
}
