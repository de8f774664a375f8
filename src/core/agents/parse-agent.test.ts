import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';

import { AppError } from '../../kernel/errors.ts';
import { DEFINITION, defineAgent, parseAgent } from './parse-agent.ts';

const whole = {
  name: 'librarian',
  description: 'Answers from documents.',
  instructions: 'Search.\nQuote: "yes".\n',
  model: 'local/rules',
  settings: { temperature: 0.5 },
  strategy: { name: 'react', parameters: { maximum: 3, deep: { list: [null, true, 'x'] } } },
  tools: ['documents.search', 'now'],
  documents: { folder: 'pygent:docs' },
  delegates: ['clerk'],
  limits: { steps: 10 },
  outputSchema: { type: 'object', properties: { answer: { type: 'string' } } },
  tags: ['sample'],
  capabilities: ['search'],
};

const refused = (work: () => unknown): AppError => {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it was taken');
};

// requirement: R-AGENT-FORMS
describe('the three forms of a definition', () => {
  it('give the same agent', () => {
    const expected = defineAgent(whole);
    expect(parseAgent(stringify(whole), { source: 'a.yaml' })).toEqual(expected);
    expect(parseAgent(JSON.stringify(whole), { source: 'a.json' })).toEqual(expected);
    expect(parseAgent(JSON.stringify(whole, null, '\t'), { source: 'standard input' })).toEqual(expected);
    expect(parseAgent(Buffer.from(stringify(whole)), { source: 'a.yml' })).toEqual(expected);
  });

  it('fill the defaults in', () => {
    const agent = parseAgent('name: a', { source: 'a.yaml' });
    expect(agent).toMatchObject({ instructions: '', tools: [], strategy: { name: 'react', parameters: {} } });
    expect(defineAgent({ name: 'a' })).toEqual(agent);
  });

  it.each<readonly [string, Record<string, unknown>, string, RegExp]>([
    ['a folder without its place', { name: 'a', documents: { folder: '../x' } }, 'documents.folder', /absolute path/],
    ['an unknown field', { name: 'a', instruction: 'x' }, 'instruction', /did you mean instructions/],
    ['an unknown field inside', { name: 'a', settings: { temprature: 1 } }, 'settings.temprature', /mean temperature/],
    ['a missing name', {}, 'name', /is missing/],
    ['a name of another form', { name: 'The Librarian' }, 'name', /lower-case letters/],
    ['a wrong type', { name: 'a', tools: 'now' }, 'tools', /expected array/],
    ['a wrong item', { name: 'a', tools: ['now', 3] }, 'tools[1]', /expected string/],
    ['a tool named twice', { name: 'a', tools: ['now', 'now'] }, 'tools[1]', /twice/],
    ['a model without a provider', { name: 'a', model: 'gpt' }, 'model', /provider\/model/],
    ['a number out of range', { name: 'a', settings: { temperature: 3 } }, 'settings.temperature', /<=2/],
    ['an instruction of 1 MB', { name: 'a', instructions: 'x'.repeat(1_048_576) }, 'instructions', /262144/],
    ['a character that cannot be stored', { name: 'a', description: 'x\0' }, 'description', /U\+0000/],
    ['half a character', { name: 'a', tags: ['ok', '\ud800'] }, 'tags[1]', /surrogate/],
    ['such a key', { name: 'a', outputSchema: { properties: { 'x\0': {} } } }, 'outputSchema.properties', /U\+0000/],
  ])('refuse %s in the same words', (...[, definition, path, message]) => {
    const errors = [
      refused(() => defineAgent(definition as never)),
      refused(() => parseAgent(stringify(definition), { source: DEFINITION })),
      refused(() => parseAgent(JSON.stringify(definition), { source: DEFINITION, format: 'json' })),
    ];
    const [first] = errors;
    expect(first?.code).toBe('VALIDATION_FAILED');
    expect(first?.details['errors']).toEqual([{ path, message: expect.stringMatching(message) }]);
    expect(errors.map((error) => [error.code, error.message, error.details])).toEqual(
      errors.map(() => [first?.code, first?.message, first?.details]),
    );
  });

  it('name the source of what is wrong', () => {
    const error = refused(() => parseAgent('name: a\ntool: [x]', { source: 'agents/a.yaml' }));
    expect(error.message).toMatch(/^tool of agents\/a\.yaml: /);
  });
});

describe('a text that is no definition at all', () => {
  it.each<readonly [string, string | Uint8Array, string, RegExp]>([
    ['YAML with a bomb of aliases', 'name: a\nx: &x [1]\ny: [*x, *x]\n', 'a.yaml', /^line 3, column 5: .*alias/],
    ['YAML with a key twice', 'name: a\ntools: []\nname: b\n', 'a.yaml', /^line 3, column 1: .*twice/],
    ['YAML nested too deeply', `name: ${'['.repeat(5_000)}`, 'a.yaml', /^line 1, column 107: .*100 levels/],
    ['YAML that is none', 'name: "a\n', 'a.yaml', /^line 2, column 1: /],
    ['JSON that is none', '{\n "name": "a"\n "tools": []}', 'a.json', /^line 3, column 2: /],
    ['JSON with a key twice', '{"name": "a", "name": "b"}', 'a.json', /^line 1, column 15: .*twice/],
    ['JSON with a comma behind', '{"name": "a",}', 'a.json', /JSON/],
    ['a list', '- name: a\n', 'a.yaml', /expected object/],
    ['nothing', '', 'a.yaml', /expected object/],
    ['bytes that are no UTF-8', Buffer.from([0x6e, 0x3a, 0x20, 0xff]), 'a.yaml', /not valid UTF-8 \(at byte 3\)/],
    ['bytes that end too soon', Buffer.from([0x6e, 0xc3]), 'a.yaml', /not valid UTF-8 \(it ends in/],
  ])('is refused: %s', (...[, text, source, message]) => {
    const error = refused(() => parseAgent(text, { source }));
    expect(error.code).toBe('VALIDATION_FAILED');
    expect(error.message).toContain(source);
    expect(error.details['errors']).toEqual([{ path: '', message: expect.stringMatching(message) }]);
  });
});

describe('an object from a program', () => {
  it('may be 100 levels deep', () => {
    const deep = (levels: number): object => (levels === 0 ? {} : { x: deep(levels - 1) });
    // The definition is one of them.
    expect(defineAgent({ name: 'a', outputSchema: deep(99) as never })).toHaveProperty('outputSchema');
    const error = refused(() => defineAgent({ name: 'a', outputSchema: deep(100) as never }));
    expect(error.message).toContain('deeper than 100 levels');
  });

  it('is refused where it refers to itself, even many times', () => {
    const circular: Record<string, unknown> = {};
    Object.assign(circular, { one: circular, other: circular });
    const error = refused(() => defineAgent({ name: 'a', outputSchema: circular as never }));
    expect(error).toMatchObject({ code: 'VALIDATION_FAILED', message: expect.stringContaining('deeper than 100') });
  });

  it('is refused where it holds what JSON cannot carry', () => {
    for (const value of [() => 1, 1n, Symbol('x'), Number.NaN, new Date(), new Map()]) {
      const definition = { name: 'a', strategy: { name: 'react', parameters: { value } } } as never;
      const error = refused(() => defineAgent(definition));
      expect(error.details['errors']).toMatchObject([{ path: 'strategy.parameters.value' }]);
    }
  });

  it('is refused where JSON made it hold __proto__', () => {
    const parsed = JSON.parse('{"name": "a", "outputSchema": {"__proto__": {}}}') as never;
    expect(refused(() => defineAgent(parsed)).message).toContain('__proto__');
  });
});
