import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readJson, readYaml } from './read-yaml.ts';

const problem = (text: string) => {
  const reading = readYaml(text);
  if ('value' in reading) expect.unreachable(`it was read as ${JSON.stringify(reading.value)}`);
  return reading.problem;
};

describe('readYaml', () => {
  it('gives what the text says, as JSON can carry it', () => {
    const text = 'name: a\n"n": 1\nyes: yes\nlist: [x, "y"]\ntext: |\n  one\n  two\nempty:\n';
    expect(readYaml(text)).toEqual({
      value: { name: 'a', n: 1, yes: 'yes', list: ['x', 'y'], text: 'one\ntwo\n', empty: null },
    });
    expect(readYaml('')).toEqual({ value: null });
    expect(readYaml('\uFEFF# a comment\n---\na: 1\n...\n')).toEqual({ value: { a: 1 } });
  });

  it('reads YAML 1.2 whatever the text says it is', () => {
    expect(readYaml('%YAML 1.1\n---\na: no\nb: 2001-01-01\n"<<": {c: 1}\n')).toEqual({
      value: { a: 'no', b: '2001-01-01', '<<': { c: 1 } },
    });
  });

  it.each<readonly [string, string, RegExp, number, number]>([
    ['an alias', 'a: &x 1\nb: *x\n', /\*x is not allowed/, 2, 4],
    ['a merged alias', 'a: &x {b: 1}\nc:\n  <<: *x\n', /\*x is not allowed/, 3, 7],
    ['a key that stands twice', 'a: 1\nb: 2\n"a": 3\n', /"a" stands here twice/, 3, 1],
    ['such a key in a flow map', '{a: 1, b: {c: 1,\n c: 2}}', /"c" stands here twice/, 2, 2],
    ['the key __proto__', 'a:\n  __proto__: 1\n', /__proto__ is not allowed/, 2, 3],
    ['a map as a key', '{a: 1}: 2\n', /keys must be strings/, 1, 1],
    ['a tag of YAML 1.1', 'a: !!set {b}\n', /Unresolved tag/, 1, 4],
    ['a tag of its own', 'a: 1\nb: !run x\n', /Unresolved tag/, 2, 4],
    ['a second document', 'a: 1\n---\nb: 2\n', /second document/, 2, 1],
    ['a bracket that stays open', 'a: [1,\n', /end with a \]/, 2, 1],
    ['a tab that indents', 'a:\n\tb: 1\n', /[Tt]abs/, 2, 1],
    ['lists in lists', '['.repeat(101), /deeper than 100 levels/, 1, 102],
    ['a million lists in lists', '['.repeat(1_000_000), /deeper than 100 levels/, 1, 102],
    ['lists in lists by hyphens', '- '.repeat(1_000), /deeper than 100 levels/, 1, 202],
  ])('refuses %s and tells where', (...[, text, message, line, column]) => {
    expect(problem(text)).toEqual({ message: expect.stringMatching(message), place: { line, column } });
  });

  it('takes 100 levels', () => {
    expect(readYaml('['.repeat(100) + ']'.repeat(100))).toHaveProperty('value');
  });

  it('refuses a bomb of aliases without unfolding it', () => {
    const levels = Array.from({ length: 9 }, (_, level) => {
      const items = Array.from({ length: 9 }, () => (level === 0 ? 'lol' : `*level${level - 1}`));
      return `level${level}: &level${level} [${items.join(', ')}]\n`;
    });
    const bomb = levels.join('');
    expect(problem(bomb)).toMatchObject({ place: { line: 2 } });
  });

  it('reads a map of 5,000 keys, and refuses more parts than the parser takes in good time', () => {
    const map = (keys: number) => Array.from({ length: keys }, (_, index) => `key${index}: ${index}`).join('\n');
    const reading = readYaml(map(5_000));
    expect('value' in reading && Object.keys(reading.value as object)).toHaveLength(5_000);
    expect(problem(map(50_000)).message).toBe('it has more than 50000 parts');
  });

  it('reads every JSON text as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        fc.pre(!text.includes('__proto__'));
        expect(readYaml(text)).toEqual({ value: JSON.parse(text) });
        expect(readJson(text)).toEqual({ value: JSON.parse(text) });
      }),
    );
  });

  it('never throws', () => {
    const pieces = fc.constantFrom(...'a : \n - [ ] { } & * ! | > " ? # % ---'.split(' '));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(pieces).map((parts) => parts.join('')),
        ),
        (text) => {
          const reading = readYaml(text);
          expect('value' in reading || reading.problem.message !== '').toBe(true);
        },
      ),
    );
  });
});

describe('readJson', () => {
  it('refuses what is YAML and not JSON, and a key that stands twice', () => {
    expect(readJson('{"a": 1, "a": 2}')).toMatchObject({ problem: { place: { line: 1, column: 10 } } });
    expect(readJson('{"a": 1,\n b}')).toHaveProperty('problem');
    expect(readJson("{'a': 1}")).toHaveProperty('problem.message');
    expect(readJson('a: 1')).toHaveProperty('problem');
  });
});
