import type { AgentDiff, DefinitionChange, DiffLine } from '#contract';

import type { CommandContext, Layout } from './command-context.ts';
import { UsageError } from './usage-error.ts';

interface Input {
  readonly agent: string;
  readonly from?: string;
  readonly to?: string;
}

/** pygent agents diff */
export async function diffAgent(context: CommandContext, input: Input): Promise<void> {
  const { client } = await context.connect();
  const name = input.agent;
  const to = input.to ?? String((await client.agents.get(name)).version);
  const from = input.from ?? versionBefore(name, to);
  context.present(await client.agents.diff(name, { from, to }), diffLines);
}

function versionBefore(name: string, version: string): string {
  if (Number(version) > 1) return String(Number(version) - 1);
  throw new UsageError(`${name} has one version only: name the two to compare`);
}

function diffLines({ name, from, to, changes }: AgentDiff, { style }: Layout): readonly string[] {
  const title = style.bold(`${name}@${from} → ${name}@${to}`);
  if (changes.length === 0) return [title, 'no difference'];
  return [title, ...changes.flatMap((change) => ['', style.bold(change.path), ...changeLines(change, style)])];
}

function changeLines(change: DefinitionChange, style: Layout['style']): readonly string[] {
  if (change.lines !== undefined) return textLines(change.lines, style);
  return [
    ...(change.op === 'added' ? [] : valueLines(change.before).map((line) => style.red(`- ${line}`))),
    ...(change.op === 'removed' ? [] : valueLines(change.after).map((line) => style.green(`+ ${line}`))),
  ];
}

function valueLines(value: unknown): readonly string[] {
  return (typeof value === 'string' ? value : JSON.stringify(value, undefined, 2)).split('\n');
}

/** Lines with a mark where unchanged ones are left out between them. */
function textLines(lines: readonly DiffLine[], style: Layout['style']): readonly string[] {
  const shown: string[] = [];
  let last: DiffLine | undefined;
  for (const line of lines) {
    if (last !== undefined && isGap(last, line)) shown.push(style.dim('  …'));
    if (line.op === 'same') shown.push(`  ${line.text}`);
    else shown.push(line.op === 'added' ? style.green(`+ ${line.text}`) : style.red(`- ${line.text}`));
    last = line;
  }
  return shown;
}

function isGap(one: DiffLine, next: DiffLine): boolean {
  const before = one.before !== undefined && next.before !== undefined && next.before > one.before + 1;
  return before || (one.after !== undefined && next.after !== undefined && next.after > one.after + 1);
}
