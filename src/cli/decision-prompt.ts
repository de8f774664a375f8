import { ApiError, type ResolveTask, type Waiting } from '#contract';

import type { CommandContext } from './command-context.ts';
import type { Connection } from './connection.ts';
import { readable } from './readable.ts';

type Decision = ResolveTask['decision'];

const CHOICES: Readonly<Record<Waiting['kind'], readonly { readonly value: Decision; readonly label: string }[]>> = {
  approval: [
    { value: 'approve', label: 'Approve' },
    { value: 'reject', label: 'Reject' },
  ],
  'outcome-unknown': [
    { value: 'retry', label: 'It did not happen: call it again' },
    { value: 'done', label: 'It happened: go on' },
    { value: 'fail', label: 'Let the step fail' },
  ],
};

export interface DecideOnTerminal {
  readonly context: CommandContext;
  readonly connection: Connection;
  readonly taskId: string;
  readonly waiting: readonly Waiting[];
  readonly note: (line: string) => void;
}

/** Asks the person at the terminal for each decision; false where nobody is there, or who is there will not say. */
export async function decideOnTerminal({
  context,
  connection,
  taskId,
  waiting,
  note,
}: DecideOnTerminal): Promise<boolean> {
  if (!context.interactive) return false;
  const { isCancel, select } = await import('@clack/prompts');
  const { stdin: input, stderr: output } = context.surroundings;
  for (const item of waiting) {
    note('');
    const { question, kind, step } = readable(item);
    const decision = await select<Decision>({
      message: question,
      options: [...CHOICES[kind]],
      input,
      output,
      withGuide: false,
    });
    if (isCancel(decision)) return false;
    try {
      await connection.client.tasks.resolve(taskId, { step, decision });
    } catch (error) {
      // Somebody else was faster.
      if (!(error instanceof ApiError) || error.code !== 'TASK_NOT_WAITING') throw error;
      note('It was decided elsewhere.');
    }
  }
  return true;
}
