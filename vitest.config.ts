import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'packages/**/*.test.ts', 'tests/**/*.test.ts', 'bench/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'dist/**'],
    // Limits against a test that hangs, not a measure of speed: machines that run this are slow and shared.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
