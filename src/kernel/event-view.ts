import type { EventView } from '#contract';

import type { RecordedEvent } from './event.ts';

/** An event of the log as the wire carries it. */
export function toEventView(event: RecordedEvent): EventView {
  return {
    position: event.globalPosition.toString(),
    stream: event.streamId,
    version: event.version,
    type: event.type,
    data: event.data as EventView['data'],
    metadata: event.metadata,
    recordedAt: event.recordedAt.toISOString(),
  };
}
