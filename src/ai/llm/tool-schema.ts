import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../utils/json.ts';

/** Which JSON Schema a provider understands. */
export type SchemaDialect = 'standard' | 'google';

/**
 * A tool's schema as a provider takes it. It may come out looser than it went in, never stricter;
 * that is safe because the runtime checks every call against the tool's own schema.
 * - All: no `$schema`; `type: object` and `properties` are always there (OpenAI refuses an object
 *   schema without properties).
 * - Google: only the keywords of its JSON Schema subset
 *   (https://ai.google.dev/gemini-api/docs/structured-output); `const` becomes `enum`, `allOf` is
 *   merged, exclusive bounds of integers become inclusive.
 */
export function toProviderSchema(schema: JsonObject, dialect: SchemaDialect): JsonObject {
  const { $schema: _, ...rest } = schema;
  const adapted = dialect === 'google' ? toGoogleSchema(rest) : rest;
  return { ...adapted, type: 'object', properties: adapted['properties'] ?? {} };
}

const GOOGLE_KEYWORDS = new Set(
  (
    '$ref $defs $anchor $id type format title description enum items prefixItems minItems maxItems minimum maximum ' +
    'anyOf oneOf properties additionalProperties required propertyOrdering'
  ).split(' '),
);
const SCHEMA_MAPS = new Set(['properties', '$defs']);
const SCHEMA_LISTS = new Set(['anyOf', 'oneOf', 'prefixItems']);
const SCHEMAS = new Set(['items', 'additionalProperties']);

function toGoogleSchema(schema: JsonObject): JsonObject {
  const merged = withoutExclusiveBounds(withoutConst(withoutAllOf(withDefs(schema))));
  const result: Record<string, JsonValue> = {};
  for (const [keyword, value] of Object.entries(merged)) {
    if (value === undefined || !GOOGLE_KEYWORDS.has(keyword)) continue;
    if (keyword === 'enum' && !isGoogleEnum(value)) continue;
    result[keyword] = toGoogleValue(keyword, value);
  }
  return result;
}

function toGoogleValue(keyword: string, value: JsonValue): JsonValue {
  if (SCHEMA_MAPS.has(keyword) && isJsonObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, schemaOrSame(member ?? {})]));
  }
  if (SCHEMA_LISTS.has(keyword) && isJsonArray(value)) return value.map(schemaOrSame);
  if (SCHEMAS.has(keyword)) return schemaOrSame(value);
  if (keyword === '$ref' && typeof value === 'string') return value.replace(/^#\/definitions\//, '#/$defs/');
  return value;
}

const schemaOrSame = (value: JsonValue): JsonValue => (isJsonObject(value) ? toGoogleSchema(value) : value);

/** `definitions` is the name of `$defs` before draft 2019-09. */
function withDefs(schema: JsonObject): JsonObject {
  const { definitions, ...rest } = schema;
  return isJsonObject(definitions) ? { ...rest, $defs: { ...definitions, ...asObject(rest['$defs']) } } : schema;
}

function withoutAllOf(schema: JsonObject): JsonObject {
  const { allOf, ...rest } = schema;
  if (!isJsonArray(allOf)) return schema;
  return [...allOf.filter(isJsonObject).map(withoutAllOf), rest].reduce<JsonObject>(
    (merged, member) => ({
      ...merged,
      ...member,
      ...(merged['properties'] === undefined && member['properties'] === undefined
        ? {}
        : { properties: { ...asObject(merged['properties']), ...asObject(member['properties']) } }),
      ...(merged['required'] === undefined && member['required'] === undefined
        ? {}
        : { required: [...new Set([...asArray(merged['required']), ...asArray(member['required'])])] }),
    }),
    {},
  );
}

function withoutConst(schema: JsonObject): JsonObject {
  const { const: constant, ...rest } = schema;
  return constant === undefined ? schema : { ...rest, enum: [constant] };
}

function withoutExclusiveBounds(schema: JsonObject): JsonObject {
  const { exclusiveMinimum, exclusiveMaximum, ...rest } = schema;
  const step = schema['type'] === 'integer' ? 1 : 0;
  return {
    ...(typeof exclusiveMinimum === 'number' ? { minimum: exclusiveMinimum + step } : {}),
    ...(typeof exclusiveMaximum === 'number' ? { maximum: exclusiveMaximum - step } : {}),
    ...rest,
  };
}

/** Google takes enums of strings and numbers. */
const isGoogleEnum = (value: JsonValue | undefined): boolean =>
  isJsonArray(value) && value.every((member) => typeof member === 'string' || typeof member === 'number');

const asObject = (value: JsonValue | undefined): JsonObject => (isJsonObject(value) ? value : {});
const asArray = (value: JsonValue | undefined): readonly JsonValue[] => (isJsonArray(value) ? value : []);
