import type { JsonObject } from '../utils/json.ts';
import type { TenantId } from './ids.ts';

/** A fact that a decider produced and that is not stored yet. `type` is past tense. */
export interface DomainEvent<Type extends string = string, Data = JsonObject> {
  readonly type: Type;
  readonly data: Data;
}

/** Who and what an event came from; stored beside it. */
export interface EventMetadata {
  readonly actor: string;
  /** The task (or agent, key, …) all events of one story share. */
  readonly correlationId?: string;
  /** The event, execution or request that led to this one. */
  readonly causationId?: string;
  readonly traceId?: string;
}

/** An event as the log holds it. */
export interface RecordedEvent<Event extends DomainEvent<string, object> = DomainEvent> {
  /** Place in the order of the whole log; unique, ascending, with holes. */
  readonly globalPosition: bigint;
  readonly streamId: string;
  /** Place in its stream: 1, 2, 3, … without holes. */
  readonly version: number;
  readonly type: Event['type'];
  readonly data: Event['data'];
  readonly metadata: EventMetadata;
  readonly tenantId: TenantId;
  readonly recordedAt: Date;
}
