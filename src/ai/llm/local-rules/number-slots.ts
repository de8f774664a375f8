import { cueStrength } from './cues.ts';
import { isGeneric, isStopWord, likeness } from './lexicon.ts';
import { stem } from './stem.ts';
import type { NumberMention } from './numbers.ts';
import type { Reading } from './reading.ts';
import type { Slot } from './tool-view.ts';
import { convertUnit, dimensionOf, unitsNamedIn } from './units.ts';

const has = (slot: Slot, pattern: RegExp): boolean => pattern.test(slot.words.join(' '));

const RATE = /\b(?:rate|percent|percentage|probability|interest|yield|ratio|discount|apr|tax|tip|margin|growth)\b/u;
const MONEY =
  /\b(?:price|cost|amount|principal|budget|salary|income|investment|deposit|payment|fee|money|value|balance|loan|revenue|capital|cash|rent|debts?|bill|equity|gain|profit|worth|dollars|principle)\b/u;
const COUNT = /\b(?:count|people|guests|persons|adults|children|quantity|number|limit|rooms|bedrooms|stars|tickets)\b/u;
const YEAR = /\byear\b/u;
const ORDINAL = /\b(?:index|position|nth|n|place|rank|floor|term|grade|order|day)\b/u;
const DIMENSION_WORDS: Readonly<Record<string, RegExp>> = {
  length:
    /\b(?:length|distance|height|width|radius|diameter|depth|side|base|altitude|thickness|wavelength|displacement|separation)/u,
  economy: /\b(?:mpg|efficiency|economy|mileage)/u,
  mass: /\b(?:mass|weight|load)/u,
  time: /\b(?:time|duration|hours?|minutes?|seconds?|days?|weeks?|period|interval|timeframe)/u,
  calendar: /\b(?:years?|months?|duration|period|term|time|timeframe|age|tenure)/u,
  night: /\b(?:nights?|duration|stay|days)/u,
  speed: /\b(?:speed|velocity)/u,
  acceleration: /\b(?:acceleration|gravity)/u,
  temperature: /\b(?:temp|temperature)/u,
  angle: /\b(?:angle|theta|latitude|longitude|degrees)/u,
  area: /\barea/u,
  volume: /\b(?:volume|capacity)/u,
  pressure: /\bpressure/u,
  current: /\b(?:current|i)\b/u,
  voltage: /\b(?:voltage|v|potential)\b/u,
  resistance: /\b(?:resistance|r)\b/u,
  force: /\bforce/u,
  energy: /\benergy/u,
  power: /\bpower/u,
  frequency: /\bfrequency/u,
  charge: /\b(?:charge|q)/u,
  amount: /\b(?:moles?|n|amount)\b/u,
};

/** A number that may be the value of a slot. */
export interface NumberFit {
  readonly slot: Slot;
  readonly place: NumberMention;
  readonly reading: Reading;
}

/** How well a number suits a slot; above 0 plausible, above 0.5 announced by its words or unit. */
export function numberSuit(fit: NumberFit): number {
  const { slot, place, reading } = fit;
  const before = reading.text.slice(Math.max(0, place.start - 30), place.start);
  return (
    cueStrength(fit) +
    unitSuit(slot, place) +
    shapeSuit(fit) +
    yearSuit(fit) +
    countSuit(fit) +
    directionSuit(slot, before) +
    limitSuit(fit) +
    (nameStandsBefore(slot, before) ? 0.4 : 0)
  );
}

const LOWER = /\b(?:start|from|lower|min|minimum|begin|beginning|low|initial)\b/u;
const UPPER = /\b(?:end|to|upper|max|maximum|finish|high|final|stop)\b/u;

/** "From 3 to 7", "between 3 and 7". */
function directionSuit(slot: Slot, before: string): number {
  const word = /(\p{L}+)\s*$/u.exec(before)?.[1]?.toLowerCase() ?? '';
  const [lower, upper] = [has(slot, LOWER), has(slot, UPPER)];
  if (['from', 'between'].includes(word)) return lower ? 0.6 : upper ? -0.6 : 0;
  return ['to', 'and', 'until'].includes(word) ? (upper ? 0.4 : lower ? -0.4 : 0) : 0;
}

const LIMIT =
  /^(?:limit|count|max results|num results|number of results|results|top n|n|top|max|num|number|quantity|amount)$/u;

/** "Five thrillers", "the top 10 songs" for a slot that limits how many are wanted. */
function limitSuit({ slot, place: mention, reading }: NumberFit): number {
  if (slot.type !== 'integer' || !LIMIT.test(slot.words.join(' ')) || mention.unit !== undefined || mention.currency)
    return 0;
  return /^\s+(?:\p{L}+\s+){0,2}\p{L}{2,}s\b/u.test(reading.text.slice(mention.end, mention.end + 40)) ? 0.7 : 0;
}

/** "level 9", "radius of 4", "k = 3". */
function nameStandsBefore(slot: Slot, text: string): boolean {
  const before = /(\p{L}+)(?: (?:of|is|to)| ?[=:])? ?[$€£]?$/u.exec(text)?.[1];
  return before !== undefined && stem(before.toLowerCase()) === stem(slot.words.at(-1) ?? '');
}

const COUNTED =
  /\b(?:number|count|how many|quantity|amount) (?:of )?(?:the )?(?<first>\p{L}+)(?: (?<second>\p{L}+))?/iu;

/** "6 chords" for a slot that takes the number of chords. */
function countSuit({ slot, place: mention, reading }: NumberFit): number {
  const groups = COUNTED.exec(`${slot.description} / ${slot.words.join(' ')}`)?.groups ?? {};
  if (mention.unit !== undefined || mention.percent) return 0;
  const nouns = [groups['first'], groups['second'], ...slot.words].flatMap((word) =>
    word === undefined || /\d/u.test(word) || isStopWord(word) || isGeneric(stem(word))
      ? []
      : [stem(word.toLowerCase())],
  );
  const person = nouns.some((noun) => likeness(noun, 'person') >= 0.75);
  if (person && /^ of (?:us|them)\b/iu.test(reading.text.slice(mention.end, mention.end + 8))) return 0.8;
  const after = reading.words.filter((word) => word.start >= mention.end && word.start - mention.end < 20).slice(0, 2);
  return after.some((word) => nouns.some((noun) => likeness(noun, word.stem) >= 0.75)) ? 0.8 : 0;
}

function unitSuit(slot: Slot, mention: NumberMention): number {
  if (mention.percent) return has(slot, RATE) ? 0.9 : -0.3;
  if (mention.currency) return has(slot, MONEY) ? 0.8 : takesNoMoney(slot) ? -0.8 : -0.1;
  if (mention.unit === undefined) return 0;
  const own = slot.words.join(' ');
  const named = unitsNamedIn(`${own} ${slot.description}`);
  if (named.includes(mention.unit)) return 0.9;
  const dimension = dimensionOf(mention.unit) ?? '';
  const isSpan = ['time', 'calendar', 'night'].includes(dimension);
  if (has(slot, MONEY) || (has(slot, COUNT) && !isSpan)) return -0.8;
  if (DIMENSION_WORDS[dimension]?.test(own) === true) return 0.7;
  if (named.some((unit) => dimensionOf(unit) === dimension)) return 0.6;
  return named.length > 0 ? -0.7 : -0.15;
}

function takesNoMoney(slot: Slot): boolean {
  const measures = Object.values(DIMENSION_WORDS).some((words) => has(slot, words));
  return measures || has(slot, RATE) || has(slot, COUNT);
}

function shapeSuit({ slot, place: mention, reading }: NumberFit): number {
  let suit = 0;
  // "Between two charges of 1 C and 2 C": the word only counts the things.
  if (isWorded(mention, reading) && reading.numbers.some((other) => !isWorded(other, reading))) suit -= 0.3;
  if (slot.type === 'integer' && !Number.isInteger(mention.value)) suit -= mention.percent ? 0 : 1;
  if (slot.minimum !== undefined && mention.value < slot.minimum) suit -= 2;
  if (slot.maximum !== undefined && slot.maximum > 1 && mention.value > slot.maximum) suit -= 2;
  if (mention.ordinal) suit += has(slot, ORDINAL) ? 0.3 : -1;
  return suit;
}

/** A year suits a slot for years, and hardly another. */
function yearSuit({ slot, place: mention, reading }: NumberFit): number {
  if (mention.unit !== undefined || mention.currency || mention.percent) return 0;
  if (isYear(mention, reading)) return has(slot, YEAR) ? 0.9 : has(slot, MONEY) ? -0.7 : -0.5;
  return YEAR.test(slot.words.at(-1) ?? '') && (mention.value < 1000 || mention.value > 2200) ? -0.5 : 0;
}

const YEAR_OPENERS =
  /^(?:in|from|since|until|till|by|of|year|years|during|after|before|to|and|between|for|through|around|season|fy|the|[a-z]{3,9}|[-–/,'’(])$/iu;

function isWorded(mention: NumberMention, reading: Reading): boolean {
  return !/\d/u.test(reading.text.slice(mention.start, mention.end));
}

export function isYear(mention: NumberMention, reading: Reading): boolean {
  const raw = reading.text.slice(mention.start, mention.end);
  const before = /([\p{L}]+|[-–/,'’(])\s*$/u.exec(
    reading.text.slice(Math.max(0, mention.start - 12), mention.start),
  )?.[1];
  return /^(?:1[2-9]|20)\d{2}$/u.test(raw) && (before === undefined || YEAR_OPENERS.test(before));
}

/** The number in the form the slot's description asks for: fraction or percent, its unit, whole or not. */
export function numberValue(slot: Slot, mention: NumberMention): number {
  let value = mention.value;
  if (mention.percent && wantsFraction(slot)) value = Number((value / 100).toPrecision(12));
  if (mention.unit !== undefined) {
    const named = unitsNamedIn(` ${slot.description} ${slot.words.join(' ')}`);
    const target = named.includes(mention.unit) ? undefined : named.find((unit) => convertible(unit, mention));
    if (target !== undefined) value = convertUnit({ value, from: mention.unit, to: target }) ?? value;
  }
  return slot.type === 'integer' ? Math.round(value) : value;
}

function convertible(unit: string, mention: NumberMention): boolean {
  return (
    mention.unit !== undefined && convertUnit({ value: mention.value, from: mention.unit, to: unit }) !== undefined
  );
}

function wantsFraction(slot: Slot): boolean {
  if (slot.type === 'integer') return false;
  const text = `${slot.description} ${slot.words.join(' ')}`.toLowerCase();
  if (/\b(?:decimal|fraction|between 0 and 1)\b|\b0\.\d/u.test(text) || slot.maximum === 1) return true;
  if (/percent|%/u.test(text)) return false;
  return (
    slot.words.some((word) => ['rate', 'probability', 'yield'].includes(word)) || slot.words.includes(stem('level'))
  );
}
