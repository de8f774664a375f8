import type { JsonValue } from '../../../utils/json.ts';
import type { Draft, Range } from './draft.ts';
import { wordBefore } from './spans.ts';
import type { Slot } from './tool-view.ts';

const OPENS = /^(?:from|source|start|origin|base|initial)\b ?/u;
const CLOSES = /^(?:to|target|end|destination|final)\b ?/u;

/**
 * Puts the values of slots that differ by their number alone ("mass 1", "mass 2"), or by "from" and "to"
 * where the text has neither word before them, into the order in which the text has them.
 */
export function orderSiblings(draft: Draft): void {
  for (const group of siblingGroups(draft)) {
    const found = group.flatMap((slot) => {
      const place = draft.places.get(slot);
      return place === undefined ? [] : [{ slot, place, value: draft.values.get(slot) }];
    });
    if (found.length !== group.length || found.some(({ place }) => isDirected(place, draft))) continue;
    const ordered = found.toSorted((left, right) => left.place.start - right.place.start);
    found.forEach(({ slot }, index) => draft.values.set(slot, ordered[index]?.value as JsonValue));
  }
}

function isDirected({ start }: Range, { reading }: Draft): boolean {
  return ['from', 'to', 'into'].includes(wordBefore(reading.text, start));
}

/** Slots with values, by what is left of their names without number and direction; groups of two and more. */
function siblingGroups(draft: Draft): readonly (readonly Slot[])[] {
  const groups = new Map<string, Slot[]>();
  for (const slot of draft.slots) {
    if (!draft.values.has(slot) || slot.type === 'array') continue;
    const key = `${slot.type} ${siblingKey(slot)}`;
    groups.set(key, [...(groups.get(key) ?? []), slot]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

function siblingKey({ name, words }: Slot): string {
  const spoken = words.join(' ');
  const bare = spoken.replace(/ ?\b(?:\d+|one|two|first|second|a|b)$|^(?:first|second) /u, '');
  if (bare !== spoken && bare !== '') return bare;
  const undirected = spoken.replace(OPENS, '').replace(CLOSES, '');
  return undirected === spoken || undirected === '' ? name : `${undirected} from to`;
}
