import type { JsonValue } from '../../../utils/json.ts';
import { overlaps, type Reading } from './reading.ts';
import type { Slot, SlotType } from './tool-view.ts';

/** A stretch of the request, as UTF-16 offsets. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Slot filling in progress: values found so far and the stretches of text they used. */
export interface Draft {
  readonly slots: readonly Slot[];
  readonly reading: Reading;
  readonly toolStems: ReadonlySet<string>;
  readonly values: Map<Slot, JsonValue>;
  readonly used: Range[];
  /** Where the values of numbers and texts stand. */
  readonly places: Map<Slot, Range>;
  /** How surely a slot got its value, 0 to 1. */
  readonly sureness: Map<Slot, number>;
}

export function startDraft({ slots, reading, toolStems }: Pick<Draft, 'slots' | 'reading' | 'toolStems'>): Draft {
  return { slots, reading, toolStems, values: new Map(), used: [], places: new Map(), sureness: new Map() };
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
  draft.places.set(slot, { start: from.start, end: from.end });
  draft.used.push({ start: from.start, end: from.end });
}

/** Records a value that several slots may read from the same stretch, such as a unit. */
export function note({ draft, slot, value }: Pick<Finding, 'draft' | 'slot' | 'value'>): void {
  draft.sureness.set(slot, 1);
  draft.values.set(slot, value);
}

/** Slots of some types that have no value yet. */
export function openSlots(draft: Draft, types: readonly SlotType[]): readonly Slot[] {
  return draft.slots.filter((slot) => types.includes(slot.type) && !draft.values.has(slot));
}

/** Slots for a text of one's own words that have no value yet. */
export function openTexts(draft: Draft): readonly Slot[] {
  return openSlots(draft, ['string']).filter((slot) => !slot.closed);
}

/** Whether no value was read from this stretch yet. */
export function isFree(range: Range, draft: Draft): boolean {
  return !draft.used.some((other) => overlaps(other, range));
}
