/**
 * Local Rules on the function-calling cases of tests/local-rules/cases, batch by batch.
 *   node bench/local-rules.ts [batch] [--failures]
 */
import { readBatches } from '../tests/local-rules/case-batch.ts';
import { balancedAccuracy, rate, scoreBatch, type Share } from '../tests/local-rules/score.ts';

const shown = (share: Share): string => `${(100 * rate(share)).toFixed(1)}% (${share.right}/${share.of})`.padEnd(17);

async function main(words: readonly string[]): Promise<void> {
  const wanted = words.find((word) => !word.startsWith('--'));
  const batches = readBatches().filter(({ name }) => wanted === undefined || name === wanted);
  const all = { name: 'all', cases: batches.flatMap(({ cases }) => cases) };
  console.log('batch      right tool       called           refrained        balanced  without right    arguments');
  for (const batch of [...batches, ...(batches.length > 1 ? [all] : [])]) {
    const score = await scoreBatch(batch);
    console.log(
      `${batch.name.padEnd(10)} ${shown(score.choice)}${shown(score.called)}${shown(score.refrained)}` +
        `${balancedAccuracy(score).toFixed(3).padEnd(10)}${shown(score.withoutRight)}${shown(score.arguments)}`,
    );
    if (words.includes('--failures') && batch !== all)
      for (const failure of score.failures) console.log(`  ${failure}`);
  }
}

await main(process.argv.slice(2));
