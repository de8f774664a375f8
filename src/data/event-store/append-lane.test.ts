import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { AppendLane, type AppendLaneOptions } from './append-lane.ts';

interface Item {
  readonly name: string;
  readonly keys: readonly string[];
  readonly weight: number;
}

const item = (name: string, keys: readonly string[] = [], weight = 1): Item => ({ name, keys, weight });

/** A lane whose commits wait for `release`; `batches` are those begun, by the names of their items. */
function heldLane(overrides: Partial<AppendLaneOptions<Item, string>> = {}) {
  const batches: string[][] = [];
  const held: (() => void)[] = [];
  const lane = new AppendLane<Item, string>({
    commit: async (items) => {
      batches.push(items.map(({ name }) => name));
      await new Promise<void>((resolve) => held.push(resolve));
      return items.map(({ name }) => (name.startsWith('bad') ? new Error(name) : `done ${name}`));
    },
    clashKeys: ({ keys }) => keys,
    weigh: ({ weight }) => weight,
    maxBatchWeight: 100,
    maxWaiting: 1_000,
    ...overrides,
  });
  const release = async () => {
    held.shift()?.();
    await new Promise(setImmediate);
  };
  return { lane, batches, release };
}

describe('AppendLane', () => {
  it('gathers what comes in the same breath, and what comes while a commit is under way', async () => {
    const { lane, batches, release } = heldLane();
    const first = [lane.submit(item('a')), lane.submit(item('b'))];
    await new Promise(setImmediate);
    const second = [lane.submit(item('c')), lane.submit(item('d')), lane.submit(item('e'))];
    await release();
    await release();
    expect(await Promise.all([...first, ...second])).toEqual(['done a', 'done b', 'done c', 'done d', 'done e']);
    expect(batches).toEqual([
      ['a', 'b'],
      ['c', 'd', 'e'],
    ]);
  });

  it('lets the callers of a large batch go on by slices, so that the first ones are back before the last ones go', async () => {
    const { lane, batches, release } = heldLane();
    const names = Array.from({ length: 100 }, (_, number) => `i${number}`);
    const goneOn: string[] = [];
    const callers = names.map(async (name) => {
      await lane.submit(item(name));
      goneOn.push(name);
      await lane.submit(item(`${name} again`));
    });
    await new Promise(setImmediate);
    await release();
    const [, second] = batches;
    expect(second?.length).toBeGreaterThan(0);
    expect(second?.length).toBeLessThan(100);
    while (batches.flat().length < 200) await release();
    await release();
    await Promise.all(callers);
    expect(goneOn).toEqual(names);
  });

  it('settles every item with its own outcome', async () => {
    const { lane, release } = heldLane();
    const settled = Promise.allSettled([lane.submit(item('a')), lane.submit(item('bad')), lane.submit(item('b'))]);
    await new Promise(setImmediate);
    await release();
    expect((await settled).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('fails the items of a commit that rejects, and goes on', async () => {
    let calls = 0;
    const lane = new AppendLane<Item, string>({
      commit: async (items) => {
        if ((calls += 1) === 1) throw new Error('away');
        return items.map(({ name }) => name);
      },
      clashKeys: () => [],
      weigh: () => 1,
      maxBatchWeight: 10,
      maxWaiting: 10,
    });
    await expect(Promise.all([lane.submit(item('a')), lane.submit(item('b'))])).rejects.toThrow('away');
    expect(await lane.submit(item('c'))).toBe('c');
  });

  it('refuses what comes beyond its bound, and takes again when there is room', async () => {
    const { lane, release } = heldLane({ maxWaiting: 2 });
    const under = lane.submit(item('a'));
    await new Promise(setImmediate);
    const waiting = [lane.submit(item('b')), lane.submit(item('c'))];
    await expect(lane.submit(item('d'))).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await release();
    const later = lane.submit(item('e'));
    await release();
    await release();
    expect(await Promise.all([under, ...waiting, later])).toEqual(['done a', 'done b', 'done c', 'done e']);
  });

  it('closes when what was submitted is done, and takes nothing more', async () => {
    const { lane, release } = heldLane();
    const under = lane.submit(item('a'));
    await new Promise(setImmediate);
    const closed = lane.close();
    await expect(lane.submit(item('b'))).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await release();
    await closed;
    expect(await under).toBe('done a');
  });

  it('puts items of one stream into batches one after the other, in their order, and none too heavy', async () => {
    const items = fc.array(
      fc.record({
        keys: fc.uniqueArray(fc.constantFrom('s', 't', 'u'), { maxLength: 2 }),
        weight: fc.integer({ min: 1, max: 9 }),
      }),
      { minLength: 1, maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(items, async (wanted) => {
        const batches: Item[][] = [];
        const lane = new AppendLane<Item, string>({
          commit: async (batch) => {
            batches.push([...batch]);
            return batch.map(({ name }) => name);
          },
          clashKeys: ({ keys }) => keys,
          weigh: ({ weight }) => weight,
          maxBatchWeight: 12,
          maxWaiting: 100,
        });
        const named = wanted.map(({ keys, weight }, index) => item(`${index}`, keys, weight));
        expect(await Promise.all(named.map((one) => lane.submit(one)))).toEqual(named.map(({ name }) => name));
        for (const batch of batches) {
          const keys = batch.flatMap((one) => one.keys);
          expect(new Set(keys).size).toBe(keys.length);
          expect(batch.length === 1 || batch.reduce((sum, { weight }) => sum + weight, 0) <= 12).toBe(true);
        }
        const order = batches.flat();
        for (const key of ['s', 't', 'u']) {
          const own = order.filter(({ keys }) => keys.includes(key)).map(({ name }) => Number(name));
          expect(own).toEqual(own.toSorted((left, right) => left - right));
        }
      }),
    );
  });
});
