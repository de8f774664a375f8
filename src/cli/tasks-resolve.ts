import type { ResolveTask } from '#contract';

import type { CommandContext } from './command-context.ts';
import { UsageError } from './usage-error.ts';

interface Input {
  readonly task: string;
  readonly decision: ResolveTask['decision'];
  readonly step?: string;
  readonly result?: ResolveTask['result'];
  readonly comment?: string;
}

/** pygent tasks resolve */
export async function resolveTask(context: CommandContext, input: Input): Promise<void> {
  const { task: id, decision, step, result, comment } = input;
  if (result !== undefined && decision !== 'done') throw new UsageError('--result belongs to --decision done');
  const { client } = await context.connect();
  const task = await client.tasks.resolve(id, {
    decision,
    ...(step === undefined ? {} : { step }),
    ...(result === undefined ? {} : { result }),
    ...(comment === undefined ? {} : { comment }),
  });
  context.present(task, ({ state }) => [`Decided ${decision}; task ${id} is ${state} now.`]);
}
