import { describe, expect, it } from 'vitest';

import { readBatches } from './case-batch.ts';
import { balancedAccuracy, rate, scoreBatch } from './score.ts';

const batches = readBatches();

/** `node bench/local-rules.ts --failures` shows the cases behind a figure that is too low. */
describe('Local Rules over all cases', async () => {
  const score = await scoreBatch({ cases: batches.flatMap(({ cases }) => cases) });

  it('has enough of them to say something', () => {
    expect(score.choice.of).toBeGreaterThanOrEqual(100);
    expect(score.called.of + score.refrained.of).toBeGreaterThanOrEqual(100);
    expect(score.arguments.of).toBeGreaterThanOrEqual(60);
  });

  // requirement: R-RULES-CHOICE, R-RULES-CALLS
  it('calls the right tool of several, or none where none fits', () => {
    expect(rate(score.choice)).toBeGreaterThanOrEqual(0.96);
    expect(balancedAccuracy(score)).toBeGreaterThanOrEqual(0.93);
  });

  it('stays silent mostly even where the right tool alone is missing among its like', () => {
    expect(rate(score.withoutRight)).toBeGreaterThanOrEqual(0.8);
  });

  it('fills the arguments', () => {
    expect(rate(score.arguments)).toBeGreaterThanOrEqual(0.9);
  });
});
