import type { DatabaseLog } from '../../src/data/database/database-log.ts';

/** For tests that do not look at the log. */
export const silentLog: DatabaseLog = { info: () => undefined, warn: () => undefined };
