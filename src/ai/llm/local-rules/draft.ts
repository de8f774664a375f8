import type { JsonValue } from '../../../utils/json.ts';
import type { Reading } from './reading.ts';
import type { Slot } from './tool-view.ts';

/** A stretch of the request, as UTF-16 offsets. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Slot filling in progress: values found so far and the stretches of text they used. */
export interface Draft {
  readonly reading: Reading;
  readonly toolStems: ReadonlySet<string>;
  readonly values: Map<Slot, JsonValue>;
  readonly used: Range[];
  /** How many slots of the tool take a list of numbers. */
  readonly numberLists: number;
  /** How surely a slot got its value, 0 to 1. */
  readonly sureness: Map<Slot, number>;
}

interface Finding {
  readonly draft: Draft;
  readonly slot: Slot;
  readonly value: JsonValue;
  /** Where it stands in the request. */
  readonly from: Range;
  /** 0 to 1; 1 where left out. */
  readonly sure?: number;
}

/** Records a value and the stretch of text it was read from, so that no other slot takes the same. */
export function keep({ draft, slot, value, from, sure = 1 }: Finding): void {
  draft.sureness.set(slot, Math.min(1, Math.max(0, sure)));
  draft.values.set(slot, value);
  draft.used.push({ start: from.start, end: from.end });
}
