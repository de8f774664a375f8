import { assign } from './assignment.ts';
import { isFree, keep, openSlots, type Draft, type Range } from './draft.ts';
import { quadraticIn } from './formulas.ts';
import { numberSuit, numberValue } from './number-slots.ts';
import type { NumberMention } from './numbers.ts';
import type { Reading } from './reading.ts';
import type { Slot } from './tool-view.ts';

/** Slots `a`, `b` and `c` from a quadratic that the request writes out. */
export function fillCoefficients(draft: Draft): void {
  const wanted = ['a', 'b', 'c'].map((name) => draft.slots.find((slot) => slot.name.toLowerCase() === name));
  const found = wanted.every((slot) => slot !== undefined) ? quadraticIn(draft.reading.text) : undefined;
  if (found === undefined) return;
  wanted.forEach((slot, place) => {
    const value = found.coefficients[place];
    if (slot !== undefined && value !== undefined) keep({ draft, slot, value, from: found });
  });
}

/** Numbers to slots by their words and units; what is left over to the required slots that went empty. */
export function fillNumbers(draft: Draft): void {
  const { reading } = draft;
  const wanted = openSlots(draft, ['number', 'integer']).filter((slot) => !slot.closed);
  const free = () => reading.numbers.filter((number) => isFree(number, draft));
  const suit = (slot: Slot, mention: NumberMention) => numberSuit({ slot, place: mention, reading });
  const announced = assign({
    slots: wanted,
    candidates: free(),
    suit,
    threshold: (slot) => (slot.required ? 0.25 : 0.6),
  });
  const rest = new Map(announced.map(({ slot, candidate }) => [slot, candidate]));
  for (const [slot, mention] of rest)
    keep({ draft, slot, value: numberValue(slot, mention), from: mention, sure: suit(slot, mention) });
  giveToRequired(wanted, draft);
  // What is required and still empty takes what is left, in order.
  const leftover = assign({
    slots: wanted.filter((slot) => slot.required && !draft.values.has(slot)),
    candidates: free(),
    suit: (slot, mention) => (suit(slot, mention) <= -0.65 ? -1 : isNumeral(mention, reading) ? 1 : 0.5),
    threshold: () => 0,
  });
  for (const { slot, candidate } of leftover)
    keep({ draft, slot, value: numberValue(slot, candidate), from: candidate, sure: 0.2 });
}

function isNumeral({ start, end }: Range, { text }: Reading): boolean {
  return /\d/u.test(text.slice(start, end));
}

/** A required slot that went empty takes the number of an optional one, where it suits it at all. */
function giveToRequired(slots: readonly Slot[], draft: Draft): void {
  const { reading } = draft;
  for (const slot of slots.filter((each) => each.required && !draft.values.has(each))) {
    for (const optional of slots.filter((each) => !each.required && draft.values.has(each))) {
      const taken = reading.numbers.find((number) => numberValue(optional, number) === draft.values.get(optional));
      if (taken === undefined || draft.values.has(slot) || numberSuit({ slot, place: taken, reading }) <= -0.2)
        continue;
      draft.values.delete(optional);
      keep({ draft, slot, value: numberValue(slot, taken), from: taken, sure: 0.5 });
    }
  }
}

/** "3 out of 10": of the slots n and k (or r) of counting, n is the larger. */
export function orderChoose(draft: Draft): void {
  const n = draft.slots.find((slot) => slot.name === 'n');
  const k = draft.slots.find((slot) => slot.name === 'k' || slot.name === 'r');
  const [whole, part] = [n && draft.values.get(n), k && draft.values.get(k)];
  if (n === undefined || k === undefined || typeof whole !== 'number' || typeof part !== 'number' || part <= whole)
    return;
  draft.values.set(n, part).set(k, whole);
}
