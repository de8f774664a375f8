import { ApiError, type ErrorCode, ERRORS } from '#contract';

import { AppError } from '../kernel/errors.ts';
import { compactValue } from './compact-value.ts';
import { EXIT_CODE_OF_KIND, EXIT_CODES, type ExitCode } from './exit-codes.ts';
import { readable } from './readable.ts';
import type { Style } from './style.ts';
import { UsageError } from './usage-error.ts';

/** What went wrong, in the parts that a person or a program needs. */
export interface ProblemReport {
  readonly code: string;
  readonly message: string;
  readonly remedy?: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
  readonly details?: Readonly<Record<string, unknown>>;
  readonly traceId?: string;
}

const HOW_TO_START = 'Start one with `npx pygent up`, or name another with --url or PYGENT_URL.';

export interface ToldProblem {
  readonly report: ProblemReport;
  readonly exitCode: ExitCode;
  /** It was found in this process, and its message holds all that its details do. */
  readonly own?: true;
}

/** Whatever a command threw, as a report and an exit code. */
export function reportOf(error: unknown): ToldProblem {
  if (error instanceof ApiError) return { report: apiReport(error), exitCode: apiExitCode(error) };
  if (error instanceof AppError) {
    const { errors } = error.details;
    const report = {
      code: error.code,
      message: error.message,
      remedy: ERRORS[error.code].remedy,
      ...(Array.isArray(errors) ? { errors: errors as NonNullable<ProblemReport['errors']> } : {}),
    };
    return { report, exitCode: EXIT_CODE_OF_KIND[error.kind], own: true };
  }
  if (error instanceof UsageError) {
    return { report: { code: 'USAGE', message: error.message }, exitCode: EXIT_CODES.usage.code };
  }
  // A fault of our own: where it happened is what a report of it needs.
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { report: { code: 'INTERNAL', message }, exitCode: EXIT_CODES.failed.code };
}

function apiReport(error: ApiError): ProblemReport {
  if (error.code === 'UNREACHABLE') {
    return { code: error.code, message: `No factory answers at ${addressOf(error.detail)}.`, remedy: HOW_TO_START };
  }
  return {
    code: error.code,
    message: error.detail,
    ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
    ...(error.errors.length === 0 ? {} : { errors: error.errors }),
    details: error.details,
    ...(error.traceId === undefined ? {} : { traceId: error.traceId }),
  };
}

/** `http://host:port/path: reason` as `http://host:port (reason)`. */
function addressOf(detail: string): string {
  const [, url = '', reason = ''] = /^(\S+): (.*)$/s.exec(detail) ?? [];
  return URL.canParse(url) ? `${new URL(url).origin} (${reason.trim().replaceAll(/\s+/g, ' ')})` : detail;
}

function apiExitCode(error: ApiError): ExitCode {
  if (error.status === 0) return EXIT_CODES.unreachable.code;
  if (error.code in ERRORS) return EXIT_CODE_OF_KIND[ERRORS[error.code as ErrorCode].kind];
  return error.status === 404 ? EXIT_CODES.notFound.code : EXIT_CODES.failed.code;
}

/**
 * The problem as lines for a terminal: what happened, the fields, what to do, code and trace. One that was found in
 * this process, such as why it doesn't start, is one line, as logs keep it.
 */
export function problemLines(problem: ToldProblem, { style, width }: { style: Style; width: number }): string[] {
  const report = readable(problem.report);
  if (problem.own === true && report.errors === undefined) {
    const message = report.message.trimEnd().replaceAll(/\s*\n\s*/g, ' ');
    const end = /[.?]$/.test(message) ? '' : '.';
    return [`${style.red('error:')} ${message}${end} ${report.remedy ?? ''} ${style.dim(`(${report.code})`)}`];
  }
  const lines = [`${style.red('error:')} ${report.message}`];
  for (const { path, message } of report.errors ?? []) lines.push(`  ${path === '' ? '(all)' : path}: ${message}`);
  for (const [name, value] of Object.entries(report.details ?? {})) {
    lines.push(style.dim(`  ${name}: ${compactValue(value, Math.max(20, width - name.length - 4))}`));
  }
  if (report.remedy !== undefined) lines.push(`  ${report.remedy}`);
  if (report.code === 'USAGE') return lines;
  lines.push(style.dim(`  ${report.code}${report.traceId === undefined ? '' : `, trace ${report.traceId}`}`));
  return lines;
}
