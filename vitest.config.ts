import { availableParallelism } from 'node:os';

import { configDefaults, defineConfig } from 'vitest/config';

const exclude = [...configDefaults.exclude, 'web/**', 'mobile/**', 'bench/**'];

/**
 * Test files at once. Two even on two cores, where one would leave a core idle: half of the time is
 * waiting. Each has a PostgreSQL of its own; a server that is given is shared, and a transaction in
 * one of its databases holds up the readers of the log in all others.
 */
const maxWorkers =
  process.env['TEST_DATABASE_URL'] === undefined ? Math.min(4, Math.max(2, availableParallelism() - 1)) : 1;

export default defineConfig({
  test: {
    maxWorkers,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{src,packages,tests,scripts}/**/*.test.ts'],
          exclude: [...exclude, '**/*.int.test.ts'],
        },
      },
      {
        test: {
          name: 'integration',
          include: ['{src,packages,tests,scripts,examples}/**/*.int.test.ts'],
          exclude,
          globalSetup: ['tests/support/database-setup.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
