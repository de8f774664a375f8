import type { ReplayReport } from '#contract';

import type { CommandContext, Layout } from './command-context.ts';
import { EXIT_CODES, type ExitCode } from './exit-codes.ts';
import { formatNumberOf } from './formats.ts';

interface Input {
  readonly execution: string;
}

/** pygent executions replay: 1 where what was folded differs from what is live. */
export async function replayExecution(context: CommandContext, { execution }: Input): Promise<ExitCode> {
  const { client } = await context.connect();
  const report = await client.executions.replay(execution);
  context.present(report, replayLines);
  return report.equal && report.deterministic ? EXIT_CODES.ok.code : EXIT_CODES.failed.code;
}

function replayLines(report: ReplayReport, { style }: Layout): readonly string[] {
  const mark = (good: boolean) => (good ? style.green('✓') : style.red('✗'));
  return [
    `${mark(report.equal)} state   ${report.equal ? 'equals the live state' : 'differs from the live state'}`,
    `${mark(report.deterministic)} path    ${report.deterministic ? 'the same steps to the same end' : 'the code went another way'}`,
    `  read    ${formatNumberOf(report.events, 'event')}, ${formatNumberOf(report.steps, 'step')}`,
    `  called  ${formatNumberOf(report.modelCalls, 'model')}, ${formatNumberOf(report.toolCalls, 'tool')}`,
    style.dim(`  hash    ${report.stateHash}`),
    ...report.differences.map((difference) => style.red(`  ${difference}`)),
  ];
}
