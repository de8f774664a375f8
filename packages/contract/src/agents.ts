import { z } from 'zod';

import { pageOf, pageQuerySchema } from './page.ts';
import { documentsSchema, limitsSchema } from './tasks.ts';

const NAME = /^[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$/;
const TOOL_NAME = /^[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*$/i;

/** The name of an agent, an alias or a strategy: lower-case words joined by hyphens, at most 64 characters. */
export const agentNameSchema = z
  .string()
  .max(64)
  .regex(NAME, 'use lower-case letters, digits and single hyphens, beginning with a letter');

/** A JSON object of any depth, such as a JSON Schema or a strategy's parameters. */
const jsonObjectSchema = z.record(z.string(), z.json());

/** Refuses the second of two equal items at its own place. */
const unique = <Item extends z.ZodType<string>>(item: Item, most: number) =>
  z
    .array(item)
    .max(most)
    .superRefine((items, check) => {
      const seen = new Set<string>();
      for (const [index, value] of items.entries()) {
        if (seen.has(value)) check.addIssue({ code: 'custom', path: [index], message: `"${value}" stands here twice` });
        seen.add(value);
      }
    });

/** An agent as its author writes it, in YAML, JSON or TypeScript; unknown fields are refused. */
export const agentDefinitionSchema = z.strictObject({
  name: agentNameSchema,
  description: z.string().max(2_000).default(''),
  /** What the model is told before everything else. */
  instructions: z.string().max(262_144).default(''),
  /** `provider/model`; the factory's default model where none is named. */
  model: z
    .string()
    .max(256)
    .regex(/^[a-z0-9-]+\/.+$/, 'use provider/model, such as openai/gpt-5 or local/rules')
    .optional(),
  settings: z
    .strictObject({
      temperature: z.number().min(0).max(2).optional(),
      maxOutputTokens: z.int().min(1).optional(),
      seed: z.int().optional(),
      effort: z.enum(['none', 'low', 'medium', 'high']).optional(),
    })
    .default({}),
  strategy: z
    .strictObject({ name: z.string().max(64), parameters: jsonObjectSchema.default({}) })
    .default({ name: 'react', parameters: {} }),
  tools: unique(z.string().max(64).regex(TOOL_NAME, 'use words joined by dots, hyphens or underscores'), 256).default(
    [],
  ),
  documents: documentsSchema.optional(),
  /** Agents it may hand tasks to; each is a tool named `agent.<name>`. */
  delegates: unique(agentNameSchema, 64).default([]),
  limits: limitsSchema.default({}),
  /** JSON Schema its answer must fit. */
  outputSchema: jsonObjectSchema.optional(),
  tags: unique(z.string().min(1).max(64), 64).default([]),
  capabilities: unique(z.string().min(1).max(64), 64).default([]),
});

/** A definition with its defaults filled in. */
export type AgentDefinition = z.output<typeof agentDefinitionSchema>;
/** A definition as it may be written, defaults left out; the body of POST and PUT, as JSON or as YAML text. */
export type AgentDefinitionInput = z.input<typeof agentDefinitionSchema>;

/** An agent in a list: everything but its definition. */
export const agentSummarySchema = z.object({
  name: z.string(),
  /** The newest version. */
  version: z.int(),
  status: z.enum(['enabled', 'disabled']),
  description: z.string(),
  tags: z.array(z.string()),
  capabilities: z.array(z.string()),
  /** Alias to version. `live` is always there: the newest version until it is set. */
  aliases: z.record(z.string(), z.int()),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type AgentSummary = z.output<typeof agentSummarySchema>;

/** GET /api/v1/agents/{name}: the definition is that of the newest version. */
export const agentSchema = agentSummarySchema.extend({ definition: agentDefinitionSchema });
export type AgentView = z.output<typeof agentSchema>;

/** A version in a list. */
export const agentVersionSummarySchema = z.object({
  name: z.string(),
  version: z.int(),
  /** SHA-256 of the canonical definition, 64 hex digits. */
  hash: z.string(),
  /** Aliases that point here, `live` included. */
  aliases: z.array(z.string()),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
});
export type AgentVersionSummary = z.output<typeof agentVersionSummarySchema>;

/** GET /api/v1/agents/{name}/versions/{version} */
export const agentVersionSchema = agentVersionSummarySchema.extend({ definition: agentDefinitionSchema });
export type AgentVersionView = z.output<typeof agentVersionSchema>;

/** PUT /api/v1/agents/{name}/aliases/{alias} */
export const setAliasSchema = z.strictObject({ version: z.int().min(1) });
export type SetAlias = z.output<typeof setAliasSchema>;

/** GET /api/v1/agents */
export const listAgentsQuerySchema = pageQuerySchema.extend({
  /** Part of the name. */
  name: z.string().min(1).max(64).optional(),
  tag: z.string().min(1).max(64).optional(),
  capability: z.string().min(1).max(64).optional(),
  /** Words that must all occur in the name, the description or the instructions, in any case. */
  text: z.string().min(1).max(256).optional(),
});
export type ListAgentsQuery = z.output<typeof listAgentsQuerySchema>;

export const agentListSchema = pageOf(agentSummarySchema);
export const agentVersionListSchema = pageOf(agentVersionSummarySchema);

/** A line of a text that changed, with its number before and after; lines far from a change are left out. */
export const diffLineSchema = z.object({
  op: z.enum(['same', 'added', 'removed']),
  before: z.int().optional(),
  after: z.int().optional(),
  text: z.string(),
});
export type DiffLine = z.output<typeof diffLineSchema>;

export const definitionChangeSchema = z.object({
  /** Where, such as `strategy.parameters.steps`. */
  path: z.string(),
  op: z.enum(['added', 'removed', 'changed']),
  before: z.json().optional(),
  after: z.json().optional(),
  /** For texts of several lines, instead of `before` and `after`. */
  lines: z.array(diffLineSchema).optional(),
});
export type DefinitionChange = z.output<typeof definitionChangeSchema>;

/** GET /api/v1/agents/{name}/diff?from=…&to=… */
export const agentDiffQuerySchema = z.strictObject({
  /** A version or an alias. */
  from: z.string().min(1).max(64),
  to: z.string().min(1).max(64),
});
export const agentDiffSchema = z.object({
  name: z.string(),
  from: z.int(),
  to: z.int(),
  changes: z.array(definitionChangeSchema),
});
export type AgentDiff = z.output<typeof agentDiffSchema>;
