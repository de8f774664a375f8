import { describe, expect, it } from 'vitest';

import { usagePeriod } from './usage-period.ts';

const NOW = new Date('2026-03-01T00:30:00.000Z');

describe('usagePeriod', () => {
  it.each([
    ['30 days up to today', {}, { from: '2026-01-31', to: '2026-03-01' }],
    ['30 days up to the last', { to: '2025-12-31' }, { from: '2025-12-02', to: '2025-12-31' }],
    ['one day', { from: '2026-03-01' }, { from: '2026-03-01', to: '2026-03-01' }],
    ['a leap year', { from: '2024-01-01', to: '2024-12-31' }, { from: '2024-01-01', to: '2024-12-31' }],
  ])('%s', (_name, { from, to }: { from?: string; to?: string }, expected) => {
    expect(usagePeriod({ from, to }, NOW)).toEqual(expected);
  });

  it.each([
    ['a last day before the first', { from: '2026-03-02' }],
    ['more days than 366', { from: '2024-01-01', to: '2025-01-01' }],
  ])('refuses %s', (_name, { from, to }: { from?: string; to?: string }) => {
    expect(() => usagePeriod({ from, to }, NOW)).toThrow(
      expect.objectContaining({
        code: 'VALIDATION_FAILED',
        details: { errors: [expect.objectContaining({ path: 'from' })] },
      }),
    );
  });
});
