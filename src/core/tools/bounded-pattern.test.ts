import { expect, it } from 'vitest';

import type { Tool } from './tool.ts';
import { boundedPattern, SlowPatternError } from './bounded-pattern.ts';
import { schemaErrors, validateArguments } from './validate-arguments.ts';

const HOSTILE = '^(a+)+$';
const text = `${'a'.repeat(60)}!`;

it('matches as a regular expression does', () => {
  const pattern = boundedPattern('^[a-ü]{3,40}$', 'u');
  expect(['ab', 'abc', 'a long one with spaces', 'längererzusammenhang', ''].map((one) => pattern.test(one))).toEqual([
    false,
    true,
    false,
    true,
    false,
  ]);
  expect(String(pattern)).toBe('/^[a-ü]{3,40}$/u');
  expect(() => boundedPattern('(', 'u')).toThrow(SyntaxError);
});

it('gives up a match that would take longer than the process has', () => {
  expect(() => boundedPattern(HOSTILE, 'u').test(text)).toThrow(SlowPatternError);
});

it('is what schemas are checked with, and the rest is checked on', () => {
  const schema = { type: 'object', properties: { s: { type: 'string', pattern: HOSTILE } } };
  const fault = /cannot be checked: the pattern \/\^\(a\+\)\+\$\/u takes longer than 250 ms/;
  expect(schemaErrors(schema, { s: text })).toEqual([expect.stringMatching(fault)]);
  expect(schemaErrors(schema, { s: 'a'.repeat(60) })).toEqual([]);
  expect(schemaErrors(schema, { s: `${'b'.repeat(60)}!` })).toEqual([expect.stringMatching(/^s: must match pattern/)]);
  const tool: Tool = { name: 't', description: 't', effect: 'read', parameters: schema, execute: () => null };
  expect(() => validateArguments(tool, { s: text })).toThrow(
    expect.objectContaining({ code: 'TOOL_ARGUMENTS_INVALID', message: expect.stringMatching(fault) }),
  );
});
