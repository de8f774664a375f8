import { z } from 'zod';

/** The states of a task, as A2A names them. */
export const TASK_STATES = [
  'submitted',
  'working',
  'input-required',
  'auth-required',
  'completed',
  'failed',
  'canceled',
  'rejected',
] as const;
export const taskStateSchema = z.enum(TASK_STATES);
export type TaskState = z.output<typeof taskStateSchema>;

/** States that nothing follows. */
export const FINAL_TASK_STATES: readonly TaskState[] = ['completed', 'failed', 'canceled', 'rejected'];

export const errorRecordSchema = z.object({
  code: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.json()).optional(),
});

/** What bounds one execution. */
export const limitsSchema = z.strictObject({
  /** Steps that may be begun. */
  steps: z.int().min(1).max(100_000).optional(),
  wallTimeSeconds: z.number().positive().max(31_536_000).optional(),
  /** Input and output tokens together. */
  tokens: z.int().min(1).optional(),
  stepTimeoutSeconds: z.number().positive().max(86_400).optional(),
});

/** Where `documents.*` tools look: a folder on the factory's machine, or `pygent:docs`. */
export const documentsSchema = z.strictObject({
  folder: z
    .string()
    .max(4_096)
    .regex(/^(?:pygent:docs$|\/|\\\\|[a-z]:[\\/])/i, 'must be an absolute path, or pygent:docs'),
});

/** POST /api/v1/tasks */
export const submitTaskSchema = z.strictObject({
  /** `name`, `name@version` or `name@alias`. */
  agent: z.string().min(1).max(160),
  input: z.string().min(1).max(1_048_576),
  /** Goes on with a conversation; a new one begins where none is named. */
  conversationId: z.string().max(64).optional(),
  /** Instead of the agent's own model. */
  model: z.string().max(256).optional(),
  /** Instead of the agent's own strategy parameters, key by key. */
  strategyParameters: z.record(z.string(), z.json()).optional(),
  limits: limitsSchema.optional(),
  /** Instead of the agent's own. */
  documents: documentsSchema.optional(),
});
export type SubmitTask = z.output<typeof submitTaskSchema>;

/** What an input-required task waits for. */
export const waitingSchema = z.object({
  kind: z.enum(['approval', 'outcome-unknown']),
  executionId: z.string(),
  /** Step to name in the answer. */
  step: z.string(),
  question: z.string(),
  details: z.record(z.string(), z.json()).optional(),
});
export type Waiting = z.output<typeof waitingSchema>;

/** An assistant's answer. */
export const taskOutputSchema = z.object({ text: z.string() });

export const taskSchema = z.object({
  id: z.string(),
  agent: z.object({ name: z.string(), version: z.int() }),
  state: taskStateSchema,
  input: z.string(),
  output: taskOutputSchema.optional(),
  error: errorRecordSchema.optional(),
  /** One entry for each thing a person has to decide; empty unless input-required. */
  waiting: z.array(waitingSchema),
  conversationId: z.string().optional(),
  /** The execution that decides the task's state. */
  executionId: z.string().optional(),
  parentExecutionId: z.string().optional(),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type TaskView = z.output<typeof taskSchema>;

/** POST /api/v1/tasks/{id}/resolve: a person's decision on what the task waits for. */
export const resolveTaskSchema = z.strictObject({
  /** Step named in `waiting`; may be left out where the task waits for one thing only. */
  step: z.string().max(512).optional(),
  /** For an unknown outcome: done (with its result), retry or fail. For an approval: approve or reject. */
  decision: z.enum(['done', 'retry', 'fail', 'approve', 'reject']),
  /** What the tool would have answered, for `done`. */
  result: z.json().optional(),
  comment: z.string().max(10_000).optional(),
});
export type ResolveTask = z.output<typeof resolveTaskSchema>;

/** POST /api/v1/tasks/{id}/cancel */
export const cancelTaskSchema = z.strictObject({ reason: z.string().max(2_000).optional() });
