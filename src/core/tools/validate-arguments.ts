import { createRequire } from 'node:module';

import type * as Ajv from 'ajv/dist/2020.js';

import { AppError } from '../../kernel/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../utils/json.ts';
import { boundedPattern, SlowPatternError } from './bounded-pattern.ts';
import type { Tool } from './tool.ts';

/** One thing that is wrong with the arguments; `path` is dotted, and empty for the whole. */
export interface ArgumentError {
  readonly path: string;
  readonly message: string;
}

/** Takes raw arguments, answers the arguments to call with; throws AppError TOOL_ARGUMENTS_INVALID. */
export type ArgumentValidator = (input: JsonObject) => JsonObject;

const SHOWN_ERRORS = 10;

/** Compiled once a tool; a tool that is dropped takes its validator along. */
const validators = new WeakMap<Tool, ArgumentValidator>();

/** Gives a tool a validator of its own in place of one compiled from its JSON Schema. */
export function setArgumentValidator(tool: Tool, validator: ArgumentValidator): void {
  validators.set(tool, validator);
}

/**
 * The tool's validator, compiled from its JSON Schema (draft 2020-12) at the first call.
 * @throws AppError VALIDATION_FAILED where the schema is not one (an unknown keyword, a reference to nowhere)
 */
export function argumentValidator(tool: Tool): ArgumentValidator {
  let validator = validators.get(tool);
  if (validator === undefined) {
    validator = compileValidator(tool);
    validators.set(tool, validator);
  }
  return validator;
}

/**
 * The arguments a tool is to be called with: valid by its schema, defaults filled in.
 * @throws AppError TOOL_ARGUMENTS_INVALID with `details.errors` [{path, message}]
 */
export function validateArguments(tool: Tool, input: JsonValue): JsonObject {
  if (!isJsonObject(input)) {
    const got = input === null ? 'null' : Array.isArray(input) ? 'an array' : `a ${typeof input}`;
    throw argumentsInvalid(tool.name, [{ path: '', message: `must be an object, not ${got}` }]);
  }
  return argumentValidator(tool)(input);
}

/** The error that names every field that is wrong (the first ten in words, all in `details`). */
export function argumentsInvalid(toolName: string, errors: readonly ArgumentError[]): AppError {
  const named = errors
    .slice(0, SHOWN_ERRORS)
    .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
    .join('; ');
  const more = errors.length > SHOWN_ERRORS ? `; and ${errors.length - SHOWN_ERRORS} more` : '';
  return new AppError('TOOL_ARGUMENTS_INVALID', `The arguments of ${toolName} are not valid: ${named}${more}`, {
    details: {
      tool: toolName,
      errors: errors.slice(0, 100).map(({ path, message }) => ({ path, message })),
    },
  });
}

// Ajv takes 20 to 40 ms to load, and a factory whose tools are all zod's never needs it.
const loadAjv = (): typeof Ajv => createRequire(import.meta.url)('ajv/dist/2020.js') as typeof Ajv;

/** Formats are annotations in draft 2020-12, so they are not asserted; union types and tuples are fine. */
function newCompiler(): Ajv.Ajv2020 {
  const { Ajv2020: Compiler } = loadAjv();
  return new Compiler({
    allErrors: true,
    useDefaults: true,
    strictTypes: false,
    strictTuples: false,
    validateFormats: false,
    logger: false,
    code: { regExp: Object.assign(boundedPattern, { code: 'boundedPattern' }) },
  });
}
let shared: Ajv.Ajv2020 | undefined;

/** Schemas with ids of their own get a compiler of their own: ids of two tools may collide. */
function compilerFor(parameters: JsonObject): Ajv.Ajv2020 {
  if (/"\$(?:id|anchor|dynamicAnchor)"/.test(JSON.stringify(parameters))) return newCompiler();
  shared ??= newCompiler();
  return shared;
}

function compileValidator(tool: Tool): ArgumentValidator {
  const check = compileSchema(tool);
  return (input) => {
    // Defaults are written into the data, so the validator works on a copy.
    const filled = structuredClone(input);
    const errors = errorsOf(check, filled);
    if (errors.length > 0) throw argumentsInvalid(tool.name, errors);
    return tool.parse === undefined ? filled : tool.parse(filled);
  };
}

function compileSchema(tool: Tool): Ajv.ValidateFunction {
  try {
    return compileWith(compilerFor(tool.parameters), tool.parameters);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError('VALIDATION_FAILED', `parameters of tool ${tool.name} is not a JSON Schema: ${reason}`, {
      details: { errors: [{ path: 'parameters', message: reason }] },
      cause: error,
    });
  }
}

/**
 * A check by a JSON Schema (draft 2020-12). Throws Ajv's own error where it is not one. For schemas
 * that come and go: a compiler keeps what it compiled, so each gets one of its own.
 */
export function compileJsonSchema(schema: JsonObject): Ajv.ValidateFunction {
  return compileWith(newCompiler(), schema);
}

const checks = new WeakMap<JsonObject, Ajv.ValidateFunction>();

/** What of a value doesn't fit a JSON Schema, in words; the first ten. @throws Ajv's own error where it is no schema */
export function schemaErrors(schema: JsonObject, value: JsonValue): readonly string[] {
  const check = checks.get(schema) ?? compileJsonSchema(schema);
  checks.set(schema, check);
  return errorsOf(check, structuredClone(value))
    .slice(0, SHOWN_ERRORS)
    .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
}

function compileWith(ajv: Ajv.Ajv2020, jsonSchema: JsonObject): Ajv.ValidateFunction {
  const compiled = attempt(() => {
    const schema = structuredClone(jsonSchema);
    const check = ajv.compile(schema);
    ajv.removeSchema(schema);
    // A keyword of Ajv's own: such a check answers a promise, which passes for yes.
    if ('$async' in check) throw new Error('unknown keyword: "$async"');
    check({});
    return check;
  });
  if ('fault' in compiled) throw new Error(compiled.fault);
  return compiled.result;
}

/** What is wrong with a value; where the schema comes to no end with it, that. */
function errorsOf(check: Ajv.ValidateFunction, value: JsonValue): readonly ArgumentError[] {
  const checked = attempt(() => check(value));
  if ('fault' in checked) return [{ path: '', message: `cannot be checked: ${checked.fault}` }];
  return (check.errors ?? []).map(describeAjvError);
}

/** The result, or why it would come to no end: a schema that refers to itself, or a pattern that goes back and forth. */
function attempt<Result>(work: () => Result): { readonly result: Result } | { readonly fault: string } {
  try {
    return { result: work() };
  } catch (error) {
    if (error instanceof RangeError) return { fault: 'the schema refers to itself, or is nested, without end' };
    if (error instanceof SlowPatternError) return { fault: error.message };
    throw error;
  }
}

function describeAjvError(error: Ajv.ErrorObject): ArgumentError {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const parameters = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'required':
      return { path: [...path, String(parameters['missingProperty'])].join('.'), message: 'is required' };
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const extra = parameters['additionalProperty'] ?? parameters['unevaluatedProperty'];
      return { path: [...path, String(extra)].join('.'), message: 'is not allowed here' };
    }
    case 'enum':
      return { path: path.join('.'), message: `must be one of ${JSON.stringify(parameters['allowedValues'])}` };
    case 'const':
      return { path: path.join('.'), message: `must be ${JSON.stringify(parameters['allowedValue'])}` };
    default:
      return { path: path.join('.'), message: error.message ?? `fails ${error.keyword}` };
  }
}
