import { z } from 'zod';

import { errorRecordSchema } from './tasks.ts';

export const EXECUTION_STATUSES = ['running', 'suspended', 'completed', 'failed', 'canceled'] as const;
export const STEP_KINDS = ['model', 'tool', 'task', 'timer', 'approval', 'code'] as const;
export const STEP_STATUSES = ['intended', 'waiting', 'outcome-unknown', 'completed', 'failed'] as const;

export const usageSchema = z.object({
  inputTokens: z.int().optional(),
  outputTokens: z.int().optional(),
  cachedInputTokens: z.int().optional(),
  reasoningTokens: z.int().optional(),
});

export const executionSchema = z.object({
  id: z.string(),
  taskId: z.string(),
  agent: z.object({ name: z.string(), version: z.int() }),
  status: z.enum(EXECUTION_STATUSES),
  /** Whether the task's state follows this execution; forks stand beside the task. */
  primary: z.boolean(),
  forkOf: z.string().optional(),
  parentExecutionId: z.string().optional(),
  steps: z.int(),
  inputTokens: z.int(),
  outputTokens: z.int(),
  /** US dollars. */
  cost: z.number(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
});
export type ExecutionView = z.output<typeof executionSchema>;

export const stepSchema = z.object({
  /** Path of the step: 1, 2, 3.0.1. */
  key: z.string(),
  kind: z.enum(STEP_KINDS),
  /** The model, tool, agent or code it called. */
  name: z.string(),
  status: z.enum(STEP_STATUSES),
  effect: z.enum(['read', 'idempotent', 'once']).optional(),
  /** What it was given; a model step shows the messages in full, put together from the journal. */
  input: z.json(),
  output: z.json().optional(),
  error: errorRecordSchema.optional(),
  usage: usageSchema.optional(),
  /** US dollars. */
  cost: z.number().optional(),
  attempts: z.int(),
  startedAt: z.iso.datetime(),
  durationMilliseconds: z.number().optional(),
  /** Taken over from the execution this one was forked from. */
  inherited: z.boolean(),
});
export type StepView = z.output<typeof stepSchema>;

/** GET /api/v1/executions/{id}: the execution with its timeline. */
export const executionDetailSchema = executionSchema.extend({
  strategy: z.object({ name: z.string(), version: z.int() }),
  model: z.string(),
  input: z.string(),
  output: z.object({ text: z.string() }).optional(),
  error: errorRecordSchema.optional(),
  timeline: z.array(stepSchema),
});
export type ExecutionDetail = z.output<typeof executionDetailSchema>;

/** An event of the log on the wire. */
export const eventSchema = z.object({
  /** Place in the log, as a decimal string; the cursor of every stream. */
  position: z.string(),
  stream: z.string(),
  version: z.int(),
  type: z.string(),
  data: z.record(z.string(), z.json()),
  metadata: z.object({
    actor: z.string(),
    correlationId: z.string().optional(),
    causationId: z.string().optional(),
    traceId: z.string().optional(),
  }),
  recordedAt: z.iso.datetime(),
});
export type EventView = z.output<typeof eventSchema>;

/** POST /api/v1/executions/{id}/fork */
export const forkExecutionSchema = z.strictObject({
  /** First step to run anew; finished steps before it come from the journal. */
  at: z.string().min(1).max(512),
  /** Another input for the task. */
  input: z.string().min(1).max(1_048_576).optional(),
  /** `name@version` to go on with. */
  agent: z.string().max(160).optional(),
});
export type ForkExecution = z.output<typeof forkExecutionSchema>;

/** POST /api/v1/executions/{id}/cancel */
export const cancelExecutionSchema = z.strictObject({ reason: z.string().max(2_000).optional() });

/** POST /api/v1/executions/{id}/replay: what folding the log again gave. */
export const replaySchema = z.object({
  executionId: z.string(),
  /** Whether the state folded from the log equals the live read model, byte for byte. */
  equal: z.boolean(),
  /** Whether the code, run over the journal alone, took the same path to the same end. */
  deterministic: z.boolean(),
  events: z.int(),
  steps: z.int(),
  modelCalls: z.literal(0),
  toolCalls: z.literal(0),
  /** SHA-256 of the canonical state. */
  stateHash: z.string(),
  differences: z.array(z.string()),
});
export type ReplayReport = z.output<typeof replaySchema>;
