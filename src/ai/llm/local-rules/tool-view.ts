import type { LanguageModelV4FunctionTool } from '@ai-sdk/provider';

import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../../utils/json.ts';
import { identifierWords } from './tokenise.ts';

export type SlotType = 'number' | 'integer' | 'boolean' | 'string' | 'array' | 'object';

/** A parameter of a tool, as the filler sees it. */
export interface Slot {
  readonly name: string;
  readonly words: readonly string[];
  readonly description: string;
  readonly type: SlotType;
  readonly required: boolean;
  /** The only values allowed, or those that the description names as its options. */
  readonly choices: readonly string[];
  /** Whether `choices` come from the schema and nothing else is allowed. */
  readonly closed: boolean;
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  /** Of an array. */
  readonly items?: Slot;
  /** Of an object. */
  readonly members: readonly Slot[];
}

export interface ToolView {
  readonly name: string;
  readonly description: string;
  readonly slots: readonly Slot[];
}

/** The tool with its JSON Schema read into slots. */
export function toolView(tool: LanguageModelV4FunctionTool): ToolView {
  // JSONSchema7 is JSON by definition; its type only lacks the index signature.
  const schema = tool.inputSchema as unknown as JsonObject;
  return { name: tool.name, description: tool.description ?? '', slots: slotsOf(schema, 0) };
}

const MAXIMUM_DEPTH = 3;

/** The members of an object schema as slots, nested objects three levels deep. */
export function slotsOf(schema: JsonObject, depth: number): readonly Slot[] {
  const properties = schema['properties'];
  if (!isJsonObject(properties) || depth > MAXIMUM_DEPTH) return [];
  const required = isJsonArray(schema['required']) ? schema['required'] : [];
  return Object.entries(properties).map(([name, member]) =>
    slotOf({ name, schema: isJsonObject(member) ? member : {}, required: required.includes(name), depth }),
  );
}

interface SlotSource {
  readonly name: string;
  readonly schema: JsonObject;
  readonly required: boolean;
  readonly depth: number;
}

function slotOf({ name, schema: declared, required, depth }: SlotSource): Slot {
  const schema = firstAlternative(declared);
  const description = textOf(declared['description']) ?? textOf(schema['description']) ?? '';
  const closedChoices = scalarTexts(schema['enum'] ?? (schema['const'] === undefined ? undefined : [schema['const']]));
  const items = schema['items'];
  const itemSchema = isJsonObject(items) ? items : {};
  return {
    name,
    words: identifierWords(name),
    description,
    type: typeOf(schema),
    required,
    choices: closedChoices.length > 0 ? closedChoices : describedChoices(description),
    closed: closedChoices.length > 0,
    ...optional('format', textOf(schema['format'])),
    ...optional('pattern', textOf(schema['pattern'])),
    ...optional('minimum', numberOf(schema['minimum'])),
    ...optional('maximum', numberOf(schema['maximum'])),
    ...(typeOf(schema) === 'array'
      ? { items: slotOf({ name, schema: { description, ...itemSchema }, required: true, depth: depth + 1 }) }
      : {}),
    members: slotsOf(schema, depth + 1),
  };
}

function optional<Key extends string, Value>(key: Key, value: Value | undefined): { readonly [K in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [K in Key]?: Value });
}

/** `anyOf`/`oneOf` of a value and null, as zod writes nullable members: the part that is no null. */
function firstAlternative(schema: JsonObject): JsonObject {
  const alternatives = schema['anyOf'] ?? schema['oneOf'];
  if (!isJsonArray(alternatives)) return schema;
  const chosen = alternatives.find((each) => isJsonObject(each) && each['type'] !== 'null');
  return isJsonObject(chosen) ? chosen : schema;
}

const TYPE_NAMES: Readonly<Record<string, SlotType>> = {
  number: 'number',
  float: 'number',
  double: 'number',
  integer: 'integer',
  int: 'integer',
  long: 'integer',
  boolean: 'boolean',
  bool: 'boolean',
  array: 'array',
  list: 'array',
  tuple: 'array',
  object: 'object',
  dict: 'object',
};

function typeOf(schema: JsonObject): SlotType {
  const declared = schema['type'];
  const names = isJsonArray(declared) ? declared : [declared];
  const name = names.find((each) => typeof each === 'string' && each !== 'null');
  if (typeof name === 'string') return TYPE_NAMES[name.toLowerCase()] ?? 'string';
  if (isJsonObject(schema['properties'])) return 'object';
  return isJsonObject(schema['items']) ? 'array' : 'string';
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function numberOf(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function scalarTexts(value: JsonValue | undefined): readonly string[] {
  if (!isJsonArray(value)) return [];
  return value.filter((each) => ['string', 'number', 'boolean'].includes(typeof each)).map(String);
}

/** Options that a description puts in quotation marks ("Can be 'delete' or 'add'") or lists as examples ("such as villa, condo"). */
function describedChoices(description: string): readonly string[] {
  const quoted = [
    ...description.matchAll(/(?<![\p{L}\p{N}])['"‘“`]([^'"‘’“”`]{1,40})['"’”`](?![\p{L}\p{N}])/gu),
  ].flatMap(([, option]) => (option === undefined ? [] : [option]));
  const examples =
    /(?:such as|e\.g\.?,?|for example,?|options(?: are)?:?|including|like)\s+([^.()]*)/iu.exec(description)?.[1] ?? '';
  const listed = examples
    .split(/,\s*(?:and|or)?\s*|\s+(?:and|or)\s+/u)
    .map((option) => option.trim())
    .filter(
      (option) => /^[\p{L}][\p{L}\p{N} -]{2,24}$/u.test(option) && option.split(' ').length < 3 && option !== 'etc',
    );
  return quoted.length > 0 ? quoted : listed;
}
