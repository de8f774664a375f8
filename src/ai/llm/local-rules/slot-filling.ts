import { isJsonObject, type JsonObject, type JsonValue } from '../../../utils/json.ts';
import { assign } from './assignment.ts';
import { currencyMentions } from './currencies.ts';
import { booleanNamed, choicesNamed } from './choices.ts';
import { codeSpans } from './chunks.ts';
import { cueStrength } from './cues.ts';
import { keep, type Draft, type Range } from './draft.ts';
import { layOutDate, type DateMention } from './dates.ts';
import { expressionIn } from './expression-text.ts';
import { isColor } from './gazetteer.ts';
import { formulaIn, quadraticIn } from './formulas.ts';
import { fillList } from './list-slots.ts';
import { numberSuit, numberValue } from './number-slots.ts';
import { overlaps, type Reading } from './reading.ts';
import {
  messageText,
  queryText,
  textCandidates,
  textKind,
  textSuit,
  withoutTopic,
  type TextCandidate,
  type TextKind,
} from './text-slots.ts';
import { stem } from './stem.ts';
import type { Slot } from './tool-view.ts';

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
export function fillSlots(slots: readonly Slot[], reading: Reading, toolStems: ReadonlySet<string>): Filling {
  const numberLists = slots.filter(({ items }) => items?.type === 'number' || items?.type === 'integer').length;
  const draft: Draft = { reading, toolStems, values: new Map(), used: [], sureness: new Map(), numberLists };
  fillInto(slots, draft);
  const values = Object.fromEntries(
    slots.flatMap((slot): [string, JsonValue][] => {
      const value = draft.values.get(slot);
      return value === undefined ? [] : [[slot.name, value]];
    }),
  );
  const missing = slots.filter((slot) => slot.required && !draft.values.has(slot));
  return { values, missing, used: draft.used, sureness: surenessOf(slots, draft) };
}

/** A value that stands nowhere in the text (the whole request as a query, a default) counts half. */
function surenessOf(slots: readonly Slot[], draft: Draft): number {
  const required = slots.filter((slot) => slot.required);
  if (required.length === 0) return 0.5;
  const sum = required.reduce(
    (total, slot) => total + (draft.values.has(slot) ? (draft.sureness.get(slot) ?? 0.5) : 0),
    0,
  );
  return sum / required.length;
}

function fillInto(slots: readonly Slot[], draft: Draft): void {
  for (const slot of slots) fillChoice(slot, draft);
  for (const slot of slots) fillBoolean(slot, draft);
  fillCurrencies(slots, draft);
  fillUnits(slots, draft);
  fillColors(slots, draft);
  fillShaped(slots, draft);
  fillDates(slots, draft);
  fillNames(slots, draft);
  for (const slot of open(slots, draft, 'array')) fillList(slot, draft);
  for (const slot of open(slots, draft, 'object')) fillObject(slot, draft);
  fillCoefficients(slots, draft);
  fillNumbers(slots, draft);
  fillTexts(slots, draft);
}

/** Slots of some types that have no value yet. */
function open(slots: readonly Slot[], draft: Draft, ...types: readonly Slot['type'][]): readonly Slot[] {
  return slots.filter((slot) => types.includes(slot.type) && !draft.values.has(slot));
}

function fillChoice(slot: Slot, draft: Draft): void {
  if (slot.choices.length === 0 || ['array', 'object', 'boolean'].includes(slot.type)) return;
  const named = choicesNamed(slot, draft.reading);
  const best = named.find((each) => !draft.used.some((range) => overlaps(range, each))) ?? named[0];
  const least = slot.required || (best && cueStrength(slot, best, draft.reading) > 0.5) ? 0.6 : 1.5;
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

const isOpenText = (slot: Slot, draft: Draft): boolean =>
  slot.type === 'string' && !slot.closed && !draft.values.has(slot);

/** Texts recognised by their shape alone: addresses, paths, formulas. */
function fillShaped(slots: readonly Slot[], draft: Draft): void {
  const { reading } = draft;
  const spansOf: Partial<
    Record<TextKind, readonly { readonly text: string; readonly start: number; readonly end: number }[]>
  > = {
    email: reading.emails,
    url: reading.urls,
    path: reading.paths,
  };
  for (const slot of slots) {
    if (!isOpenText(slot, draft)) continue;
    const kind = textKind(slot);
    const wanted = ['code', 'name', 'plain', 'place', 'message'].includes(kind) ? hostKind(slot) : kind;
    const span = spansOf[wanted]?.find((each) => !draft.used.some((range) => overlaps(range, each)));
    if (span) keep({ draft, slot, value: span.text, from: span });
    else if (kind === 'expression') keepText(slot, expressionIn(reading.text) ?? formulaIn(reading.text), draft);
    else if (kind === 'formula') keepText(slot, formulaIn(reading.text) ?? codeSpans(reading.text)[0]?.text, draft);
  }
}

/** Currencies in the order of the text, unless the words around them say which is which. */
function fillCurrencies(slots: readonly Slot[], draft: Draft): void {
  const { reading } = draft;
  const wanted = slots.filter((slot) => isOpenText(slot, draft) && textKind(slot) === 'currency');
  if (wanted.length === 0) return;
  const made = assign({
    slots: wanted,
    candidates: currencyMentions(reading.text),
    suit: (slot, mention) => currencySuit(slot, mention, reading),
    threshold: () => 0,
  });
  for (const { slot, candidate } of made) {
    draft.values.set(slot, candidate.code);
    draft.sureness.set(slot, 1);
  }
}

/** The colors a request names, in order. */
function fillColors(slots: readonly Slot[], draft: Draft): void {
  for (const slot of slots) {
    if (!isOpenText(slot, draft) || textKind(slot) !== 'color') continue;
    const word = draft.reading.words.find(
      (each) => isColor(each.lower) && !draft.used.some((range) => overlaps(range, each)),
    );
    if (word) keep({ draft, slot, value: word.text, from: word });
  }
}

/** "Convert 3 cups to tablespoons", "how many tablespoons are 3 cups": the unit of the number, and the other one. */
function fillUnits(slots: readonly Slot[], draft: Draft): void {
  const wanted = slots.filter((slot) => isOpenText(slot, draft) && textKind(slot) === 'unit');
  if (wanted.length === 0) return;
  const { text } = draft.reading;
  const source = /\d\s?(?<unit>(?:square |cubic |degrees? )?[\p{L}°/²³]+)/iu.exec(text)?.groups?.['unit'];
  const targets = text.matchAll(/\b(?:to|into|in|how many|as)\s+(?<unit>(?:square |cubic |degrees? )?[\p{L}°/²³]+)/giu);
  const target = [...targets].map((match) => match.groups?.['unit']).find((unit) => unit !== source);
  for (const slot of wanted) {
    const value = TARGET.test(slot.words.join(' ')) ? target : source;
    if (value === undefined) continue;
    draft.values.set(slot, value);
    draft.sureness.set(slot, 1);
  }
}

const TARGET = /\b(?:to|target|destination|quote|into|output|desired)\b/u;
const SOURCE = /\b(?:from|source|base|origin|input)\b/u;

function currencySuit(slot: Slot, mention: { readonly start: number; readonly end: number }, reading: Reading): number {
  const name = slot.words.join(' ');
  const before = reading.text.slice(Math.max(0, mention.start - 24), mention.start);
  const into = /\b(?:to|into|in|for|as)\s+(?:the )?$/iu.test(before);
  const amount = reading.numbers.some((number) => overlaps(number, mention) || number.end === mention.start - 1);
  if (TARGET.test(name)) return amount ? 0 : into ? 1 : 0.3;
  if (SOURCE.test(name)) return amount ? 1 : into ? 0.1 : 0.6;
  return into ? 1 : amount ? 0.3 : 0.5;
}

function hostKind(slot: Slot): TextKind {
  const text = `${slot.words.join(' ')} ${slot.description}`.toLowerCase();
  if (/\be-?mails?\b|\brecipient\b/u.test(text)) return 'email';
  if (/\b(?:host|url|website|link)\b/u.test(text)) return 'url';
  return /\b(?:path|file|folder|directory)\b/u.test(text) ? 'path' : 'plain';
}

function keepText(slot: Slot, value: string | undefined, draft: Draft): void {
  if (value !== undefined) draft.values.set(slot, value);
}

function fillDates(slots: readonly Slot[], draft: Draft): void {
  for (const kind of ['date', 'time'] as const) {
    const wanted = slots.filter((slot) => isOpenText(slot, draft) && textKind(slot) === kind);
    const candidates = draft.reading.dates.filter((mention) => mention.kind === kind);
    const made = assign({
      slots: wanted,
      candidates,
      suit: (slot, mention) => cueStrength(slot, mention, draft.reading) + (slot.required ? 0.3 : 0.2),
      threshold: () => 0.1,
    });
    for (const { slot, candidate } of made)
      keep({ draft, slot, value: dateValue(slot, candidate, draft.reading), from: candidate });
  }
}

function dateValue(slot: Slot, mention: DateMention, reading: Reading): string {
  if (mention.kind === 'time') return mention.time ?? mention.text;
  if (slot.format !== 'date-time') return layOutDate(mention.date ?? '', slot.description);
  const time = reading.dates.find((each) => each.kind === 'time')?.time ?? '00:00';
  return `${mention.date}T${time}:00Z`;
}

/** Slots `a`, `b` and `c` from a quadratic that the request writes out. */
function fillCoefficients(slots: readonly Slot[], draft: Draft): void {
  const wanted = ['a', 'b', 'c'].map((name) => slots.find((slot) => slot.name.toLowerCase() === name));
  const found = wanted.every((slot) => slot !== undefined) ? quadraticIn(draft.reading.text) : undefined;
  if (found === undefined) return;
  wanted.forEach((slot, place) => {
    const value = found.coefficients[place];
    if (slot !== undefined && value !== undefined) keep({ draft, slot, value, from: found });
  });
}

function fillNumbers(slots: readonly Slot[], draft: Draft): void {
  const { reading } = draft;
  const wanted = open(slots, draft, 'number', 'integer').filter((slot) => !slot.closed);
  const free = () => reading.numbers.filter((number) => !draft.used.some((range) => overlaps(range, number)));
  const suit = (slot: Slot, mention: Reading['numbers'][number]) => numberSuit(slot, mention, reading);
  const announced = assign({
    slots: wanted,
    candidates: free(),
    suit,
    threshold: (slot) => (slot.required ? 0.25 : 0.6),
  });
  const rest = new Map(announced.map(({ slot, candidate }) => [slot, candidate]));
  for (const [slot, mention] of rest)
    keep({ draft, slot, value: numberValue(slot, mention), from: mention, sure: suit(slot, mention) });
  giveToRequired(wanted, draft, suit);
  // What is required and still empty takes what is left, in order.
  const leftover = assign({
    slots: wanted.filter((slot) => slot.required && !draft.values.has(slot)),
    candidates: free(),
    suit: (slot, mention) => (suit(slot, mention) > -0.65 ? 1 : -1),
    threshold: () => 0,
  });
  for (const { slot, candidate } of leftover)
    keep({ draft, slot, value: numberValue(slot, candidate), from: candidate, sure: 0.2 });
}

/** A required slot that went empty takes the number of an optional one, where it suits it at all. */
function giveToRequired(slots: readonly Slot[], draft: Draft, suit: NumberSuit): void {
  for (const slot of slots.filter((each) => each.required && !draft.values.has(each))) {
    for (const optional of slots.filter((each) => !each.required && draft.values.has(each))) {
      const taken = draft.reading.numbers.find(
        (number) => numberValue(optional, number) === draft.values.get(optional),
      );
      if (taken === undefined || draft.values.has(slot) || suit(slot, taken) <= -0.2) continue;
      draft.values.delete(optional);
      keep({ draft, slot, value: numberValue(slot, taken), from: taken, sure: 0.5 });
    }
  }
}

type NumberSuit = (slot: Slot, mention: Reading['numbers'][number]) => number;

const SKIPPED_KINDS = new Set<TextKind>([
  'expression',
  'formula',
  'email',
  'url',
  'date',
  'time',
  'month',
  'unit',
  'currency',
]);

/** Names and places written with a capital go to the slots that ask for them before any list can take them. */
function fillNames(slots: readonly Slot[], draft: Draft): void {
  const wanted = slots.filter(
    (slot) => slot.required && isOpenText(slot, draft) && ['place', 'name'].includes(textKind(slot)),
  );
  const made = assign({
    slots: wanted,
    candidates: textCandidates(draft.reading, draft.used).filter(({ source }) => source === 'proper'),
    suit: (slot, candidate) => textSuit({ slot, candidate, reading: draft.reading, toolStems: draft.toolStems }),
    threshold: () => 0.9,
  });
  for (const { slot, candidate } of made) keep({ draft, slot, value: candidate.text, from: candidate });
}

function fillTexts(slots: readonly Slot[], draft: Draft): void {
  const wanted = slots.filter((slot) => isOpenText(slot, draft));
  const spanned = wanted.filter((slot) => !['query', ...SKIPPED_KINDS].includes(textKind(slot)));
  const suit = (slot: Slot, candidate: TextCandidate) =>
    textSuit({ slot, candidate, reading: draft.reading, toolStems: draft.toolStems });
  const topic = topicOf(slots, draft);
  const made = assign({
    slots: spanned,
    candidates: textCandidates(draft.reading, draft.used).map((candidate) => withoutTopic(candidate, topic)),
    suit,
    threshold: (slot) => (slot.required ? (textKind(slot) === 'message' ? 0.9 : 0.05) : 1.2),
  });
  for (const { slot, candidate } of made)
    keep({ draft, slot, value: candidate.text, from: candidate, sure: suit(slot, candidate) / 1.5 });
  for (const slot of wanted) {
    if (draft.values.has(slot) || !slot.required) continue;
    const kind = textKind(slot);
    if (kind === 'query') draft.values.set(slot, queryText(draft.reading));
    else if (kind === 'message') draft.values.set(slot, messageText(draft.reading) ?? queryText(draft.reading));
    else fillLast(slot, kind, draft);
  }
}

/** Words that name the tool's topic and its slots rather than a value. */
function topicOf(slots: readonly Slot[], draft: Draft): ReadonlySet<string> {
  return new Set([...draft.toolStems, ...slots.flatMap((slot) => slot.words.map(stem))]);
}

const MONTH_NAME = /\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b/u;

/** A date slot given only a year or a month, a time slot given "7 PM" as words: whatever is left of that shape. */
function fillLast(slot: Slot, kind: TextKind, draft: Draft): void {
  if (kind !== 'date' && kind !== 'time' && kind !== 'month') return;
  const mention = draft.reading.dates.find((each) => !draft.used.some((range) => overlaps(range, each)));
  const period =
    /\b(?:(?:january|february|march|april|may|june|july|august|september|october|november|december)(?:\s+\d{4})?|\d{4}|(?:this|next|last) (?:week|month|year|weekend))\b/iu.exec(
      draft.reading.text,
    );
  if (kind === 'month') {
    const month = MONTH_NAME.exec(draft.reading.text);
    if (month) keep({ draft, slot, value: month[0], from: { start: month.index, end: month.index + month[0].length } });
    return;
  }
  if (mention) keep({ draft, slot, value: mention.date ?? mention.time ?? mention.text, from: mention, sure: 0.4 });
  else if (period) {
    const from = { start: period.index, end: period.index + period[0].length };
    if (!draft.used.some((range) => overlaps(range, from))) keep({ draft, slot, value: period[0], from, sure: 0.4 });
  }
}

function fillObject(slot: Slot, draft: Draft): void {
  if (slot.members.length === 0) {
    const literal = literalObject(draft.reading.text);
    if (literal) draft.values.set(slot, literal);
    return;
  }
  const inner: Draft = { ...draft, values: new Map(), used: [...draft.used], sureness: new Map() };
  // Members of an optional object are not forced: only what the text announces is taken.
  const members = slot.required ? slot.members : slot.members.map((member) => ({ ...member, required: false }));
  fillInto(members, inner);
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
