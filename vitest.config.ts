import { configDefaults, defineConfig } from 'vitest/config';

const exclude = [...configDefaults.exclude, 'web/**', 'mobile/**', 'bench/**'];

export default defineConfig({
  test: {
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
