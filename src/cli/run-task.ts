import type { ExecutionDetail, SubmitTask, TaskView } from '#contract';

import type { CommandContext } from './command-context.ts';
import type { Connection } from './connection.ts';
import { decideOnTerminal } from './decision-prompt.ts';
import { EXIT_CODES, type ExitCode } from './exit-codes.ts';
import { formatCost, formatDuration, formatNumberOf, formatTokens } from './formats.ts';
import { LiveView } from './live-view.ts';
import { readable } from './readable.ts';
import { waitingLines } from './tasks-show.ts';
import { watchTask } from './watch-task.ts';

/** What became of a task that was run from here. */
export interface TaskRun {
  readonly task: TaskView;
  readonly execution: ExecutionDetail | undefined;
  readonly exitCode: ExitCode;
}

export interface RunTask {
  readonly context: CommandContext;
  readonly connection: Connection;
  readonly request: SubmitTask;
}

/**
 * Submits a task and watches it to its end. A person sees everything as it happens; with --json
 * nothing is written but notices, and the caller has the result.
 */
export async function runTask({ context, connection, request }: RunTask): Promise<TaskRun> {
  const { client } = connection;
  const submitted = await client.tasks.submit(request);
  const { id } = submitted;
  const view = context.json ? undefined : new LiveView(context);
  const note = (line: string) => (view === undefined ? context.tell(line) : view.note(line));
  const { end, interrupted } = await watchTask({
    context,
    connection,
    taskId: id,
    onItem: (item) => view?.show(item),
    onNote: note,
    decide: (waiting) => {
      view?.close();
      return decideOnTerminal({ context, connection, taskId: id, waiting, note });
    },
  });
  view?.close();
  if (end === 'left') return { task: submitted, execution: undefined, exitCode: EXIT_CODES.interrupted.code };
  const task = await client.tasks.get(id);
  const execution = task.executionId === undefined ? undefined : await client.executions.get(task.executionId);
  if (view !== undefined) showEnd({ context, view, task, execution });
  return { task, execution, exitCode: exitCodeOf(task, interrupted) };
}

function exitCodeOf({ state }: TaskView, interrupted: boolean): ExitCode {
  if (state === 'completed') return EXIT_CODES.ok.code;
  if (state === 'input-required' || state === 'auth-required') return EXIT_CODES.inputRequired.code;
  return interrupted && state === 'canceled' ? EXIT_CODES.interrupted.code : EXIT_CODES.failed.code;
}

interface End {
  readonly context: CommandContext;
  readonly view: LiveView;
  readonly task: TaskView;
  readonly execution: ExecutionDetail | undefined;
}

function showEnd({ context, view, task: unsafe, execution }: End): void {
  const style = context.noticeStyle;
  const task = readable(unsafe);
  if (task.output !== undefined) view.answer(task.output.text);
  view.note('');
  if (task.error !== undefined) {
    view.note(`${style.red('error:')} ${task.error.message}`);
    view.note(style.dim(`  ${task.error.code}`));
  } else if (task.state !== 'completed') view.note(`The task is ${style.yellow(task.state)}.`);
  for (const waiting of task.waiting) {
    for (const line of waitingLines(waiting, { taskId: task.id, style })) view.note(line);
  }
  view.note(style.dim(`task ${task.id}${execution === undefined ? '' : `  execution ${execution.id}`}`));
  if (execution !== undefined) view.note(style.dim(totalsLine(execution)));
}

/** What an execution took: steps, tokens, money, time. */
export function totalsLine(execution: ExecutionDetail): string {
  const { steps, inputTokens, outputTokens, cost, createdAt, endedAt } = execution;
  return [
    formatNumberOf(steps, 'step'),
    formatTokens(inputTokens, outputTokens),
    formatCost(cost),
    ...(endedAt === undefined ? [] : [formatDuration(Date.parse(endedAt) - Date.parse(createdAt))]),
  ].join('  ');
}
