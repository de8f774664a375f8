import { describe, expect, it } from 'vitest';

import { toProviderSchema } from './tool-schema.ts';

describe('toProviderSchema', () => {
  it('leaves a standard schema alone but for its dialect and missing properties', () => {
    const schema = { type: 'object', properties: { a: { const: 1 } }, patternProperties: {} };
    expect(toProviderSchema({ $schema: 'x', ...schema }, 'standard')).toEqual(schema);
    expect(toProviderSchema({ type: 'object' }, 'google')).toEqual({ type: 'object', properties: {} });
  });

  it('says for Google what its subset can say', () => {
    const schema = {
      type: 'object',
      required: ['kind'],
      unevaluatedProperties: false,
      definitions: { day: { type: 'string', pattern: '^x', format: 'date' } },
      properties: {
        // A property may be called like a keyword that Google lacks.
        pattern: { const: 'left' },
        kind: { enum: [true, false], type: 'boolean' },
        count: { type: 'integer', exclusiveMinimum: 0, exclusiveMaximum: 10 },
        ratio: { type: 'number', exclusiveMinimum: 0 },
        when: { $ref: '#/definitions/day' },
        list: { type: 'array', items: { oneOf: [{ const: 1 }, { type: 'null', not: {} }] } },
      },
      allOf: [{ properties: { extra: { type: 'string' } }, required: ['extra'] }],
    };
    expect(toProviderSchema(schema, 'google')).toEqual({
      type: 'object',
      required: ['extra', 'kind'],
      $defs: { day: { type: 'string', format: 'date' } },
      properties: {
        extra: { type: 'string' },
        pattern: { enum: ['left'] },
        kind: { type: 'boolean' },
        count: { type: 'integer', minimum: 1, maximum: 9 },
        ratio: { type: 'number', minimum: 0 },
        when: { $ref: '#/$defs/day' },
        list: { type: 'array', items: { oneOf: [{ enum: [1] }, { type: 'null' }] } },
      },
    });
  });
});
