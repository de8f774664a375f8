import { isDeepStrictEqual } from 'node:util';

import { type AgentDefinitionInput, agentDiffSchema, type DiffLine } from '#contract';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { diffDefinitions } from './agent-diff.ts';
import { defineAgent } from './parse-agent.ts';

const diff = (before: Partial<AgentDefinitionInput>, after: Partial<AgentDefinitionInput>) =>
  diffDefinitions(defineAgent({ name: 'a', ...before }), defineAgent({ name: 'a', ...after }));

const withParameters = (parameters: Record<string, null>) => ({ strategy: { name: 'react', parameters } });

describe('the diff of two definitions', () => {
  it('names every field that was added, removed or changed by its path', () => {
    const before = {
      model: 'local/rules',
      limits: { steps: 3 },
      strategy: { name: 'react', parameters: { a: [1, 2] } },
    };
    const after = { settings: { seed: 1 }, limits: { steps: 4 }, strategy: { name: 'direct', parameters: { a: [1] } } };
    expect(diff(before, after)).toEqual([
      { path: 'model', op: 'removed', before: 'local/rules' },
      { path: 'settings.seed', op: 'added', after: 1 },
      { path: 'strategy.name', op: 'changed', before: 'react', after: 'direct' },
      { path: 'strategy.parameters.a[1]', op: 'removed', before: 2 },
      { path: 'limits.steps', op: 'changed', before: 3, after: 4 },
    ]);
  });

  it('matches the items of a list by their value', () => {
    expect(diff({ tools: ['x', 'y', 'z'] }, { tools: ['n', 'x', 'z'] })).toEqual([
      { path: 'tools[0]', op: 'added', after: 'n' },
      { path: 'tools[1]', op: 'removed', before: 'y' },
    ]);
  });

  it('goes into an item that changed in its place', () => {
    const schema = { anyOf: [{ type: 'null' }, { properties: { n: { type: 'string' } } }] };
    const other = { anyOf: [{ type: 'null' }, { properties: { n: { type: 'number' } } }] };
    expect(diff({ outputSchema: schema }, { outputSchema: other })).toEqual([
      { path: 'outputSchema.anyOf[1].properties.n.type', op: 'changed', before: 'string', after: 'number' },
    ]);
  });

  it('takes names that every object knows for ordinary ones', () => {
    const properties = { constructor: { type: 'string' } };
    expect(diff({ outputSchema: { properties: {} } }, { outputSchema: { properties } })).toEqual([
      { path: 'outputSchema.properties.constructor', op: 'added', after: { type: 'string' } },
    ]);
  });

  it('tells null from nothing', () => {
    expect(diff(withParameters({}), withParameters({ a: null }))).toEqual([
      { path: 'strategy.parameters.a', op: 'added', after: null },
    ]);
  });

  it('is nothing for equal definitions whatever the order of their keys, and true to the contract', () => {
    fc.assert(
      fc.property(parameterValues, parameterValues, (one, other) => {
        const turned = Object.fromEntries(Object.entries(one).toReversed());
        expect(diff(withParameters(one), withParameters(turned))).toEqual([]);
        const changes = diff(withParameters(one), withParameters(other));
        expect(changes.length > 0).toBe(!isDeepStrictEqual(one, other));
        agentDiffSchema.parse({ name: 'a', from: 1, to: 2, changes });
      }),
    );
  });
});

const parameterValues = fc.dictionary(
  fc.constantFrom('a', 'b', 'c'),
  fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(1, 2, 'x', 'y\nz', '', null, true),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.constantFrom('k', 'l'), tie('value'), { noNullPrototype: true }),
    ),
  })).value,
  { noNullPrototype: true },
) as fc.Arbitrary<Record<string, null>>;

const lines = (before: string, after: string) => diff({ instructions: before }, { instructions: after })[0]?.lines;
const short = (found: readonly DiffLine[] | undefined) =>
  found?.map(({ op, before, after, text }) => `${op[0]} ${before ?? '-'} ${after ?? '-'} ${text}`);

describe('the diff of a text of several lines', () => {
  it('shows three lines around each change', () => {
    const text = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`);
    const changed = text.with(4, 'LINE 5').toSpliced(15, 0, 'new');
    expect(short(lines(text.join('\n'), changed.join('\n')))).toEqual([
      's 2 2 line 2',
      's 3 3 line 3',
      's 4 4 line 4',
      'r 5 - line 5',
      'a - 5 LINE 5',
      's 6 6 line 6',
      's 7 7 line 7',
      's 8 8 line 8',
      's 13 13 line 13',
      's 14 14 line 14',
      's 15 15 line 15',
      'a - 16 new',
      's 16 17 line 16',
      's 17 18 line 17',
      's 18 19 line 18',
    ]);
  });

  it('shows a line between two changes once', () => {
    expect(short(lines('a\nb\nc\nd', 'A\nb\nc\nD'))).toEqual([
      'r 1 - a',
      'a - 1 A',
      's 2 2 b',
      's 3 3 c',
      'r 4 - d',
      'a - 4 D',
    ]);
  });

  it('shows a line end that was added at the end, and a text where there was none', () => {
    expect(short(lines('a\nb', 'a\nb\n'))).toEqual(['s 1 1 a', 's 2 2 b', 'a - 3 ']);
    expect(short(lines('', 'a\nb'))).toEqual(['a - 1 a', 'a - 2 b']);
  });

  it('makes the new text of the old one, and leaves out no line that differs', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(text, text, (before, after) => {
        fc.pre(before.join('\n') !== after.join('\n'));
        expect(applied(before, lines(before.join('\n'), after.join('\n')) ?? [])).toEqual(after);
      }),
    );
  });

  it('comes to an end where both texts are as long as they may be and differ in every line', () => {
    expect(lines('a\n'.repeat(131_072), 'b\n'.repeat(131_072))).toHaveLength(262_145);
    const turns = Array.from({ length: 43_000 }, (_, index) => `${index}`);
    const found = lines(turns.join('\n').slice(0, 262_144), turns.toReversed().join('\n').slice(0, 262_144)) ?? [];
    expect(found.length).toBeGreaterThan(43_000);
  });
});

/** The old lines with the shown changes made: what is not shown stays. */
function applied(before: readonly string[], changes: readonly DiffLine[]): string[] {
  const removed = new Set(changes.filter(({ op }) => op === 'removed').map((line) => line.before));
  const result = before.filter((_, index) => !removed.has(index + 1));
  const added = changes.filter(({ op }) => op === 'added');
  for (const { after = 0, text } of added) result.splice(after - 1, 0, text);
  return result;
}
