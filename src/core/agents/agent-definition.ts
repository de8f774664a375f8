import { limitsSchema } from '#contract';
import { z } from 'zod';

const NAME = /^[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$/;
const TOOL_NAME = /^[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*$/i;

/** The name of an agent, an alias or a strategy: lower-case words joined by hyphens, at most 64 characters. */
export const agentNameSchema = z
  .string()
  .max(64)
  .regex(NAME, 'use lower-case letters, digits and single hyphens, beginning with a letter');

/** What bounds one execution. */
export type Limits = z.output<typeof limitsSchema>;

/** A JSON object of any depth, such as a JSON Schema or a strategy's parameters. */
const jsonObjectSchema = z.record(z.string(), z.json());

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
  tools: z.array(z.string().max(64).regex(TOOL_NAME)).max(256).default([]),
  /** Where `documents.*` tools look: a folder, or `pygent:docs`. */
  documents: z.strictObject({ folder: z.string().min(1).max(4_096) }).optional(),
  /** Agents it may hand tasks to; each is a tool named `agent.<name>`. */
  delegates: z.array(agentNameSchema).max(64).default([]),
  limits: limitsSchema.default({}),
  /** JSON Schema its answer must fit. */
  outputSchema: jsonObjectSchema.optional(),
  tags: z.array(z.string().min(1).max(64)).max(64).default([]),
  capabilities: z.array(z.string().min(1).max(64)).max(64).default([]),
});

/** A definition with its defaults filled in. */
export type AgentDefinition = z.output<typeof agentDefinitionSchema>;
/** A definition as it may be written, defaults left out. */
export type AgentDefinitionInput = z.input<typeof agentDefinitionSchema>;
