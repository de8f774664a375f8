import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Bm25Index, DEFAULT_BM25, type IndexedFields } from './bm25-index.ts';

const indexOf = (passages: readonly (string | IndexedFields)[], parameters = DEFAULT_BM25): Bm25Index => {
  const index = new Bm25Index(parameters);
  for (const passage of passages) index.add(typeof passage === 'string' ? { title: '', text: passage } : passage);
  return index;
};
const ranked = (index: Bm25Index, query: string): number[] => index.search(query, 10).map(({ passage }) => passage);

describe('the ranking', () => {
  it('is BM25, as it is worked out by hand', () => {
    const index = indexOf(['storm wind', 'storm rain snow fog'], {
      ...DEFAULT_BM25,
      k1: 1.2,
      leastLength: 0,
      titleWeight: 0,
      pairWeight: 0,
    });
    const rarity = (holders: number): number => Math.log(1 + (2 - holders + 0.5) / (holders + 0.5));
    const part = (length: number): number => 2.2 / (1 + 1.2 * (0.25 + (0.75 * length) / 3));
    const ceiling = 2.2 * (rarity(1) + rarity(2));
    const [first, second] = index.search('wind storm', 2);
    expect(first?.score).toBeCloseTo((part(2) * (rarity(1) + rarity(2))) / ceiling, 12);
    expect(second?.score).toBeCloseTo((part(4) * rarity(2)) / ceiling, 12);
  });

  it('prefers rare words, short passages, titles, and neighbours', () => {
    expect(ranked(indexOf(['common rare', 'common other', 'common more']), 'rare common')[0]).toBe(0);
    expect(ranked(indexOf(['storm one two three four five six', 'storm']), 'storm')).toEqual([1, 0]);
    expect(
      ranked(
        indexOf([
          { title: 'x', text: 'storm wind' },
          { title: 'storm', text: 'storm wind' },
        ]),
        'storm',
      )[0],
    ).toBe(1);
    expect(
      ranked(indexOf(['shock calm wave flat', 'calm flat wave shock', 'flat shock wave calm']), 'shock wave'),
    ).toEqual([1, 2, 0]);
  });

  it('gives no credit for being much shorter than the others', () => {
    const line = 'storm wind';
    const prose = `the storm and its wind ${'blow along the coast '.repeat(6)}where a storm meets the wind`;
    const others = Array.from({ length: 6 }, () => 'rain '.repeat(40));
    const passages = [line, prose, ...others];
    expect(ranked(indexOf(passages), 'storm wind')[0]).toBe(1);
    expect(ranked(indexOf(passages, { ...DEFAULT_BM25, leastLength: 0 }), 'storm wind')[0]).toBe(0);
  });

  it('finds other forms of a word, and nothing for stop words or unknown ones', () => {
    const index = indexOf(['the executions were resumed']);
    expect(ranked(index, 'resuming an execution')).toEqual([0]);
    expect(ranked(index, 'were the')).toEqual([]);
    expect(ranked(index, 'zebra')).toEqual([]);
    expect(ranked(index, '')).toEqual([]);
    expect(indexOf([]).search('anything', 5)).toEqual([]);
  });

  it('gives a query half of whose words nobody knows no more than half', () => {
    const index = indexOf(['storm', 'wind', 'rain', 'snow']);
    const [full] = index.search('storm', 1);
    const [half] = index.search('storm zebra', 1);
    expect(half!.score).toBeLessThan(full!.score / 2);
  });

  it('keeps words named like members of objects apart', () => {
    expect(ranked(indexOf(['constructor', 'toString']), 'constructor')).toEqual([0]);
    expect(ranked(indexOf(['nothing here']), '__proto__ hasOwnProperty')).toEqual([]);
  });

  it('scores from 0 to 1, best first, equal ones in their order', () => {
    const word = fc.constantFrom('storm', 'wind', 'rain', 'snow', 'fog', 'the');
    const text = fc.array(word, { maxLength: 12 }).map((parts) => parts.join(' '));
    fc.assert(
      fc.property(fc.array(fc.record({ title: text, text }), { maxLength: 12 }), text, (passages, query) => {
        const hits = indexOf(passages).search(query, 5);
        expect(hits.length).toBeLessThanOrEqual(5);
        for (const [rank, { passage, score }] of hits.entries()) {
          expect(score).toBeGreaterThan(0);
          expect(score).toBeLessThanOrEqual(1);
          const before = hits[rank - 1];
          if (before === undefined) continue;
          expect(before.score > score || (before.score === score && before.passage < passage)).toBe(true);
        }
      }),
    );
  });
});
