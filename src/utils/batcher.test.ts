import { describe, expect, it } from 'vitest';

import { Batcher } from './batcher.ts';

function recording() {
  const loads: (readonly string[])[] = [];
  const gates: PromiseWithResolvers<void>[] = [];
  const batcher = new Batcher<string>({
    inFlight: 1,
    mostKeys: 3,
    load: async (keys) => {
      loads.push(keys);
      const gate = Promise.withResolvers<void>();
      gates.push(gate);
      await gate.promise;
      return new Map(keys.filter((key) => key !== 'none').map((key) => [key, key.toUpperCase()]));
    },
  });
  return {
    batcher,
    loads,
    open: (index: number) => gates[index]?.resolve(),
    fail: (index: number) => gates[index]?.reject(new Error('away')),
  };
}

describe('Batcher', () => {
  it('shares one look-up among what is asked for in the same turn', async () => {
    const { batcher, loads, open } = recording();
    const answers = Promise.all([batcher.get('a'), batcher.get('b'), batcher.get('a'), batcher.get('none')]);
    await Promise.resolve();
    open(0);
    expect(await answers).toEqual(['A', 'B', 'A', undefined]);
    expect(loads).toEqual([['a', 'b', 'none']]);
  });

  it('gathers while a look-up is under way, in batches of a bounded size', async () => {
    const { batcher, loads, open } = recording();
    const first = batcher.get('a');
    await Promise.resolve();
    // The same key again: what is under way may have been read before this was asked.
    const later = ['a', 'b', 'c', 'd'].map((key) => batcher.get(key));
    open(0);
    await first;
    open(1);
    await later[0];
    open(2);
    expect(await Promise.all(later)).toEqual(['A', 'B', 'C', 'D']);
    expect(loads).toEqual([['a'], ['a', 'b', 'c'], ['d']]);
  });

  it('fails those of a failed look-up alone', async () => {
    const { batcher, open, fail } = recording();
    const first = batcher.get('a');
    await Promise.resolve();
    const second = batcher.get('b');
    fail(0);
    await expect(first).rejects.toThrow('away');
    open(1);
    expect(await second).toBe('B');
  });
});
