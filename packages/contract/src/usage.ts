import { z } from 'zod';

export const USAGE_GROUPS = ['day', 'agent', 'version', 'model'] as const;
export type UsageGroup = (typeof USAGE_GROUPS)[number];

/** A day in UTC, such as 2026-01-31. */
const daySchema = z.iso.date('use a day such as 2026-01-31').regex(/^[1-9]/, 'use a year from 1000 on');

/** GET /api/v1/usage */
export const usageQuerySchema = z.strictObject({
  /** First day; 29 days before the last one unless given. */
  from: daySchema.optional(),
  /** Last day; today unless given. */
  to: daySchema.optional(),
  /** Only this agent, all its versions. */
  agent: z.string().min(1).max(64).optional(),
  groupBy: z.enum(USAGE_GROUPS).default('day'),
});
export type UsageQuery = z.output<typeof usageQuerySchema>;

const executionCountsSchema = z.object({
  /** Forks count, as every execution does. */
  started: z.int(),
  completed: z.int(),
  failed: z.int(),
  canceled: z.int(),
});

const amountsSchema = z.object({
  /** Calls of models that were answered; what a fork took over from its origin is not in it. */
  modelCalls: z.int(),
  /** Attempts to call a model that failed, whether they were repeated or not. */
  failedModelCalls: z.int(),
  inputTokens: z.int(),
  outputTokens: z.int(),
  /** Part of the input tokens. */
  cachedInputTokens: z.int(),
  /** Part of the output tokens. */
  reasoningTokens: z.int(),
  /** US dollars by the price table. */
  cost: z.number(),
});

/** One line of the report; what it is grouped by says which of the first four are there. */
export const usageItemSchema = amountsSchema.extend({
  day: z.iso.date().optional(),
  agent: z.string().optional(),
  version: z.int().optional(),
  model: z.string().optional(),
  /** Absent where it is grouped by model, since an execution may use several. */
  executions: executionCountsSchema.optional(),
});
export type UsageItem = z.output<typeof usageItemSchema>;

export const usageReportSchema = z.object({
  from: z.iso.date(),
  to: z.iso.date(),
  groupBy: z.enum(USAGE_GROUPS),
  /** How far the log is counted: to this position at least, which is everything up to this time. */
  asOf: z.object({ position: z.string(), time: z.iso.datetime() }),
  items: z.array(usageItemSchema),
  total: amountsSchema.extend({ executions: executionCountsSchema }),
});
export type UsageReport = z.output<typeof usageReportSchema>;
