import type { TaskState, TaskView } from '#contract';

import type { CommandContext } from './command-context.ts';
import { ageColumn, presentList, readPages } from './list-pages.ts';
import type { PagingInput } from './paging-options.ts';
import { paintState } from './state-paint.ts';

interface Input extends PagingInput {
  readonly agent?: string;
  readonly state?: TaskState;
  readonly conversation?: string;
}

/** pygent tasks list */
export async function listTasks(context: CommandContext, input: Input): Promise<void> {
  const { client } = await context.connect();
  const { agent, state, conversation: conversationId } = input;
  const page = await readPages<TaskView>(input, (query) =>
    client.tasks.list({ ...query, agent, state, conversationId }),
  );
  presentList(context, {
    page,
    empty: 'No tasks.',
    columns: (layout) => [
      { title: 'TASK', value: (task) => task.id },
      { title: 'STATE', value: (task) => task.state, paint: (text) => paintState(layout.style, text) },
      { title: 'AGENT', value: (task) => `${task.agent.name}@${task.agent.version}`, flexible: true },
      ageColumn(layout, (task) => task.createdAt),
      { title: 'INPUT', value: (task) => task.input, flexible: true },
    ],
  });
}
