import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { AppError } from '../../kernel/errors.ts';
import type { JsonObject } from '../../utils/json.ts';
import { defineTool } from './define-tool.ts';
import type { Tool } from './tool.ts';
import { createToolRegistry } from './tool-registry.ts';
import { validateArguments } from './validate-arguments.ts';

const weather = defineTool({
  name: 'weather.get',
  description: 'Weather of a city',
  effect: 'read',
  parameters: z.strictObject({
    city: z.string().min(1),
    days: z.int().min(1).max(10).default(3),
    unit: z.enum(['celsius', 'fahrenheit']).optional(),
    place: z.object({ latitude: z.number() }).optional(),
  }),
  execute: ({ city, days }) => `${city.toUpperCase()} ${days.toFixed(0)}`,
});

const weatherBase = { name: 'weather.base', description: 'Weather', effect: 'read', execute: () => null } as const;

const schema: JsonObject = {
  type: 'object',
  properties: {
    city: { type: 'string', minLength: 1 },
    days: { type: 'integer', minimum: 1, default: 3 },
    tags: { type: 'array', items: { type: 'string' } },
    unit: { enum: ['celsius', 'fahrenheit'] },
  },
  required: ['city'],
  additionalProperties: false,
};
const jsonTool = (parameters: JsonObject, overrides: Partial<Tool> = {}): Tool => ({
  name: 'weather.json',
  description: 'Weather of a city',
  effect: 'read',
  parameters,
  execute: () => null,
  ...overrides,
});

function refusal(work: () => unknown): AppError {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
const errorsOf = (work: () => unknown): unknown => refusal(work).details['errors'];

describe('a tool defined with zod', () => {
  it('describes its arguments as JSON Schema draft 2020-12, without the bounds of a safe integer', () => {
    expect(weather.parameters).toMatchObject({ type: 'object', required: ['city'], additionalProperties: false });
    const unbounded = defineTool({ ...jsonTool({}), parameters: z.object({ n: z.int() }) });
    expect(unbounded.parameters['properties']).toEqual({ n: { type: 'integer' } });
  });

  it('fills in defaults', () => {
    expect(validateArguments(weather, { city: 'Bonn' })).toEqual({ city: 'Bonn', days: 3 });
  });

  it('names every field that is wrong, by its path', () => {
    const work = (): unknown =>
      validateArguments(weather, { days: 11, unit: 'kelvin', place: { latitude: 'north' }, town: 1 });
    expect(refusal(work)).toMatchObject({ code: 'TOOL_ARGUMENTS_INVALID', kind: 'invalid' });
    const paths = (errorsOf(work) as { path: string }[]).map(({ path }) => path);
    expect(paths.toSorted()).toEqual(['city', 'days', 'place.latitude', 'town', 'unit']);
    expect(refusal(work).message).toContain('city: is required');
  });

  it.each([[null], ['text'], [[1]], [7]])('refuses %j in place of an object', (input) => {
    expect(refusal(() => validateArguments(weather, input)).code).toBe('TOOL_ARGUMENTS_INVALID');
  });

  it('refuses a schema that JSON cannot carry', () => {
    const work = (): unknown => defineTool({ ...weatherBase, parameters: z.object({ when: z.date() }) });
    expect(refusal(work)).toMatchObject({ code: 'VALIDATION_FAILED' });
  });
});

describe('a tool defined with JSON Schema', () => {
  const tool = defineTool(jsonTool(schema));

  it('fills in defaults without touching what it was given', () => {
    const input = { city: 'Bonn' };
    expect(validateArguments(tool, input)).toEqual({ city: 'Bonn', days: 3 });
    expect(input).toEqual({ city: 'Bonn' });
  });

  it('names every field that is wrong, by its path', () => {
    const work = (): unknown => validateArguments(tool, { days: 0, tags: ['a', 1], unit: 'kelvin', town: 1 });
    const paths = (errorsOf(work) as { path: string }[]).map(({ path }) => path);
    expect(paths.toSorted()).toEqual(['city', 'days', 'tags.1', 'town', 'unit']);
    expect(refusal(work).message).toContain('unit: must be one of ["celsius","fahrenheit"]');
  });

  it('runs the tool’s own parse after the schema', () => {
    const parsing = jsonTool(schema, { parse: (input) => ({ ...input, city: 'parsed' }) });
    expect(validateArguments(parsing, { city: 'Bonn' })).toEqual({ city: 'parsed', days: 3 });
  });

  it('keeps the schemas of two tools apart that bear the same $id', () => {
    const first = defineTool(jsonTool({ $id: 'https://example.com/same', ...schema }));
    const second = defineTool(jsonTool({ $id: 'https://example.com/same', type: 'object', required: ['other'] }));
    expect(errorsOf(() => validateArguments(second, {}))).toEqual([{ path: 'other', message: 'is required' }]);
    expect(validateArguments(first, { city: 'Bonn' })).toMatchObject({ city: 'Bonn' });
  });

  it('follows references inside the schema', () => {
    const parameters = { type: 'object', properties: { a: { $ref: '#/$defs/n' } }, $defs: { n: { type: 'number' } } };
    expect(errorsOf(() => validateArguments(defineTool(jsonTool(parameters)), { a: 'x' }))).toMatchObject([
      { path: 'a' },
    ]);
  });

  it.each([
    ['an unknown keyword', { type: 'object', propertys: {} }],
    ['an unknown type', { type: 'object', properties: { a: { type: 'text' } } }],
    ['a reference to nowhere', { type: 'object', properties: { a: { $ref: 'https://example.com/no.json' } } }],
    ['a reference to itself', { type: 'object', $ref: '#' }],
    ['a check that answers later', { type: 'object', $async: true }],
    ['no object', { type: 'string' }],
    ['nothing', {}],
  ])('refuses %s when it is defined', (_, parameters) => {
    expect(refusal(() => defineTool(jsonTool(parameters)))).toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  it('tells of arguments that its schema follows in circles', () => {
    const parameters = {
      type: 'object',
      properties: { a: { $ref: '#/$defs/a' } },
      $defs: { a: { allOf: [{ $ref: '#/$defs/a' }] } },
    };
    const circular = defineTool(jsonTool(parameters));
    expect(validateArguments(circular, {})).toEqual({});
    expect(refusal(() => validateArguments(circular, { a: 1 }))).toMatchObject({
      code: 'TOOL_ARGUMENTS_INVALID',
      message: expect.stringContaining('refers to itself'),
    });
  });

  it('refuses fields that it does not know, and what is no object', () => {
    const misspelt = { ...jsonTool(schema), timeoutMillisecond: 5 };
    expect(errorsOf(() => defineTool(misspelt))).toEqual([
      { path: 'timeoutMillisecond', message: 'is not a known field; did you mean timeoutMilliseconds?' },
    ]);
    for (const nothing of [null, undefined, 'tool']) {
      expect(refusal(() => defineTool(nothing as unknown as Tool)).code).toBe('VALIDATION_FAILED');
    }
  });

  it.each<[string, Partial<Tool>]>([
    ['name', { name: 'Weather Get' }],
    ['name', { name: 'a'.repeat(65) }],
    ['name', { name: 'weather.' }],
    ['description', { description: '  ' }],
    ['effect', { effect: 'maybe' as 'read' }],
    ['timeoutMilliseconds', { timeoutMilliseconds: 0 }],
    ['outputLimitBytes', { outputLimitBytes: Number.NaN }],
    ['attempts', { attempts: 1.5 }],
    ['execute', { execute: 'no' as unknown as Tool['execute'] }],
  ])('refuses a bad %s, naming it', (path, overrides) => {
    expect(errorsOf(() => defineTool(jsonTool(schema, overrides)))).toMatchObject([{ path }]);
  });
});

describe('the tool registry', () => {
  it('gives tools by name, and names the nearest where there is none', () => {
    const registry = createToolRegistry([weather, jsonTool(schema)]);
    expect(registry.get('weather.get')).toBe(weather);
    expect(registry.list().map(({ name }) => name)).toEqual(['weather.get', 'weather.json']);
    const error = refusal(() => registry.get('wether.get'));
    expect(error.code).toBe('TOOL_NOT_FOUND');
    expect(error.details['near']).toContain('weather.get');
    expect(refusal(() => registry.get('zzzzzz')).details['near']).toEqual([]);
  });

  it('describes a tool as a model sees it', () => {
    const { name, description, parameters } = weather;
    expect(createToolRegistry([weather]).describe('weather.get')).toEqual({ name, description, parameters });
  });

  it('refuses a second tool of a name, and a bad one', () => {
    const registry = createToolRegistry([weather]);
    expect(refusal(() => registry.register(weather)).code).toBe('VALIDATION_FAILED');
    expect(refusal(() => registry.register(jsonTool({ type: 'array' }))).code).toBe('VALIDATION_FAILED');
  });

  it('pins name, effect and parameters by a hash, and nothing else', () => {
    const hashOf = (tool: Tool): string => createToolRegistry([tool]).schemaHash(tool.name);
    const base = jsonTool(schema);
    expect(hashOf({ ...base, description: 'Other words', timeoutMilliseconds: 5 })).toBe(hashOf(base));
    expect(hashOf({ ...base, effect: 'once' })).not.toBe(hashOf(base));
    expect(hashOf({ ...base, parameters: { ...schema, required: [] } })).not.toBe(hashOf(base));
  });
});
