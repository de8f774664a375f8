import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { compactValue } from './compact-value.ts';
import { formatAge, formatCost, formatDuration } from './formats.ts';
import { displayWidth, fit, pad, table } from './text-layout.ts';
import { WordWrap, wrapped } from './word-wrap.ts';

describe('displayWidth and fit', () => {
  it.each([
    ['plain', 5],
    ['\u001b[31mred\u001b[39m', 3],
    ['東京', 4],
    ['e\u0301', 1],
    ['→ ✓', 3],
  ])('counts the columns of %j', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });

  it('cuts to a width and never over it', () => {
    expect(fit('documents.search', 10)).toBe('documents…');
    expect(fit('東京タワー', 5)).toBe('東京…');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 40 }), (text, width) => {
        expect(displayWidth(fit(text, width))).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('pads by columns, not by characters', () => {
    expect(pad('東', 4)).toBe('東  ');
  });
});

describe('table', () => {
  const columns = [
    { title: 'NAME', value: (row: { name: string; count: string }) => row.name, flexible: true },
    { title: 'COUNT', value: (row: { name: string; count: string }) => row.count, align: 'right' as const },
  ];
  const rows = [
    { name: 'short', count: '1' },
    { name: 'a name that is\nmuch too long', count: '12,345' },
  ];

  it('aligns, and keeps a row on one line', () => {
    expect(table(rows, { columns, width: undefined, title: (text) => text })).toEqual([
      'NAME                           COUNT',
      'short                              1',
      'a name that is much too long  12,345',
    ]);
  });

  it('cuts flexible columns to the width of the terminal', () => {
    const lines = table(rows, { columns, width: 24, title: (text) => text });
    expect(lines.map((line) => displayWidth(line))).toEqual([24, 24, 24]);
    expect(lines[2]).toBe('a name that is…   12,345');
  });
});

describe('compactValue', () => {
  it('shows JSON data on one line', () => {
    expect(compactValue({ query: 'kill\n-9', limit: 5, deep: { list: [1, null, 'x'] } }, 80)).toBe(
      'query: "kill -9", limit: 5, deep: {list: [1, null, "x"]}',
    );
  });

  it('stops at the width, however large the value', () => {
    const value = { rows: Array.from({ length: 1_000_000 }, (_, index) => ({ index })) };
    expect(displayWidth(compactValue(value, 30))).toBeLessThanOrEqual(30);
  });
});

describe('WordWrap', () => {
  it('breaks lines between words, in whatever pieces the text comes', () => {
    const text = 'An execution survives kill -9 because\n\n  each step is kept in supercalifragilisticexpialidocious.';
    const whole = wrapped(text, 20);
    expect(whole.split('\n')).toEqual([
      'An execution',
      'survives kill -9',
      'because',
      '',
      '  each step is kept',
      'in',
      'supercalifragilisticexpialidocious.',
    ]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: text.length })), (cuts) => {
        const places = [0, ...cuts.toSorted((left, right) => left - right), text.length];
        const wrap = new WordWrap(20);
        let shown = '';
        for (const [index, place] of places.slice(1).entries()) shown += wrap.push(text.slice(places[index], place));
        expect(shown + wrap.end()).toBe(whole);
      }),
    );
  });
});

describe('formats', () => {
  it.each([
    [8.4, '8 ms'],
    [1_234, '1.2 s'],
    [59_999, '1 min 0 s'],
    [125_000, '2 min 5 s'],
    [12_000_000, '3 h 20 min'],
  ])('%d ms', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });

  it.each([
    [0, '$0'],
    [0.000_01, '<$0.0001'],
    [0.0012, '$0.0012'],
    [3.4, '$3.40'],
  ])('$%d', (dollars, text) => {
    expect(formatCost(dollars)).toBe(text);
  });

  it('tells ages in their largest unit', () => {
    const now = new Date('2026-01-02T00:00:00.000Z');
    const ages = ['2026-01-01T23:59:55Z', '2026-01-01T23:00:00Z', '2025-12-30T00:00:00Z', '2024-01-01T00:00:00Z'];
    expect(ages.map((time) => formatAge(time, now))).toEqual(['5s', '1h', '3d', '2y']);
  });
});
