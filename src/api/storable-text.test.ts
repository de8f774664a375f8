import { assert, jsonValue, property } from 'fast-check';
import { expect, it } from 'vitest';

import { assertStorableText } from './storable-text.ts';

it.each([
  ['\0', ''],
  [{ a: [1, { b: 'x\0y' }] }, 'a[1].b'],
  [{ a: '\uD83D' }, 'a'],
  [{ a: '\uDE00\uD83D' }, 'a'],
  [{ a: { 'x\0': 1 } }, 'a'],
  [Object.assign(Object.create(null), { id: '\0' }), 'id'],
])('names the field that holds what cannot be stored: %j', (value, path) => {
  expect(() => assertStorableText(value, 'the body')).toThrow(
    expect.objectContaining({ code: 'VALIDATION_FAILED', details: { errors: [expect.objectContaining({ path })] } }),
  );
});

it('lets everything else through', () => {
  assertStorableText({ text: '\u0001\u{1F600}\uFFFF', other: [null, 1, true, undefined] }, 'the body');
  assert(
    property(jsonValue(), (value) => {
      const text = JSON.stringify(value);
      if (!text.includes(String.raw`\u0000`)) assertStorableText(value, 'the body');
    }),
  );
});
