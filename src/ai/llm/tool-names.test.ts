import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { mapToolNames } from './tool-names.ts';

const ACCEPTED_BY_ALL = /^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$/;
/** Few letters and both kinds of length, so that names clash often. */
const name = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', '_', '.', '-', '1', 'é', '🗼'), minLength: 1, maxLength: 4 }),
  fc.string({ unit: fc.constantFrom('a', '.'), minLength: 62, maxLength: 70 }),
  fc.string({ unit: 'binary', minLength: 1 }),
);

describe('mapToolNames', () => {
  it('gives each name an acceptable one of its own, and finds the way back', () => {
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 30 }), (names) => {
        const mapped = mapToolNames(names);
        const wireNames = names.map(mapped.toWire);
        for (const wireName of wireNames) expect(wireName).toMatch(ACCEPTED_BY_ALL);
        expect(new Set(wireNames).size).toBe(names.length);
        expect(wireNames.map(mapped.fromWire)).toEqual(names);
      }),
    );
  });

  it('gives the same names in whatever order', () => {
    fc.assert(
      fc.property(fc.uniqueArray(name), (names) => {
        const forth = mapToolNames(names);
        const back = mapToolNames(names.toReversed());
        expect(names.map(forth.toWire)).toEqual(names.map(back.toWire));
      }),
    );
  });

  it('keeps what is acceptable, and replaces as little as can be', () => {
    const { toWire } = mapToolNames(['now', 'documents.search', 'a.b', 'a_b', '2fa']);
    expect(toWire('now')).toBe('now');
    expect(toWire('documents.search')).toBe('documents_search');
    expect(toWire('a_b')).toBe('a_b');
    expect(toWire('a.b')).toMatch(/^a_b_[0-9a-f]{8}$/);
    expect(toWire('2fa')).toBe('_2fa');
  });

  it('hands a name that the model made up on as it is', () => {
    expect(mapToolNames(['now']).fromWire('documents.search')).toBe('documents.search');
  });
});
