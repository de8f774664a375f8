import type { Command } from 'commander';

import { wholeNumber } from './option-values.ts';

/** What lists take. */
export interface PagingInput {
  readonly limit?: number;
  readonly cursor?: string;
  readonly all?: boolean;
}

/** Adds --limit, --cursor and --all to a list. */
export function withPaging(command: Command): Command {
  return command
    .option('--limit <count>', 'most items to show, 1 to 200 (50 unless given)', wholeNumber())
    .option('--cursor <cursor>', 'go on behind an earlier page')
    .option('--all', 'every page, to the end');
}
