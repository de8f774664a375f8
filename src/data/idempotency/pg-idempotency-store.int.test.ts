import { afterAll, beforeAll } from 'vitest';

import { describeIdempotencyStore } from '../../../tests/contract/idempotency-store.ts';
import { createMemoryIdempotencyStore } from '../../../tests/support/memory-idempotency-store.ts';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.ts';
import { createPgIdempotencyStore } from './pg-idempotency-store.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

describeIdempotencyStore('in PostgreSQL', () => createPgIdempotencyStore(database));

const memory = createMemoryIdempotencyStore();
describeIdempotencyStore('in memory, for tests', () => memory);
