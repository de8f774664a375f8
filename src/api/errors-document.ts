import { ERRORS, type ErrorCode } from '#contract';

import { statusOf } from './problem-details.ts';

/** docs/errors.md, made from the table of codes. */
export function errorsDocument(): string {
  const rows = (Object.keys(ERRORS) as ErrorCode[]).map((code) => {
    const { kind, title, remedy } = ERRORS[code];
    return `| \`${code}\` | ${statusOf(code)} | ${kind} | ${title} | ${remedy} |`;
  });
  return `# Errors

Every failure has a code that never changes its meaning. The REST API answers it as problem details
(RFC 9457, \`application/problem+json\`) with \`code\`, \`title\`, \`detail\`, \`remedy\`, \`traceId\` and, where fields are
wrong, \`errors\` with the path of each. From status 500 on nothing of the inside is told; the log has it under the
trace id. The command line prints the code and the remedy.

| Code | Status | Kind | What happened | What to do |
|---|---|---|---|---|
${rows.join('\n')}
`;
}
