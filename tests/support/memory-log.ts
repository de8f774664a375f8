import type { DomainEvent, RecordedEvent } from '../../src/kernel/event.ts';
import { DEFAULT_TENANT } from '../../src/kernel/ids.ts';
import type { EphemeralEvent, EventBus } from '../../src/kernel/ports/event-bus.ts';
import type { EventStore, ReadAllOptions, ReadStreamOptions } from '../../src/kernel/ports/event-store.ts';

/** A log in memory for tests of what reads it. `hold` keeps the bus quiet, as when a notice is lost. */
export class MemoryLog implements EventBus, Pick<EventStore, 'readAll' | 'readStream'> {
  readonly events: RecordedEvent[] = [];
  readonly reads: ReadAllOptions[] = [];
  readonly #recorded = new Set<(events: readonly RecordedEvent[]) => void>();
  readonly #ephemeral = new Map<string, Set<(event: EphemeralEvent) => void>>();
  hold = false;
  /** Where the order of the log ends for now, as behind a transaction in flight. */
  horizon: bigint | undefined;

  /** Stores events of streams together, then tells of them. */
  append(...entries: readonly (readonly [stream: string, event: DomainEvent<string, object>])[]): RecordedEvent[] {
    const recorded = entries.map(([streamId, event]) => {
      const version = this.events.filter((other) => other.streamId === streamId).length + 1;
      const stored: RecordedEvent = {
        globalPosition: BigInt(this.events.length + 1),
        streamId,
        version,
        type: event.type,
        data: event.data as RecordedEvent['data'],
        metadata: { actor: 'test' },
        tenantId: DEFAULT_TENANT,
        recordedAt: new Date(0),
      };
      this.events.push(stored);
      return stored;
    });
    if (!this.hold) this.publishRecorded(recorded);
    return recorded;
  }

  async readAll(options: ReadAllOptions): Promise<readonly RecordedEvent[]> {
    this.reads.push(options);
    await Promise.resolve();
    return this.events
      .filter((event) => event.globalPosition > options.after)
      .filter((event) => this.horizon === undefined || event.globalPosition <= this.horizon)
      .filter((event) => options.streamIds?.includes(event.streamId) ?? true)
      .filter((event) => options.tenantId === undefined || event.tenantId === options.tenantId)
      .slice(0, options.limit);
  }

  async readStream(streamId: string, { fromVersion = 1 }: ReadStreamOptions = {}): Promise<readonly RecordedEvent[]> {
    return this.events.filter((event) => event.streamId === streamId && event.version >= fromVersion);
  }

  publishRecorded(events: readonly RecordedEvent[]): void {
    for (const listener of this.#recorded) listener(events);
  }

  publishEphemeral(event: EphemeralEvent): void {
    for (const listener of this.#ephemeral.get(event.taskId) ?? []) listener(event);
  }

  onRecorded(listener: (events: readonly RecordedEvent[]) => void): () => void {
    this.#recorded.add(listener);
    return () => this.#recorded.delete(listener);
  }

  onEphemeral(taskId: string, listener: (event: EphemeralEvent) => void): () => void {
    const listeners = this.#ephemeral.get(taskId) ?? new Set();
    this.#ephemeral.set(taskId, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  get listeners(): number {
    return this.#recorded.size + [...this.#ephemeral.values()].reduce((sum, { size }) => sum + size, 0);
  }
}
