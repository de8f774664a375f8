import { chunkSpans, codeSpans } from './chunks.ts';
import { cueStrength } from './cues.ts';
import { isColor, isPeople, isPlace } from './gazetteer.ts';
import { isGeneric, isStopWord } from './lexicon.ts';
import { overlaps, type Reading } from './reading.ts';
import { wordBefore, type Span } from './spans.ts';
import { stem } from './stem.ts';
import { wordsOf } from './tokenise.ts';
import type { Slot } from './tool-view.ts';

/** What sort of text a slot takes, read from its format, name and description. */
export type TextKind =
  | 'unit'
  | 'month'
  | 'date'
  | 'time'
  | 'email'
  | 'url'
  | 'path'
  | 'expression'
  | 'formula'
  | 'query'
  | 'message'
  | 'place'
  | 'name'
  | 'code'
  | 'currency'
  | 'people'
  | 'color'
  | 'plain';

const KINDS: readonly (readonly [kind: TextKind, words: RegExp])[] = [
  ['month', /^month$/u],
  ['unit', /\b(?:from|to|source|target|input|output|original|desired) units?\b|^units? (?:from|to)$/u],
  ['currency', /\bcurrency\b|^(?:from|to|source|target|base|quote)? ?currenc(?:y|ies)$/u],
  ['color', /\b(?:colou?r|colou?rs|shade)\b/u],
  ['people', /\b(?:cuisine|language|lang|nationality|ethnicity)\b/u],
  ['date', /\b(?:date|day|deadline|birthday|checkin|checkout|check in|check out)\b/u],
  ['time', /\btime$|^(?:start|end)? ?time\b/u],
  ['email', /\b(?:email|e mail|recipient email|cc|bcc)\b/u],
  ['url', /\b(?:url|uri|link|website|webpage|href|endpoint)\b/u],
  ['path', /\b(?:path|file|filename|filepath|folder|directory)\b/u],
  ['expression', /\b(?:expression|calculation|arithmetic)\b/u],
  ['formula', /^(?:function|equation|formula|func|polynomial|f)$/u],
  ['message', /\b(?:message|body|content|note|caption|comment|subject|title|description|text)\b/u],
  ['query', /\b(?:query|q|question|search|keywords?|prompt|request|input|term|phrase)\b/u],
  [
    'code',
    /\b(?:id|code|symbol|ticker|isbn|sku|identifier|zip|zipcode|postal|vin|number|currency|uuid|hash|key|version)\b/u,
  ],
  [
    'place',
    /\b(?:city|location|place|country|state|region|address|origin|destination|departure|arrival|area|town|venue|loc|county|continent|airport|from|to|point|start|end|source|neighborhood|locality)\b/u,
  ],
  [
    'name',
    /\b(?:name|person|player|team|artist|author|actor|company|brand|title|director|user|username|author|celebrity|organization|restaurant|hotel|school|university|movie|book|song|album|band|league|event|club|president|scientist|painter|composer|museum|landmark|judge|plaintiff|defendant|contact|recipient|attendee|game|show|building|river|mountain)\b/u,
  ],
];

export function textKind(slot: Slot): TextKind {
  const name = slot.words.join(' ');
  if (slot.format === 'date' || slot.format === 'date-time') return 'date';
  if (slot.format === 'time') return 'time';
  if (slot.format === 'email') return 'email';
  if (slot.format === 'uri' || slot.format === 'url') return 'url';
  const formatted = /YYYY|\bISO 8601\b|format.{0,12}\bdate\b/u.test(slot.description);
  if (formatted && !/\btime\b/u.test(name)) return 'date';
  if (/\bHH:?MM\b/iu.test(slot.description) && !/\bdate\b/u.test(name)) return 'time';
  for (const [kind, pattern] of KINDS) if (pattern.test(name)) return kind;
  return /\b(?:city|country|location|state)\b/iu.test(slot.description.slice(0, 60)) ? 'place' : 'plain';
}

export interface TextCandidate extends Span {
  readonly source: 'quoted' | 'proper' | 'code' | 'chunk' | 'number';
}

/** Everything in the text that may be the value of a text slot, without what lies in `taken`. */
export function textCandidates(
  reading: Reading,
  taken: readonly { readonly start: number; readonly end: number }[],
): readonly TextCandidate[] {
  const free = (span: Span) => !taken.some((other) => overlaps(span, other));
  const from = (spans: readonly Span[], source: TextCandidate['source']) =>
    spans.filter(free).map((span): TextCandidate => ({ ...span, source }));
  const strong = [...from(reading.quoted, 'quoted'), ...from(reading.propers, 'proper')];
  const codes = from([...reading.paths, ...codeSpans(reading.text)], 'code').filter(
    (code) => !strong.some((other) => overlaps(code, other)),
  );
  const named = [...strong, ...codes];
  const chunks = from(chunkSpans(reading, taken), 'chunk').flatMap((chunk) =>
    named.some((other) => overlaps(chunk, other)) ? [] : [chunk],
  );
  const numbers = reading.numbers.map((number) => ({
    text: reading.text.slice(number.start, number.end),
    start: number.start,
    end: number.end,
    before: wordBefore(reading.text, number.start),
  }));
  const bare = from(numbers, 'number').filter((number) => !codes.some((code) => overlaps(code, number)));
  return [...named, ...chunks, ...bare].toSorted((left, right) => left.start - right.start);
}

/**
 * Plain nouns without the tool's own words at their ends: "jazz playlist" is `jazz` for a tool that makes
 * playlists, "customers table" `customers` for one with a slot `table`.
 */
export function withoutTopic(candidate: TextCandidate, topic: ReadonlySet<string>): TextCandidate {
  if (candidate.source !== 'chunk') return candidate;
  const words = wordsOf(candidate.text).slice();
  const isTopic = (word: { readonly lower: string } | undefined) =>
    word !== undefined && (topic.has(stem(word.lower)) || isGeneric(stem(word.lower)));
  while (words.length > 1 && isTopic(words.at(-1))) words.pop();
  while (words.length > 1 && isTopic(words[0])) words.shift();
  const [first, last] = [words[0], words.at(-1)];
  if (first === undefined || last === undefined) return candidate;
  const [start, end] = [candidate.start + first.start, candidate.start + last.end];
  return { ...candidate, text: candidate.text.slice(first.start, last.end), start, end };
}

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

/** How well a stretch of text suits a text slot; above 0 plausible, above 0.9 announced. */
export function textSuit({
  slot,
  candidate,
  reading,
  toolStems,
}: {
  readonly slot: Slot;
  readonly candidate: TextCandidate;
  readonly reading: Reading;
  readonly toolStems: ReadonlySet<string>;
}): number {
  const kind = textKind(slot);
  const name = slot.words.join(' ');
  const directed = ORIGIN.test(name) || DESTINATION.test(name);
  let suit = BASE[candidate.source] + (directed ? 0.1 : 0.8) * cueStrength(slot, candidate, reading);
  if (candidate.source === 'proper' && endsWithName(candidate, slot)) suit += 1;
  if (kind === 'place') suit += placeSuit(candidate);
  else if (isPlace(candidate.text))
    suit -= kind === 'name' ? (TEAMS.test(name) ? 0 : 0.5) : kind === 'people' ? 1 : 0.35;
  if (isPeople(candidate.text)) suit += kind === 'people' ? 0.8 : -0.8;
  if (isColor(candidate.text)) suit += kind === 'color' ? 1.2 : -0.5;
  else if (kind === 'color') suit -= 0.6;
  if (kind === 'people' && !isPeople(candidate.text) && candidate.source === 'proper') suit -= 0.4;
  if (kind === 'name' && candidate.source === 'proper') suit += 0.3;
  if (kind === 'plain' && candidate.source === 'number') suit += 0.4;
  if (kind === 'code') suit += { code: 0.6, number: 0.7, chunk: -0.4, proper: 0, quoted: 0 }[candidate.source];
  if (isNamedBefore(candidate.before) && ['name', 'plain', 'message'].includes(kind)) suit += 0.6;
  if (slot.words.at(-1) === candidate.before) suit += 0.4;
  if (ORIGIN.test(name)) suit += directionSuit(candidate.before, 'from', 'to');
  if (DESTINATION.test(name)) suit += directionSuit(candidate.before, 'to', 'from');
  if (candidate.source === 'chunk' || candidate.source === 'proper') suit -= topicShare(candidate, toolStems);
  return suit;
}

/** Teams and clubs bear the names of their cities. */
const TEAMS = /\b(?:team|club|school|university|airport|museum)\b/u;

/** "Premier League" says that it is a league, "Supreme Court" a court. */
function endsWithName(candidate: TextCandidate, slot: Slot): boolean {
  const words = candidate.text.toLowerCase().split(/[\s,]+/u);
  return words.length > 1 && slot.words.some((word) => word === words.at(-1));
}

const isNamedBefore = (word: string): boolean => ['called', 'named', 'titled', 'labelled', 'labeled'].includes(word);

function placeSuit(candidate: TextCandidate): number {
  if (isPlace(candidate.text)) return 0.7;
  // A postal code.
  if (candidate.source === 'number') return /^\d{5}$/u.test(candidate.text) ? 1.1 : -0.5;
  if (candidate.source === 'chunk') return PLACE_WORDS.has(candidate.before) ? 0 : -0.2;
  return candidate.source === 'proper' && PLACE_WORDS.has(candidate.before) ? 0.5 : 0.1;
}

function directionSuit(before: string, wanted: string, opposite: string): number {
  if (before === wanted || (wanted === 'from' && before === 'between') || (wanted === 'to' && before === 'and'))
    return 0.9;
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

const REQUEST_OPENING =
  /^(?:(?:please|hi|hello|hey|ok|okay|so)[,!.\s]+)*(?:(?:can|could|would|will) you (?:please )?)?(?:(?:please )?(?:search|look)(?: the (?:web|internet|documents|docs|files))? (?:for|up)|search (?:the )?(?:web|internet|documents|docs) for|find (?:me )?(?:information (?:on|about) )?|google|look into|tell me about|i want to know(?: about)?)\s+/iu;

/** What a search should look for: the quoted part, or the request without its polite opening. */
export function queryText(reading: Reading): string {
  const only = reading.quoted.length === 1 ? reading.quoted[0] : undefined;
  if (only && only.text.split(/\s+/u).length > 1) return only.text;
  const stripped = reading.text
    .trim()
    .replace(REQUEST_OPENING, '')
    .replace(/[\s.?!]+$/u, '')
    .trim();
  return stripped === '' ? reading.text.trim() : stripped;
}

/** What a message should say: the quoted part, or what follows "saying", "that", or a colon. */
export function messageText(reading: Reading): string | undefined {
  const announced =
    /\b(?:saying|that says|which says|says|with (?:the )?(?:message|text|content|body)|about|titled|called|named|reading)\s*:?\s+(?<said>[^\n]+)|:\s+(?<colon>[^\n]+)$/iu.exec(
      reading.text,
    );
  const said = announced?.groups?.['said'] ?? announced?.groups?.['colon'];
  return said?.trim().replace(/^["'“‘]|["'”’]?[.?!]*$/gu, '');
}
