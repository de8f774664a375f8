export { createPgIdempotencyStore } from './pg-idempotency-store.ts';
