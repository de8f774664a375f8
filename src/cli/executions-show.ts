import type { ExecutionDetail, StepView } from '#contract';

import type { CommandContext, Layout } from './command-context.ts';
import { formatCost, formatDuration, formatTime, formatTokens } from './formats.ts';
import { totalsLine } from './run-task.ts';
import { paintState } from './state-paint.ts';
import { inputSummary, outputSummary } from './step-summary.ts';
import type { Style } from './style.ts';
import { displayWidth, indented, oneLine, pad } from './text-layout.ts';
import { wrapped } from './word-wrap.ts';

interface Input {
  readonly execution: string;
  readonly full?: boolean;
}

/** Of what is short, where no terminal sets a width. */
const LOG_WIDTH = 200;

/** pygent executions show */
export async function showExecution(context: CommandContext, { execution: id, full }: Input): Promise<void> {
  const { client } = await context.connect();
  context.present(await client.executions.get(id), (execution, layout) =>
    executionLines(execution, { ...layout, full: full === true }),
  );
}

interface TimelineLayout extends Layout {
  readonly full: boolean;
}

function executionLines(execution: ExecutionDetail, layout: TimelineLayout): readonly string[] {
  const { style, width } = layout;
  const inner = width === undefined ? undefined : width - 2;
  const { agent, strategy, output, error } = execution;
  return [
    `${style.bold(execution.id)}  ${paintState(style, execution.status)}`,
    `${agent.name}@${agent.version}  ${strategy.name}  ${execution.model}`,
    style.dim(`task ${execution.taskId}, started ${formatTime(execution.createdAt)}`),
    ...lineage(execution).map((line) => style.dim(line)),
    '',
    style.bold('Input'),
    indented(wrapped(execution.input, inner), '  '),
    '',
    ...execution.timeline.flatMap((step) => stepLines(step, layout)),
    ...(output === undefined ? [] : ['', style.bold('Answer'), indented(wrapped(output.text, inner), '  ')]),
    ...(error === undefined ? [] : ['', style.red('Error'), `  ${error.message}`, style.dim(`  ${error.code}`)]),
    '',
    totalsLine(execution),
  ];
}

function lineage({ forkOf, primary, parentExecutionId }: ExecutionDetail): readonly string[] {
  return [
    ...(forkOf === undefined ? [] : [`forked from ${forkOf}`]),
    ...(primary || forkOf !== undefined ? [] : ['stands beside the task']),
    ...(parentExecutionId === undefined ? [] : [`handed over by ${parentExecutionId}`]),
  ];
}

/** A step: what and how it went on the first line, below it what it was given and gave. */
function stepLines(step: StepView, { style, width, full }: TimelineLayout): readonly string[] {
  const indent = '  '.repeat(Math.floor(step.key.split('.').length / 2));
  const head = `${indent}${pad(step.key, 6)} ${style.dim(pad(step.kind, 5))} ${style.bold(step.name)}${marks(step, style)}`;
  const measured = [
    ...(step.usage === undefined ? [] : [formatTokens(step.usage.inputTokens, step.usage.outputTokens)]),
    ...(step.cost === undefined || step.cost === 0 ? [] : [formatCost(step.cost)]),
    ...(step.durationMilliseconds === undefined ? [] : [formatDuration(step.durationMilliseconds)]),
  ].join('  ');
  const gap = (width ?? 80) - displayWidth(head) - displayWidth(measured);
  const body = `${indent}       `;
  const room = (width ?? LOG_WIDTH) - body.length - 4;
  const said = { style, full, room, indent: body };
  return [
    `${head}${' '.repeat(Math.max(2, gap))}${style.dim(measured)}`.trimEnd(),
    ...saidLines('in', { value: step.input, summary: inputSummary(step, room) }, said),
    ...saidLines('out', { value: step.output, summary: outputSummary(step, room) }, said),
    ...(step.error === undefined ? [] : [`${body}${style.red(`${oneLine(step.error.message)} (${step.error.code})`)}`]),
  ];
}

function marks(step: StepView, style: Style): string {
  const words = [
    ...(step.effect === undefined || step.effect === 'read' ? [] : [style.dim(step.effect)]),
    ...(step.status === 'completed' ? [] : [paintState(style, step.status)]),
    ...(step.attempts > 1 ? [style.yellow(`${step.attempts} attempts`)] : []),
    ...(step.inherited ? [style.dim('inherited')] : []),
  ];
  return words.map((word) => `  ${word}`).join('');
}

interface Said {
  readonly style: Style;
  readonly full: boolean;
  readonly room: number;
  readonly indent: string;
}

/* oxlint-disable max-params -- a label, what it stands before, and how to show it */
function saidLines(
  label: 'in' | 'out',
  { value, summary }: { readonly value: unknown; readonly summary: string },
  { style, full, indent }: Said,
): readonly string[] {
  if (value === undefined) return [];
  if (!full) return summary === '' ? [] : [`${indent}${style.dim(pad(label, 4))}${summary}`];
  const text = typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
  return [`${indent}${style.dim(label)}`, indented(text, `${indent}  `)];
}
