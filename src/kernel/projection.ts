import type { RecordedEvent } from './event.ts';
import type { SqlStatement } from './ports/database.ts';

/** A read model, made of the log. */
export interface Projection<Event> {
  readonly name: string;
  /** Event types it handles. */
  readonly handles: readonly string[];
  /** Tables it owns. */
  readonly tables: readonly string[];
  /** The statements that take the tables past these events, which are in their order and all handled. */
  readonly project: (events: readonly Event[]) => readonly SqlStatement[];
}

/**
 * A read model kept in the transaction of the append, so that it is never behind. `project` gets
 * the events of one group commit that it handles, in their order, and answers with the statements
 * that bring its tables up to date; it must give the same rows when the log is replayed from the
 * start (`pygent db rebuild` empties `tables` and does just that).
 */
export type InlineProjection = Projection<ProjectedEvent>;

/** An event as a projection sees it: its global position is not known before the insert. */
export type ProjectedEvent = Omit<RecordedEvent, 'globalPosition'>;

/**
 * A read model kept behind the log: its place in the log is stored beside its tables, and it may be
 * a moment late. For what nobody reads right after the write and would make every append dearer,
 * such as sums over many steps; what a caller must find at once is an `InlineProjection`.
 *
 * Each event is applied once: the statements commit together with the new place, so they may add to
 * what is there. The rows must not depend on where the log is cut. Statements may read the tables of
 * inline projections, which are never behind these events, but may be ahead of them.
 */
export type CatchUpProjection = Projection<RecordedEvent>;

/** How far a catch-up projection is behind the log. */
export interface ProjectionLag {
  readonly name: string;
  /** Where it stands; 0 before its first event. */
  readonly position: bigint;
  /** Places of the log behind its own, holes included; 0 where it has seen everything. */
  readonly events: number;
  /** When the first event that it has not seen was recorded; undefined where there is none. */
  readonly since?: Date;
}
