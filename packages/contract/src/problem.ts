import { z } from 'zod';

/** RFC 9457 problem details, as every error of the API is told (application/problem+json). */
export const problemSchema = z.object({
  /** Where the code is explained. */
  type: z.string(),
  /** What happened, always the same for a code. */
  title: z.string(),
  /** HTTP status. */
  status: z.int(),
  /** What happened this time. */
  detail: z.string(),
  /** Stable, to decide by; see docs/errors.md. */
  code: z.string(),
  /** What can be done about it. */
  remedy: z.string(),
  /** The address that was asked for. */
  instance: z.string(),
  /** Under which the log tells of this request. */
  traceId: z.string(),
  /** Every field that is wrong: a JSON path such as `tools[2]`, and why. */
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  /** Facts to act on, such as the known strategies. */
  details: z.record(z.string(), z.json()).optional(),
});
export type Problem = z.output<typeof problemSchema>;
