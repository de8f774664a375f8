export { createPgBossJobQueue, type PgBossJobQueue } from './pg-boss-job-queue.ts';
