import { assert, constantFrom, array, jsonValue, pre, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';

import { parseYamlBody } from './yaml-body.ts';

const outcome = (text: string) => {
  try {
    parseYamlBody(text);
    return 'MALFORMED_BODY';
  } catch (error) {
    return (error as { code?: string }).code;
  }
};

describe('a YAML body', () => {
  it('is what JSON would be, for any value written as YAML', () => {
    assert(
      property(jsonValue(), (value) => {
        const json = JSON.stringify(value);
        pre(!json.includes('__proto__'));
        expect(parseYamlBody(stringify(JSON.parse(json), { aliasDuplicateObjects: false }))).toEqual(JSON.parse(json));
      }),
    );
  });

  it('takes a definition as people write it', () => {
    const text =
      '# an agent\nname: a\ntags: [x, "y"]\ninstructions: |\n  * one\n  & two\n  [three\nlimits: { steps: 3 }\n';
    expect(parseYamlBody(text)).toEqual({
      name: 'a',
      tags: ['x', 'y'],
      instructions: '* one\n& two\n[three\n',
      limits: { steps: 3 },
    });
  });

  it.each([
    ['an alias', 'a: &a [x]\nb: *a', /the alias \*a is not allowed/],
    ['an alias of itself', 'a: &a [*a]', /the alias \*a is not allowed/],
    ['a billion laughs', 'a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]', /the alias \*a is not allowed/],
    [
      '200,000 anchors',
      Array.from({ length: 200_000 }, (_, key) => `a${key}: &a${key} x`).join('\n'),
      /more than 50000 parts/,
    ],
    ['4 MiB of brackets', '['.repeat(4 * 1_048_576), /deeper than 100/],
    ['4 MiB of braces', '{'.repeat(4 * 1_048_576), /deeper than 100/],
    ['nested lists', `${'- '.repeat(20_000)}x`, /is not plain YAML/],
    ['nested maps', Array.from({ length: 150 }, (_, level) => `${' '.repeat(level)}a:`).join('\n'), /deeper than 100/],
    ['100,000 keys', Array.from({ length: 100_000 }, (_, key) => `a${key}: 1`).join('\n'), /more than 50000 parts/],
    ['a million comments', '#\n'.repeat(1_000_000), /more than 50000 parts/],
    ['a key that stands twice', 'a: 1\nb: 2\na: 3', /the key "a" stands here twice/],
    ['a key that stands twice inside', 'a: [{ b: 1, "b": 2 }]', /the key "b" stands here twice/],
    ['a key that would change prototypes', '__proto__: { x: 1 }', /__proto__/],
    ['a tag', 'a: !!js/function "x"', /tag/],
    ['bytes', 'a: !!binary AAAA', /tag/],
    ['a merge', 'a: { <<: { b: 1 }, <<: { b: 2 } }', /stands here twice/],
    ['a tab', 'a:\n\tb: 1', /[Tt]abs/],
    ['an end in the middle', 'a: [1', /./],
    ['two documents', 'a: 1\n---\nb: 2', /a second document/],
  ])('refuses %s', (...[, text, message]) => {
    expect(() => parseYamlBody(text)).toThrow(
      expect.objectContaining({ code: 'MALFORMED_BODY', message: expect.stringMatching(message) }),
    );
  });

  it('ends in a value or MALFORMED_BODY, whatever is put together', () => {
    const piece = constantFrom(
      'a',
      ': ',
      '- ',
      '? ',
      '\n',
      '  ',
      '[',
      ']',
      '{',
      '}',
      ',',
      '"',
      "'",
      '|',
      '>',
      '#',
      '!',
    );
    assert(property(array(piece, { maxLength: 60 }), (pieces) => outcome(pieces.join('')) === 'MALFORMED_BODY'));
  });
});
