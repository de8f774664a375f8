import { isJsonObject, type JsonObject, type JsonValue } from '../../../utils/json.ts';
import { booleanNamed, choicesNamed } from './choices.ts';
import { cueStrength } from './cues.ts';
import { fillDates } from './date-slots.ts';
import { isFree, keep, openSlots, startDraft, type Draft, type Range } from './draft.ts';
import { fillCoefficients, fillNumbers, orderChoose } from './fill-numbers.ts';
import { fillNames, fillTexts } from './fill-texts.ts';
import { fillList } from './list-slots.ts';
import { fillShaped } from './shaped-slots.ts';
import { orderSiblings } from './siblings.ts';
import type { Slot } from './tool-view.ts';
import { fillColors, fillCurrencies, fillUnits } from './unit-slots.ts';

/** Slots, and the request they are filled from. `toolStems` are words of the tool's own topic. */
export type SlotFilling = Pick<Draft, 'slots' | 'reading' | 'toolStems'>;

/** What the text gave for a tool's slots. */
export interface Filling {
  readonly values: JsonObject;
  /** Required slots that nothing in the text fills. */
  readonly missing: readonly Slot[];
  /** Where the values stand in the text. */
  readonly used: readonly Range[];
  /** How surely the required slots are filled, 0 to 1 on average; 0.5 where none is required. */
  readonly sureness: number;
}

/**
 * Fills slots from a request: options by name, dates, addresses and formulas by their shape, lists,
 * then numbers and words by the cue words around them. Optional slots stay out unless announced.
 */
export function fillSlots(input: SlotFilling): Filling {
  const { slots } = input;
  const draft = startDraft(input);
  fillInto(draft);
  const values = Object.fromEntries(
    slots.flatMap((slot): [string, JsonValue][] => {
      const value = draft.values.get(slot);
      return value === undefined ? [] : [[slot.name, value]];
    }),
  );
  const missing = slots.filter((slot) => slot.required && !draft.values.has(slot));
  return { values, missing, used: draft.used, sureness: surenessOf(draft) };
}

/** A value that stands nowhere in the text (the whole request as a query, a default) counts half. */
function surenessOf({ slots, values, sureness }: Draft): number {
  const required = slots.filter((slot) => slot.required);
  if (required.length === 0) return 0.5;
  const sum = required.reduce((total, slot) => total + (values.has(slot) ? (sureness.get(slot) ?? 0.5) : 0), 0);
  return sum / required.length;
}

function fillInto(draft: Draft): void {
  for (const slot of draft.slots) fillChoice(slot, draft);
  for (const slot of draft.slots) fillBoolean(slot, draft);
  fillCurrencies(draft);
  fillUnits(draft);
  fillColors(draft);
  fillShaped(draft);
  fillDates(draft);
  fillNames(draft);
  for (const slot of openSlots(draft, ['array'])) fillList(slot, draft);
  for (const slot of openSlots(draft, ['object'])) fillObject(slot, draft);
  fillCoefficients(draft);
  fillNumbers(draft);
  fillTexts(draft);
  orderSiblings(draft);
  orderChoose(draft);
}

function fillChoice(slot: Slot, draft: Draft): void {
  if (slot.choices.length === 0 || ['array', 'object', 'boolean'].includes(slot.type)) return;
  const named = choicesNamed(slot, draft.reading);
  const best = named.find((each) => isFree(each, draft)) ?? named[0];
  const least = slot.required || (best && cueStrength({ slot, place: best, reading: draft.reading }) > 0.5) ? 0.6 : 1.5;
  if (best && best.strength >= least) {
    const value = slot.type === 'string' ? best.choice : Number(best.choice);
    keep({ draft, slot, value, from: best, sure: best.strength / 2 });
  } else if (slot.closed && slot.required && slot.choices.length === 1) {
    draft.values.set(slot, slot.choices[0] ?? null);
  }
}

function fillBoolean(slot: Slot, draft: Draft): void {
  if (slot.type !== 'boolean') return;
  const named = booleanNamed(slot, draft.reading);
  if (named !== undefined) draft.values.set(slot, named);
  else if (slot.required) draft.values.set(slot, /default(?:s)?(?: is| to)?:? ?['"]?true/iu.test(slot.description));
}

function fillObject(slot: Slot, draft: Draft): void {
  if (slot.members.length === 0) {
    const literal = literalObject(draft.reading.text);
    if (literal) draft.values.set(slot, literal);
    return;
  }
  // Members of an optional object are not forced: only what the text announces is taken.
  const members = slot.required ? slot.members : slot.members.map((member) => ({ ...member, required: false }));
  const inner = startDraft({ ...draft, slots: members });
  inner.used.push(...draft.used);
  fillInto(inner);
  if (inner.values.size === 0 || members.some((member) => member.required && !inner.values.has(member))) return;
  draft.used.push(...inner.used.slice(draft.used.length));
  draft.values.set(slot, Object.fromEntries([...inner.values].map(([member, value]) => [member.name, value])));
}

/** An object written out in the text, as JSON or with Python's quotes. */
function literalObject(text: string): JsonObject | undefined {
  const source = /\{[^{}]*\}/u.exec(text)?.[0];
  if (source === undefined) return undefined;
  for (const candidate of [source, source.replaceAll("'", '"')]) {
    try {
      const value: unknown = JSON.parse(candidate);
      if (isJsonObject(value as JsonValue)) return value as JsonObject;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return undefined;
}
