import { cueStrength } from './cues.ts';
import { isColor, isPeople, isPlace } from './gazetteer.ts';
import { isGeneric, isStopWord } from './lexicon.ts';
import type { Reading } from './reading.ts';
import { stem } from './stem.ts';
import type { TextCandidate } from './text-candidates.ts';
import { textKind, type TextKind } from './text-kind.ts';
import { wordsOf } from './tokenise.ts';
import type { Slot } from './tool-view.ts';

const BASE: Readonly<Record<TextCandidate['source'], number>> = {
  quoted: 1,
  proper: 0.7,
  code: 0.5,
  chunk: 0.3,
  number: -0.4,
};
const ORIGIN = /\b(?:from|origin|source|start|departure|starting|base|sender|pickup)\b/u;
const DESTINATION = /\b(?:to|destination|target|end|arrival|ending|dropoff|recipient|receiver)\b/u;
const PLACE_WORDS = new Set([
  'in',
  'at',
  'near',
  'from',
  'to',
  'around',
  'for',
  'of',
  'the',
  'between',
  'and',
  'visit',
  'visiting',
]);

/** A stretch of text that may be the value of a slot. */
export interface TextFit {
  readonly slot: Slot;
  readonly candidate: TextCandidate;
  readonly reading: Reading;
  /** Words of the tool's own topic. */
  readonly toolStems: ReadonlySet<string>;
}

/** How well a stretch of text suits a text slot; above 0 plausible, above 0.9 announced. */
export function textSuit({ slot, candidate, reading, toolStems }: TextFit): number {
  const kind = textKind(slot);
  const name = slot.words.join(' ');
  const directed = ORIGIN.test(name) || DESTINATION.test(name);
  const topical = candidate.source === 'chunk' || candidate.source === 'proper';
  return (
    BASE[candidate.source] +
    (directed ? 0.1 : 0.8) * cueStrength({ slot, place: candidate, reading }) +
    (BY_KIND[kind]?.[candidate.source] ?? 0) +
    knownWordSuit(candidate, { kind, name }) +
    wordBeforeSuit(candidate, { kind, slot }) +
    (candidate.source === 'proper' && bearsName(candidate, slot) ? 1 : 0) +
    (ORIGIN.test(name) ? directionSuit(candidate.before, FROM_FIRST) : 0) +
    (DESTINATION.test(name) ? directionSuit(candidate.before, TO_FIRST) : 0) -
    (topical ? topicShare(candidate, toolStems) : 0)
  );
}

/** What a kind of slot thinks of a kind of candidate. */
const BY_KIND: Partial<Record<TextKind, Partial<Record<TextCandidate['source'], number>>>> = {
  name: { proper: 0.3, chunk: -0.2 },
  plain: { number: 0.4 },
  code: { code: 0.6, number: 0.7, chunk: -0.7 },
};

/** Places, peoples and colors are known words, and belong into slots of their kind. */
function knownWordSuit(
  candidate: TextCandidate,
  { kind, name }: { readonly kind: TextKind; readonly name: string },
): number {
  const people = isPeople(candidate.text);
  let suit = people ? (kind === 'people' ? 0.8 : -0.8) : kind === 'people' && candidate.source === 'proper' ? -0.4 : 0;
  if (kind === 'place') suit += placeSuit(candidate) - (STATES.test(name) && !isPlace(candidate.text) ? 0.6 : 0);
  else if (isPlace(candidate.text)) suit -= kind === 'people' ? 1 : kind !== 'name' ? 0.35 : TEAMS.test(name) ? 0 : 0.5;
  if (isColor(candidate.text)) suit += kind === 'color' ? 1.2 : -0.5;
  else if (kind === 'color') suit -= 0.6;
  return suit;
}

/** "Called Iron Wolves", "by Coldplay", "branch main". */
function wordBeforeSuit(
  { before }: TextCandidate,
  { kind, slot }: { readonly kind: TextKind; readonly slot: Slot },
): number {
  const called = isNamedBefore(before) && ['name', 'plain', 'message'].includes(kind) ? 0.6 : 0;
  const by = before === 'by' && CREATORS.test(slot.words.join(' ')) ? 0.7 : 0;
  return called + by + (slot.words.at(-1) === before ? 0.4 : 0);
}

const CREATORS = /\b(?:artist|author|band|director|composer|painter|writer|creator|singer|musician|brand|maker)\b/u;

/** Slots for places that the gazetteer knows all of, or nearly. */
const STATES = /\b(?:country|state|continent)\b/u;

/** Teams and clubs bear the names of their cities. */
const TEAMS = /\b(?:team|club|school|university|airport|museum)\b/u;

/** "Premier League" says that it is a league, "Battle of Hastings" a battle. */
function bearsName(candidate: TextCandidate, slot: Slot): boolean {
  const words = candidate.text.toLowerCase().split(/[\s,]+/u);
  return words.length > 1 && slot.words.some((word) => word === words.at(-1) || word === words[0]);
}

const isNamedBefore = (word: string): boolean => ['called', 'named', 'titled', 'labelled', 'labeled'].includes(word);

function placeSuit(candidate: TextCandidate): number {
  if (isPlace(candidate.text)) return 0.7;
  if (candidate.source === 'quoted') return -0.5;
  // A postal code.
  if (candidate.source === 'number') return /^\d{5}$/u.test(candidate.text) ? 1.1 : -0.5;
  if (candidate.source === 'chunk') return PLACE_WORDS.has(candidate.before) ? 0 : -0.2;
  return candidate.source === 'proper' && PLACE_WORDS.has(candidate.before) ? 0.5 : 0.1;
}

const FROM_FIRST = { wanted: ['from', 'between'], opposite: 'to' };
const TO_FIRST = { wanted: ['to', 'and'], opposite: 'from' };

function directionSuit(before: string, { wanted, opposite }: typeof FROM_FIRST): number {
  if (wanted.includes(before)) return 0.9;
  return before === opposite ? -0.9 : 0;
}

/** How much of the candidate is only the tool's own topic: "stock price" is no company. */
function topicShare(candidate: TextCandidate, toolStems: ReadonlySet<string>): number {
  const stems = wordsOf(candidate.text)
    .map((word) => stem(word.lower))
    .filter((each) => !isStopWord(each));
  if (stems.length === 0) return 1;
  const own = stems.filter((each) => toolStems.has(each) || isGeneric(each)).length;
  return (candidate.source === 'chunk' ? 0.6 : 0.4) * (own / stems.length);
}
