import type { TaskView, Waiting } from '#contract';

import type { CommandContext, Layout } from './command-context.ts';
import { isRecord } from './compact-value.ts';
import { formatTime } from './formats.ts';
import { paintState } from './state-paint.ts';
import type { Style } from './style.ts';
import { indented } from './text-layout.ts';
import { wrapped } from './word-wrap.ts';

interface Input {
  readonly task: string;
}

/** pygent tasks show */
export async function showTask(context: CommandContext, { task: id }: Input): Promise<void> {
  const { client } = await context.connect();
  context.present(await client.tasks.get(id), taskLines);
}

/** A task as a person reads it. The view must have been made readable. */
export function taskLines(task: TaskView, { style, width }: Layout): readonly string[] {
  const { agent } = task;
  const inner = width === undefined ? undefined : width - 2;
  return [
    `${style.bold(task.id)}  ${paintState(style, task.state)}  ${agent.name}@${agent.version}`,
    ...(task.executionId === undefined ? [] : [style.dim(`execution ${task.executionId}`)]),
    ...(task.parentExecutionId === undefined ? [] : [style.dim(`handed over by execution ${task.parentExecutionId}`)]),
    ...(task.conversationId === undefined ? [] : [style.dim(`conversation ${task.conversationId}`)]),
    style.dim(`submitted ${formatTime(task.createdAt)} by ${task.createdBy}, changed ${formatTime(task.updatedAt)}`),
    '',
    style.bold('Input'),
    indented(wrapped(task.input, inner), '  '),
    ...(task.output === undefined ? [] : ['', style.bold('Answer'), indented(wrapped(task.output.text, inner), '  ')]),
    ...(task.error === undefined
      ? []
      : ['', style.red('Error'), `  ${task.error.message}`, style.dim(`  ${task.error.code}`)]),
    ...task.waiting.flatMap((waiting) => ['', ...waitingLines(waiting, { taskId: task.id, style })]),
  ];
}

/** What a task waits for, and how to decide it. */
export function waitingLines(
  waiting: Waiting,
  { taskId, style }: { readonly taskId: string; readonly style: Style },
): readonly string[] {
  const decisions = waiting.kind === 'approval' ? ['approve', 'reject'] : ['done', 'retry', 'fail'];
  const details = isRecord(waiting.details) ? Object.entries(waiting.details) : [];
  return [
    style.yellow(`Waits for a decision on step ${waiting.step}`),
    indented(waiting.question, '  '),
    ...details.map(([name, value]) => style.dim(`  ${name}: ${JSON.stringify(value)}`)),
    `  pygent tasks resolve ${taskId} --step ${waiting.step} --decision ${decisions.join('|')}`,
  ];
}
