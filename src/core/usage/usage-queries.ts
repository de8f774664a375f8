import type { UsageQuery, UsageReport } from '#contract';

import type { CallContext } from '../../kernel/call-context.ts';

/** The question about usage. */
export interface UsageQueries {
  /** Sums of the days asked for, by what they are to be grouped by, in its order. @throws AppError VALIDATION_FAILED */
  report(context: CallContext, query: UsageQuery): Promise<UsageReport>;
}
