export { createPgEventStore, type PgEventStore, type PgEventStoreDependencies } from './pg-event-store.ts';
