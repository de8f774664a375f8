import type { CheckResult } from '../roles/check-result.ts';
import type { CommandContext, Layout } from './command-context.ts';
import { runChecks } from './doctor-checks.ts';
import { EXIT_CODES, type ExitCode } from './exit-codes.ts';
import { formatNumberOf } from './formats.ts';
import { displayWidth, indented, pad } from './text-layout.ts';
import { wrapped } from './word-wrap.ts';

interface Input {
  readonly offline?: boolean;
}

/** pygent doctor: 1 where anything fails. */
export async function doctor(context: CommandContext, { offline }: Input): Promise<ExitCode> {
  const checks = await runChecks(context, { offline: offline === true });
  const failed = checks.some(({ status }) => status === 'fail');
  context.present({ status: failed ? 'fail' : 'ok', checks }, (view, layout) => doctorLines(view.checks, layout));
  return failed ? EXIT_CODES.failed.code : EXIT_CODES.ok.code;
}

function doctorLines(checks: readonly CheckResult[], layout: Layout): readonly string[] {
  const { style } = layout;
  const nameWidth = Math.max(...checks.map(({ name }) => displayWidth(name)));
  const count = (status: CheckResult['status']) => checks.filter((check) => check.status === status).length;
  const summary = [
    ...(count('fail') === 0 ? [] : [style.red(formatNumberOf(count('fail'), 'failure'))]),
    ...(count('warn') === 0 ? [] : [style.yellow(formatNumberOf(count('warn'), 'warning'))]),
  ];
  return [
    ...checks.flatMap((check) => checkLines(check, { ...layout, nameWidth })),
    '',
    summary.length === 0 ? style.green('Everything is fine.') : summary.join(', '),
  ];
}

function checkLines(
  { name, status, detail, remedy }: CheckResult,
  { style, width, nameWidth }: Layout & { readonly nameWidth: number },
): readonly string[] {
  const word = { ok: style.green('ok  '), warn: style.yellow('warn'), fail: style.red('fail') }[status];
  const indent = ' '.repeat(nameWidth + 8);
  const room = width === undefined ? undefined : width - indent.length;
  const [first = '', ...rest] = wrapped(detail, room).split('\n');
  return [
    `${word}  ${pad(name, nameWidth)}  ${first}`,
    ...rest.map((line) => indent + line),
    ...(remedy === undefined ? [] : indented(wrapped(`→ ${remedy}`, room), indent).split('\n')),
  ];
}
