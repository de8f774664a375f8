import { z } from 'zod';

import type { EventView } from './executions.ts';
import { taskStateSchema } from './tasks.ts';

/** Something that happens just now and is not kept: token deltas, a step that began. No `id:` on the wire. */
export const ephemeralEventSchema = z.object({
  type: z.string(),
  taskId: z.string(),
  executionId: z.string(),
  data: z.record(z.string(), z.json()),
});
export type EphemeralView = z.output<typeof ephemeralEventSchema>;

/** The last word of a task's stream: nothing follows. */
export const streamEndSchema = z.object({ taskId: z.string(), state: taskStateSchema });
export type StreamEnd = z.output<typeof streamEndSchema>;

/** A piece of a task's stream, as the typed client gives it. */
export type TaskStreamItem =
  | { readonly kind: 'event'; readonly event: EventView }
  | { readonly kind: 'ephemeral'; readonly ephemeral: EphemeralView }
  | { readonly kind: 'end'; readonly end: StreamEnd };
