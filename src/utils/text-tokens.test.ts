import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { nearNames } from './near-names.ts';
import { stem } from './stem.ts';
import { terms, words } from './text-tokens.ts';

describe('stem', () => {
  it.each([
    ['execution', 'executions', 'executed', 'executing', 'execute', 'executes'],
    ['pressure', 'pressures', 'pressured'],
    ['hop', 'hops', 'hopped', 'hopping'],
    ['study', 'studies', 'studied', 'studying'],
    ['relate', 'relates', 'related', 'relational'],
    ['approximate', 'approximately', 'approximation', 'approximations'],
    ['theory', 'theories'],
    ['cylinder', 'cylinders', 'cylindrical', 'cylindrically'],
    ['symmetry', 'symmetric', 'symmetrical'],
    ['circular', 'circularity', 'circularities'],
    ['agree', 'agreed', 'agrees'],
  ])('is the same for the forms of %s', (...forms) => {
    expect(new Set(forms.map(stem)).size).toBe(1);
  });

  it.each([
    ['wing', 'win'],
    ['general', 'generous'],
    ['bus', 'bu'],
    ['country', 'count'],
    ['ring', 'r'],
    ['universe', 'unit'],
  ])('keeps %s and %s apart', (one, other) => {
    expect(stem(one)).not.toBe(stem(other));
  });

  it('leaves what is no English word alone, and never grows a word by more than a letter', () => {
    for (const word of ['9', 'p1', 'café', '日本', 'as']) expect(stem(word)).toBe(word);
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{1,20}$/), (word) => {
        const stemmed = stem(word);
        expect(stemmed.length).toBeGreaterThan(0);
        expect(stemmed.length).toBeLessThanOrEqual(word.length + 1);
        expect(stem(word)).toBe(stemmed);
      }),
    );
  });
});

describe('words and terms', () => {
  it('part a text at what is no letter or digit', () => {
    expect(words('Kill -9: EGRESS_ALLOW, documents.search!')).toEqual([
      'kill',
      '9',
      'egress',
      'allow',
      'documents',
      'search',
    ]);
  });

  it('know accents, apostrophes, camel case and scripts without spaces', () => {
    expect(words("Café naïve don't createFactory 日本語")).toEqual(
      'cafe naive dont create factory createfactory 日本 本語'.split(' '),
    );
  });

  it('leave out stop words', () => {
    expect(terms('What is the effect of it on the pressures?')).toEqual(['effect', stem('pressure')]);
    expect(terms("it doesn't")).toEqual([]);
  });

  it('never fail', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const term of terms(text)) expect(term).not.toBe('');
      }),
    );
  });
});

describe('nearNames', () => {
  it('finds typing errors and parts of names, nearest first', () => {
    const names = ['documents.search', 'documents.read', 'calculate', 'now'];
    expect(nearNames('documents.serch', names)[0]).toBe('documents.search');
    expect(nearNames('search', names)).toEqual(['documents.search']);
    expect(nearNames('CALCULATE', names)).toEqual(['calculate']);
    expect(nearNames('weather', names)).toEqual([]);
  });
});
