export { CatchUp, type CatchUpOptions } from './catch-up.ts';
export { createPgEventStore, type PgEventStore, type PgEventStoreDependencies } from './pg-event-store.ts';
export { readProjectionLag, readProjectionLags } from './projection-lags.ts';
export { rebuildProjections, type RebuildOptions, type RebuildReport } from './rebuild-projections.ts';
export type { AppendQueue, Reservation } from './append-queue.ts';
