import {
  agentDefinitionSchema,
  agentDiffSchema,
  agentSchema,
  agentSummarySchema,
  agentVersionSchema,
  agentVersionSummarySchema,
  conversationSchema,
  createKeySchema,
  createdKeySchema,
  deepHealthSchema,
  ephemeralEventSchema,
  errorRecordSchema,
  eventSchema,
  executionDetailSchema,
  executionSchema,
  forkExecutionSchema,
  healthSchema,
  keySchema,
  limitsSchema,
  modelsSchema,
  problemSchema,
  replaySchema,
  resolveTaskSchema,
  stepSchema,
  streamEndSchema,
  submitTaskSchema,
  systemSchema,
  taskSchema,
  toolSchema,
  usageItemSchema,
  usageReportSchema,
  usageSchema,
} from '#contract';
import { z } from 'zod';

import { canonicalJson, isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../utils/json.ts';

/** Schemas that have a name of their own in the OpenAPI document. */
const NAMED: Readonly<Record<string, z.ZodType>> = {
  Agent: agentSchema,
  AgentDefinition: agentDefinitionSchema,
  AgentDiff: agentDiffSchema,
  AgentSummary: agentSummarySchema,
  AgentVersion: agentVersionSchema,
  AgentVersionSummary: agentVersionSummarySchema,
  Conversation: conversationSchema,
  CreateKey: createKeySchema,
  CreatedKey: createdKeySchema,
  DeepHealth: deepHealthSchema,
  EphemeralEvent: ephemeralEventSchema,
  ErrorRecord: errorRecordSchema,
  Event: eventSchema,
  Execution: executionSchema,
  ExecutionDetail: executionDetailSchema,
  ForkExecution: forkExecutionSchema,
  Health: healthSchema,
  Key: keySchema,
  Limits: limitsSchema,
  Models: modelsSchema,
  Problem: problemSchema,
  Replay: replaySchema,
  ResolveTask: resolveTaskSchema,
  Step: stepSchema,
  StreamEnd: streamEndSchema,
  SubmitTask: submitTaskSchema,
  System: systemSchema,
  Task: taskSchema,
  Tool: toolSchema,
  Usage: usageSchema,
  UsageItem: usageItemSchema,
  UsageReport: usageReportSchema,
};

const JSON_VALUE = 'JsonValue';
const JSON_VALUE_SCHEMA: JsonObject = {
  description: 'Any JSON value.',
  type: ['string', 'number', 'boolean', 'null', 'array', 'object'],
};

/**
 * Turns the zod schemas of the contract into JSON Schema 2020-12 for one OpenAPI document, each
 * named schema once under components; the form a caller sends is `…Input` where defaults make it
 * differ from the form the server answers.
 */
export class SchemaComponents {
  readonly #registry = z.registry<{ id: string }>();
  readonly #components = new Map<string, JsonObject>([[JSON_VALUE, JSON_VALUE_SCHEMA]]);

  constructor() {
    for (const [id, schema] of Object.entries(NAMED)) this.#registry.add(schema, { id });
  }

  /** Everything referred to until now, by name. */
  get schemas(): JsonObject {
    return Object.fromEntries([...this.#components].toSorted(([left], [right]) => (left < right ? -1 : 1)));
  }

  /** The schema of what callers send (`input`) or get (`output`), its references under components. */
  schema(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
    const json = z.toJSONSchema(schema, { io, metadata: this.#registry }) as unknown as JsonObject;
    const { $schema: _, $defs, ...root } = json;
    const definitions = isJsonObject($defs) ? $defs : {};
    const names = this.#names(definitions, io);
    for (const [local, definition] of Object.entries(definitions)) {
      const name = names.get(local);
      if (name === undefined || name === JSON_VALUE || !isJsonObject(definition)) continue;
      this.#components.set(name, rewrite(definition, names) as JsonObject);
    }
    return rewrite(root, names) as JsonObject;
  }

  /** Local definition to the name of its component. */
  #names(definitions: JsonObject, io: 'input' | 'output'): Map<string, string> {
    const names = new Map(Object.keys(definitions).map((local) => [local, local]));
    for (const local of names.keys()) if (local.startsWith('__')) names.set(local, JSON_VALUE);
    if (io === 'output') return names;
    for (const local of names.keys())
      if (differsByDirection(NAMED[local], this.#registry)) names.set(local, `${local}Input`);
    return names;
  }
}

function differsByDirection(schema: z.ZodType | undefined, metadata: z.core.$ZodRegistry<{ id: string }>): boolean {
  if (schema === undefined) return false;
  const [sent, answered] = (['input', 'output'] as const).map((io) =>
    canonicalJson(z.toJSONSchema(schema, { io, metadata }) as unknown as JsonValue),
  );
  return sent !== answered;
}

function rewrite(value: JsonValue | undefined, names: ReadonlyMap<string, string>): JsonValue {
  if (value === undefined) return null;
  if (isJsonArray(value)) return value.map((item) => rewrite(item, names));
  if (!isJsonObject(value)) return value;
  const { $ref } = value;
  if (typeof $ref === 'string' && $ref.startsWith('#/$defs/')) {
    const local = $ref.slice('#/$defs/'.length);
    return { $ref: `#/components/schemas/${names.get(local) ?? local}` };
  }
  const members = Object.entries(value).filter(([key, member]) => !isNoise(value, [key, member]));
  return Object.fromEntries(members.map(([key, member]) => [key, rewrite(member, names)]));
}

/** What zod adds and no reader needs: registry ids, the bounds of a safe integer, the pattern behind a format. */
function isNoise(schema: JsonObject, [key, member]: readonly [string, JsonValue | undefined]): boolean {
  if (key === 'id') return typeof member === 'string';
  if (key === 'pattern') return schema['format'] === 'date-time';
  if (key === 'propertyNames') return isJsonObject(member) && canonicalJson(member) === '{"type":"string"}';
  return (key === 'maximum' || key === 'minimum') && Math.abs(Number(member)) === Number.MAX_SAFE_INTEGER;
}
