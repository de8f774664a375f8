import type { UsageGroup, UsageItem, UsageReport } from '#contract';

import type { CommandContext, Layout } from './command-context.ts';
import { formatCost, formatCount, formatTime } from './formats.ts';
import { type Column, table } from './text-layout.ts';

interface Input {
  readonly agent?: string;
  readonly from?: string;
  readonly to?: string;
  readonly by?: UsageGroup;
}

/** pygent usage */
export async function showUsage(context: CommandContext, { agent, from, to, by }: Input): Promise<void> {
  const { client } = await context.connect();
  const report = await client.usage.get({ agent, from, to, groupBy: by });
  context.present(report, usageLines);
  if (context.json) return;
  if (report.items.length === 0) context.tell(`No usage from ${report.from} to ${report.to}.`);
  context.tell(context.noticeStyle.dim(`Counted up to ${formatTime(report.asOf.time)}.`));
}

interface Row extends Omit<UsageItem, 'day' | 'agent' | 'version' | 'model'> {
  readonly key: string;
  readonly isTotal: boolean;
}

function usageLines({ items, total, groupBy }: UsageReport, { width, style }: Layout): readonly string[] {
  if (items.length === 0) return [];
  const rows: Row[] = items.map((item) => ({ ...item, key: keyOf(item), isTotal: false }));
  // Where a line has no executions, neither has their sum.
  const { executions, ...amounts } = total;
  rows.push({ ...amounts, ...(groupBy === 'model' ? {} : { executions }), key: 'total', isTotal: true });
  const columns: Column<Row>[] = [
    { title: groupBy.toUpperCase(), value: ({ key }) => key, flexible: true },
    count('CALLS', ({ modelCalls }) => modelCalls),
    ...(total.failedModelCalls === 0 ? [] : [count('CALLS FAILED', ({ failedModelCalls }) => failedModelCalls)]),
    count('INPUT', ({ inputTokens }) => inputTokens),
    count('OUTPUT', ({ outputTokens }) => outputTokens),
    { title: 'COST', value: ({ cost }) => formatCost(cost), align: 'right' },
    ...(groupBy === 'model' ? [] : executionColumns()),
  ];
  const paint = (text: string, { isTotal }: Row) => (isTotal ? style.bold(text) : text);
  return table(rows, { columns: columns.map((column) => ({ ...column, paint })), width, title: style.dim });
}

function executionColumns(): readonly Column<Row>[] {
  return [
    count('STARTED', ({ executions }) => executions?.started),
    count('DONE', ({ executions }) => executions?.completed),
    count('FAILED', ({ executions }) => executions?.failed),
    count('CANCELED', ({ executions }) => executions?.canceled),
  ];
}

function count(title: string, value: (row: Row) => number | undefined): Column<Row> {
  return { title, value: (row) => formatCount(value(row) ?? 0), align: 'right' };
}

function keyOf({ day, agent, version, model }: UsageItem): string {
  if (version !== undefined) return `${agent ?? ''}@${version}`;
  return day ?? agent ?? model ?? '';
}
