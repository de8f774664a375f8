export { createPgUsageQueries, type PgUsageQueriesDependencies } from './pg-usage-queries.ts';
export { usageProjection } from './pg-usage-projection.ts';
export type { UsageQueries } from './usage-queries.ts';
