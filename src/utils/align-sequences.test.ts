import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { alignSequences } from './align-sequences.ts';

const kept = (partners: Int32Array) => partners.filter((partner) => partner !== -1);

describe('alignSequences', () => {
  it('keeps what stands in both, in order', () => {
    expect([...alignSequences(['a', 'b', 'c'], ['a', 'x', 'c'])]).toEqual([0, -1, 2]);
    expect([...alignSequences(['a', 'b', 'c', 'a', 'b', 'b', 'a'], ['c', 'b', 'a', 'b', 'a', 'c'])]).toHaveLength(7);
    expect([...alignSequences([], ['a'])]).toEqual([]);
    expect([...alignSequences(['a'], [])]).toEqual([-1]);
  });

  it('keeps as many as the longest common subsequence has, equal ones, in ascending places', () => {
    const items = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 40 });
    fc.assert(
      fc.property(items, items, (before, after) => {
        const partners = alignSequences(before, after);
        expect(partners).toHaveLength(before.length);
        expect(wronglyKept(partners, { before, after })).toEqual([]);
        expect(kept(partners)).toHaveLength(longestCommon(before, after));
      }),
    );
  });

  it.each([
    { what: 'nothing in common', one: (index: number) => `a${index}`, other: (index: number) => `b${index}` },
    { what: 'the order turned', one: (index: number) => `${index}`, other: (index: number) => `${60_000 - index}` },
    { what: 'two words at random', one: pseudoRandom, other: (index: number) => pseudoRandom(index + 7) },
  ])('comes to an end with sequences of 60,000 items and $what', ({ one, other }) => {
    const before = Array.from({ length: 60_000 }, (_, index) => one(index));
    const after = Array.from({ length: 60_000 }, (_, index) => other(index));
    expect(wronglyKept(alignSequences(before, after), { before, after })).toEqual([]);
  });

  it('keeps most of a long sequence in spite of many edits', () => {
    const before = Array.from({ length: 20_000 }, (_, index) => `${index % 977}`);
    const after = before.flatMap((item, index) => (index % 20 === 0 ? [] : index % 21 === 0 ? ['1', item] : [item]));
    expect(kept(alignSequences(before, after)).length).toBeGreaterThan(18_000);
  });
});

/** Items kept for one that isn't equal, or out of order. */
function wronglyKept(
  partners: Int32Array,
  { before, after }: { readonly before: readonly string[]; readonly after: readonly string[] },
): number[] {
  const wrong: number[] = [];
  let previous = -1;
  for (const [index, partner] of partners.entries()) {
    if (partner === -1) continue;
    if (partner <= previous || after[partner] !== before[index]) wrong.push(index);
    previous = partner;
  }
  return wrong;
}

/** By dynamic programming (Wagner and Fischer, 1974). */
function longestCommon(before: readonly string[], after: readonly string[]): number {
  let row = Array.from({ length: after.length + 1 }, () => 0);
  for (const item of before) {
    const next = [0];
    for (const [index, other] of after.entries()) {
      next.push(item === other ? (row[index] ?? 0) + 1 : Math.max(row[index + 1] ?? 0, next[index] ?? 0));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** 0 or 1, always the same for an index. */
function pseudoRandom(index: number): string {
  return `${(Math.imul(index ^ (index >>> 7), 2_654_435_761) >>> 13) & 1}`;
}
