import type { RecordedEvent } from './event.ts';
import type { SqlStatement } from './ports/database.ts';

/**
 * A read model kept in the transaction of the append, so that it is never behind. `project` gets
 * the events of one group commit that it handles, in their order, and answers with the statements
 * that bring its tables up to date; it must give the same rows when the log is replayed from the
 * start (`pygent db rebuild` empties `tables` and does just that).
 */
export interface InlineProjection {
  readonly name: string;
  /** Event types it handles. */
  readonly handles: readonly string[];
  /** Tables it owns. */
  readonly tables: readonly string[];
  readonly project: (events: readonly ProjectedEvent[]) => readonly SqlStatement[];
}

/** An event as a projection sees it: its global position is not known before the insert. */
export type ProjectedEvent = Omit<RecordedEvent, 'globalPosition'>;
