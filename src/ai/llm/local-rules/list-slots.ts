import type { JsonValue } from '../../../utils/json.ts';
import { choicesNamed } from './choices.ts';
import { cueStrength, type Cue } from './cues.ts';
import { isFree, keep, type Draft } from './draft.ts';
import type { NumberMention } from './numbers.ts';
import { numberValue } from './number-slots.ts';
import type { Reading } from './reading.ts';
import { listItems } from './spans.ts';
import { stem } from './stem.ts';
import { textCandidates } from './text-candidates.ts';
import { textSuit } from './text-suit.ts';
import type { Slot } from './tool-view.ts';

/** Fills an array slot: a group of numbers, the options named, or the items of a listing. */
export function fillList(slot: Slot, draft: Draft): void {
  const items = slot.items;
  if (items === undefined) return;
  if (items.type === 'number' || items.type === 'integer') fillNumberList({ slot, items }, draft);
  else if (items.type === 'string') fillTextList({ slot, items }, draft);
  else if (items.type === 'array') fillNestedList({ slot, items }, draft);
}

interface ListSlot {
  readonly slot: Slot;
  readonly items: Slot;
}

interface NumberGroup {
  readonly members: readonly NumberMention[];
  readonly start: number;
  readonly end: number;
}

const ANY_LIST = /^\s*(?:,\s*(?:and\s+)?|and\s+|;\s*|\s)\s*[$€£"'-]?$/iu;
const ONE_LIST = /^\s*(?:,|\s)\s*[$€£"'-]?$/iu;

/** In a text with numerals, number words ("these two lists") are no members of a list. */
function digitsFirst({ numbers, text }: Reading): readonly NumberMention[] {
  const numerals = numbers.filter(({ start, end }) => /\d/u.test(text.slice(start, end)));
  return numerals.length > 1 ? numerals : numbers;
}

/** Runs of numbers with nothing but commas, "and" or spaces between them: "[3, 4]", "1, 2 and 5". */
function numberGroups(reading: Reading, lists = 1): readonly NumberGroup[] {
  const groups: NumberMention[][] = [];
  // Where several lists are wanted, "and" parts "1, 2, 3 and 4, 5, 6" instead of closing one list.
  const several = lists > 1 && /\d,\s*\S+\s+(?:and|versus|vs\.?|against)\s+\S+,/iu.test(reading.text);
  for (const mention of digitsFirst(reading)) {
    const last = groups.at(-1)?.at(-1);
    const between = last === undefined ? '' : reading.text.slice(last.end, mention.start);
    if (last !== undefined && (several ? ONE_LIST : ANY_LIST).test(between)) groups.at(-1)?.push(mention);
    else groups.push([mention]);
  }
  return groups.map((members) => ({ members, start: members[0]?.start ?? 0, end: members.at(-1)?.end ?? 0 }));
}

/** How many slots of the tool take a list of numbers. */
function numberLists({ slots }: Draft): number {
  return slots.filter(({ items }) => items?.type === 'number' || items?.type === 'integer').length;
}

function fillNumberList({ slot, items }: ListSlot, draft: Draft): void {
  const { reading } = draft;
  const groups = numberGroups(reading, numberLists(draft)).filter((group) => isFree(group, draft));
  const ranked = groups
    .map((group) => ({ group, suit: groupSuit({ slot, place: group, reading }) }))
    .toSorted((left, right) => right.suit - left.suit || left.group.start - right.group.start);
  const best = ranked[0]?.group;
  if (best === undefined || (!slot.required && best.members.length < 2)) return;
  const lone = best.members.length === 1 ? groups.filter((group) => isLike(group, best)) : [best];
  const values = lone.flatMap((group) =>
    group.members.map((mention) => numberValue({ ...items, description: slot.description }, mention)),
  );
  keep({ draft, slot, value: values, from: best });
  if (lone.length > 1) draft.used.push(...lone);
}

function groupSuit({ slot, place, reading }: Cue & { readonly place: NumberGroup }): number {
  const percent = place.members[0]?.percent === true && /percent/iu.test(`${slot.name} ${slot.description}`) ? 1 : 0;
  return cueStrength({ slot, place, reading }) + Math.min(place.members.length, 3) * 0.5 + percent;
}

/** Single numbers of one sort belong to one list: percentages with percentages, metres with metres. */
function isLike(group: NumberGroup, other: NumberGroup): boolean {
  const [left, right] = [group.members[0], other.members[0]];
  return group.members.length === 1 && left?.percent === right?.percent && left?.unit === right?.unit;
}

function fillTextList({ slot, items }: ListSlot, draft: Draft): void {
  const { reading } = draft;
  const closed = items.closed ? items : { ...items, choices: [] };
  const named = choicesNamed({ ...closed, name: slot.name, words: slot.words, description: slot.description }, reading);
  const sure = named
    .filter((each) => each.strength >= (slot.required ? 0.6 : 1.5))
    .toSorted((left, right) => left.start - right.start);
  if (sure.length > 0) {
    draft.values.set(
      slot,
      sure.map((each) => each.choice),
    );
    draft.used.push(...sure);
    return;
  }
  if (items.closed) return;
  const listed = listedTexts(slot, draft);
  if (listed.length > 0) draft.values.set(slot, listed);
}

/** Every quoted part, or the best stretch of text together with what is listed beside it. */
function listedTexts(slot: Slot, draft: Draft): readonly JsonValue[] {
  const { reading } = draft;
  const quoted = reading.quoted.filter((span) => isFree(span, draft));
  if (quoted.length > 1 || (quoted.length === 1 && slot.required)) {
    draft.used.push(...quoted);
    return quoted.map((span) => span.text);
  }
  const suit = (candidate: Parameters<typeof textSuit>[0]['candidate']) =>
    textSuit({ slot, candidate, reading, toolStems: draft.toolStems });
  const ranked = textCandidates(reading, draft.used)
    .map((candidate) => ({ candidate, suit: suit(candidate) }))
    .toSorted((left, right) => right.suit - left.suit || left.candidate.start - right.candidate.start);
  const best = ranked[0];
  if (best === undefined || best.suit < (slot.required ? 0.05 : 1.2)) return [];
  const { start, end } = listingAround(reading.text, best.candidate);
  draft.used.push({ start, end });
  return listItems(reading.text.slice(start, end)).map((item) => withoutSlotName(item, slot));
}

/** "columns id" is `id` for a slot `columns`. */
function withoutSlotName(item: string, slot: Slot): string {
  const [first = '', ...rest] = item.split(' ');
  const names = slot.words.some((word) => stem(word) === stem(first.toLowerCase()));
  return names && rest.length > 0 ? rest.join(' ') : item;
}

/** Widens a stretch over the items that commas and "and" join to it, up to a preposition or the sentence's end. */
function listingAround(
  text: string,
  core: { readonly start: number; readonly end: number },
): { start: number; end: number } {
  const after =
    /^(?:(?:,\s*(?:and|or)?|\s+and|\s+or|\s+&)\s+(?!(?:what|how|then|in|with|for|to|from|is|are|calculate|find)\b)[\p{L}\p{N}][\p{L}\p{N}' -]*?(?=\s*(?:,|\s+and\s|\s+or\s|[.?!;:]|$|\s+(?:in|from|for|to|with|on|at|using|of|near|by|into|over)\s)))+/iu.exec(
      text.slice(core.end),
    )?.[0] ?? '';
  const before =
    /(?:[\p{L}\p{N}][\p{L}\p{N}'-]*(?:\s[\p{L}\p{N}][\p{L}\p{N}'-]*)?(?:,\s*(?:and\s+|or\s+)?|\s+and\s+|\s+or\s+))+$/iu.exec(
      text.slice(0, core.start),
    )?.[0] ?? '';
  return { start: core.start - before.length, end: core.end + after.length };
}

function fillNestedList({ slot, items }: ListSlot, draft: Draft): void {
  const inner = items.items;
  if (inner === undefined || (inner.type !== 'number' && inner.type !== 'integer')) return;
  const groups = numberGroups(draft.reading).flatMap((group) => splitAtBrackets(group, draft.reading.text));
  if (groups.length === 0) return;
  draft.values.set(
    slot,
    groups.map((group) => group.map((mention) => mention.value)),
  );
  draft.used.push(...groups.flat());
}

function splitAtBrackets(group: NumberGroup, text: string): readonly (readonly NumberMention[])[] {
  const parts: NumberMention[][] = [];
  group.members.forEach((mention, index) => {
    const before = index === 0 ? '' : text.slice(group.members[index - 1]?.end ?? 0, mention.start);
    if (index === 0 || /[()[\]]/u.test(before)) parts.push([mention]);
    else parts.at(-1)?.push(mention);
  });
  return parts;
}
