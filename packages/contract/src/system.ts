import { z } from 'zod';

/** A tool that agents may be given. */
export const toolSchema = z.object({
  name: z.string(),
  description: z.string(),
  /** Whether a call may be repeated: read, idempotent (with the same key), once (never blindly). */
  effect: z.enum(['read', 'idempotent', 'once']),
  /** JSON Schema of the arguments. */
  parameters: z.record(z.string(), z.json()),
});
export type ToolView = z.output<typeof toolSchema>;

/** A model provider, and why it can or can't be used. */
export const modelProviderSchema = z.object({
  provider: z.string(),
  configured: z.boolean(),
  reason: z.string(),
});

const defaultModelSchema = z.object({
  model: z.string(),
  /** Why it is this one. */
  reason: z.string(),
});

/** GET /api/v1/models */
export const modelsSchema = z.object({
  default: defaultModelSchema,
  providers: z.array(modelProviderSchema),
});
export type ModelsView = z.output<typeof modelsSchema>;

/** GET /api/v1/system */
export const systemSchema = z.object({
  version: z.string(),
  startedAt: z.iso.datetime(),
  /** Model of agents that name none. */
  model: defaultModelSchema,
  /** The caller, as its key says. */
  principal: z.object({ id: z.string(), role: z.string(), tenant: z.string() }),
  /** Where the data lies; told to admins only. */
  dataFolder: z.string().optional(),
  /** Told to admins only. */
  database: z.string().optional(),
});
export type SystemView = z.output<typeof systemSchema>;

/** One thing the factory depends on, as GET /health/deep found it. */
export const dependencySchema = z.object({
  name: z.string(),
  status: z.enum(['ok', 'failed']),
  /** How long the check took, in milliseconds. */
  latencyMilliseconds: z.number(),
  /** What was found. */
  detail: z.string(),
});

/** GET /health/live and /health/ready */
export const healthSchema = z.object({
  status: z.enum(['ok', 'draining', 'unavailable']),
  detail: z.string().optional(),
});
export type HealthView = z.output<typeof healthSchema>;

/** GET /health/deep */
export const deepHealthSchema = z.object({
  status: z.enum(['ok', 'failed']),
  dependencies: z.array(dependencySchema),
});
export type DeepHealthView = z.output<typeof deepHealthSchema>;
