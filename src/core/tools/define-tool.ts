import { z } from 'zod';

import { AppError } from '../../kernel/errors.ts';
import type { JsonObject } from '../../utils/json.ts';
import { nearNames } from '../../utils/near-names.ts';
import { TOOL_EFFECTS, type Tool, type ToolDefinition } from './tool.ts';
import { type ArgumentError, argumentsInvalid, argumentValidator, setArgumentValidator } from './validate-arguments.ts';

const NAME = /^[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*$/;
const NAME_LIMIT = 64;
const DESCRIPTION_LIMIT = 8_000;
const TIMEOUT_LIMIT_MILLISECONDS = 2 ** 31 - 1;

/**
 * Makes a tool from its description and one function. `parameters` is a zod object (its output
 * types the arguments of `execute`) or a JSON Schema (draft 2020-12, `type: object`).
 * @throws AppError VALIDATION_FAILED naming the field, where the definition itself is wrong
 */
export function defineTool<Schema extends z.ZodObject>(definition: ToolDefinition<Schema>): Tool;
export function defineTool(definition: Tool): Tool;
export function defineTool(definition: ToolDefinition<z.ZodObject> | Tool): Tool {
  assertFields(definition);
  const tool = isZodDefinition(definition) ? fromZod(definition) : Object.freeze({ ...definition });
  assertTool(tool);
  return tool;
}

const FIELDS = [
  'name',
  'description',
  'effect',
  'parameters',
  'timeoutMilliseconds',
  'outputLimitBytes',
  'attempts',
  'execute',
  'parse',
  'reconcile',
] as const satisfies readonly (keyof Tool)[];

/** For authors without a compiler: a misspelt `timeoutMilliseconds` would be no limit at all. */
function assertFields(definition: unknown): void {
  if (typeof definition !== 'object' || definition === null)
    throw notValid('', [{ path: '', message: 'is no object' }]);
  const unknown = Object.keys(definition).filter((key) => !(FIELDS as readonly string[]).includes(key));
  if (unknown.length === 0) return;
  const errors = unknown.map((path) => {
    const [near] = nearNames(path, FIELDS);
    return {
      path,
      message: `is not a known field; ${near === undefined ? `known are ${FIELDS.join(', ')}` : `did you mean ${near}?`}`,
    };
  });
  throw notValid('name' in definition ? String(definition.name) : '', errors);
}

/**
 * Checks a tool as it is registered: name, description, effect, schema and limits.
 * @throws AppError VALIDATION_FAILED with `details.errors` [{path, message}]
 */
export function assertTool(tool: Tool): void {
  const errors = definitionErrors(tool);
  if (errors.length > 0) throw notValid(tool.name, errors);
  argumentValidator(tool);
}

function notValid(name: string, errors: readonly ArgumentError[]): AppError {
  const named = errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');
  return new AppError('VALIDATION_FAILED', `Tool ${name} is not valid: ${named}`, {
    details: { errors: errors.map(({ path, message }) => ({ path, message })) },
  });
}

function definitionErrors(tool: Tool): ArgumentError[] {
  const { name, description } = tool;
  const rules: Readonly<Record<string, readonly [holds: boolean, message: string]>> = {
    name: [
      typeof name === 'string' && name.length <= NAME_LIMIT && NAME.test(name),
      `must be lower-case words joined by dots, hyphens or underscores, at most ${NAME_LIMIT} characters`,
    ],
    description: [
      typeof description === 'string' && description.trim() !== '' && description.length <= DESCRIPTION_LIMIT,
      `must be 1 to ${DESCRIPTION_LIMIT} characters`,
    ],
    effect: [TOOL_EFFECTS.includes(tool.effect), `must be one of ${TOOL_EFFECTS.join(', ')}`],
    execute: [typeof tool.execute === 'function', 'must be a function'],
    parameters: [tool.parameters?.['type'] === 'object', 'must be a JSON Schema with type: object'],
    timeoutMilliseconds: [
      isCount(tool.timeoutMilliseconds, TIMEOUT_LIMIT_MILLISECONDS),
      `must be a whole number from 1 to ${TIMEOUT_LIMIT_MILLISECONDS}`,
    ],
    outputLimitBytes: [isCount(tool.outputLimitBytes), 'must be a whole number of at least 1'],
    attempts: [isCount(tool.attempts, 100), 'must be a whole number from 1 to 100'],
  };
  return Object.entries(rules).flatMap(([path, [holds, message]]) => (holds ? [] : [{ path, message }]));
}

function isCount(value: number | undefined, limit = Number.MAX_SAFE_INTEGER): boolean {
  return value === undefined || (Number.isInteger(value) && value >= 1 && value <= limit);
}

function isZodDefinition(definition: ToolDefinition<z.ZodObject> | Tool): definition is ToolDefinition<z.ZodObject> {
  return typeof definition.parameters === 'object' && definition.parameters !== null && '_zod' in definition.parameters;
}

function fromZod(definition: ToolDefinition<z.ZodObject>): Tool {
  const { parameters: schema, execute, reconcile, ...rest } = definition;
  const parse = (input: JsonObject): JsonObject => parseWithZod(definition, input);
  const tool: Tool = Object.freeze({
    ...rest,
    parameters: zodParameters(definition.name, schema),
    parse,
    // `parse` made the input, so it is what the schema puts out.
    execute,
    ...(reconcile === undefined ? {} : { reconcile }),
  });
  setArgumentValidator(tool, parse);
  return tool;
}

function parseWithZod({ name, parameters }: ToolDefinition<z.ZodObject>, input: JsonObject): JsonObject {
  const parsed = parameters.safeParse(input);
  if (parsed.success) return parsed.data as JsonObject;
  throw argumentsInvalid(name, parsed.error.issues.flatMap(describeIssue));
}

function describeIssue(issue: z.core.$ZodIssue): ArgumentError[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key].join('.'), message: 'is not an argument of this tool' }));
  }
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined')) {
    return [{ path: path.join('.'), message: `is required (${issue.expected})` }];
  }
  return [{ path: path.join('.'), message: issue.message }];
}

function zodParameters(toolName: string, schema: z.ZodObject): JsonObject {
  try {
    const { $schema: _dialect, ...parameters } = z.toJSONSchema(schema, { io: 'input', override: dropSafeBounds });
    return parameters as JsonObject;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError('VALIDATION_FAILED', `parameters of tool ${toolName} has no JSON Schema form: ${reason}`, {
      details: { errors: [{ path: 'parameters', message: reason }] },
      cause: error,
    });
  }
}

/** zod writes the bounds of a safe integer into every `int`; to a model they are noise. */
function dropSafeBounds({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
}
