import type { RecordedEvent } from '../../kernel/event.ts';
import type { EphemeralEvent, EventBus } from '../../kernel/ports/event-bus.ts';

/** A bus inside one process: listeners are called at once, in the order they came. */
export function createLocalEventBus(): EventBus {
  const recorded = new Set<(events: readonly RecordedEvent[]) => void>();
  const ephemeral = new Map<string, Set<(event: EphemeralEvent) => void>>();
  return {
    publishRecorded(events) {
      for (const listener of recorded) listener(events);
    },
    publishEphemeral(event) {
      for (const listener of ephemeral.get(event.taskId) ?? []) listener(event);
    },
    onRecorded(listener) {
      recorded.add(listener);
      return () => recorded.delete(listener);
    },
    onEphemeral(taskId, listener) {
      const listeners = ephemeral.get(taskId) ?? new Set();
      ephemeral.set(taskId, listeners.add(listener));
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) ephemeral.delete(taskId);
      };
    },
  };
}
