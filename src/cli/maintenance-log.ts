import type { CommandContext } from './command-context.ts';
import { isRecord } from './compact-value.ts';
import { readableText } from './readable.ts';

/** Warnings of the database layer as lines on stderr; the rest is nobody's business here. */
export function maintenanceLog(context: CommandContext) {
  return {
    info: () => undefined,
    warn: (facts: object, message: string) => {
      const pid = isRecord(facts) && typeof facts['pid'] === 'number' ? ` (process ${facts['pid']})` : '';
      context.tell(context.noticeStyle.yellow(readableText(message + pid)));
    },
  };
}
