import type { JsonObject } from '../../utils/json.ts';
import type { RecordedEvent } from '../event.ts';

/** Something that happened just now and is not kept: token deltas, a step that began. */
export interface EphemeralEvent {
  /** Noun-verb: `text-delta`, `reasoning-delta`, `step-started`, `tool-progress`. */
  readonly type: string;
  readonly taskId: string;
  readonly executionId: string;
  readonly data: JsonObject;
}

export interface EventBus {
  /** Tells of events that are on disk, after their commit. */
  publishRecorded(events: readonly RecordedEvent[]): void;
  publishEphemeral(event: EphemeralEvent): void;
  /** Listeners must not throw and must not block; returns how to stop. */
  onRecorded(listener: (events: readonly RecordedEvent[]) => void): () => void;
  onEphemeral(taskId: string, listener: (event: EphemeralEvent) => void): () => void;
}
