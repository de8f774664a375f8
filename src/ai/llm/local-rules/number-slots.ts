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
  /\b(?:price|cost|amount|principal|budget|salary|income|investment|deposit|payment|fee|money|value|balance|loan|revenue|capital|cash)\b/u;
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

/** How well a number suits a slot; above 0 plausible, above 0.5 announced by its words or unit. */
export function numberSuit(slot: Slot, mention: NumberMention, reading: Reading): number {
  return (
    cueStrength(slot, mention, reading) +
    unitSuit(slot, mention) +
    shapeSuit(slot, mention, reading) +
    countSuit(slot, mention, reading) +
    (nameStandsBefore(slot, reading.text.slice(Math.max(0, mention.start - 30), mention.start)) ? 0.4 : 0)
  );
}

/** "level 9", "radius of 4", "k = 3". */
function nameStandsBefore(slot: Slot, text: string): boolean {
  const before = /(\p{L}+)(?: (?:of|is|to)| ?[=:])? ?[$€£]?$/u.exec(text)?.[1];
  return before !== undefined && stem(before.toLowerCase()) === stem(slot.words.at(-1) ?? '');
}

const COUNTED =
  /\b(?:number|count|how many|quantity|amount) (?:of )?(?:the )?(?<first>\p{L}+)(?: (?<second>\p{L}+))?/iu;

/** "6 chords" for a slot that takes the number of chords. */
function countSuit(slot: Slot, mention: NumberMention, reading: Reading): number {
  const groups = COUNTED.exec(`${slot.description} / ${slot.words.join(' ')}`)?.groups;
  if (groups === undefined || mention.unit !== undefined || mention.percent) return 0;
  const nouns = [groups['first'], groups['second'], ...slot.words].flatMap((word) =>
    word === undefined || isStopWord(word) || isGeneric(stem(word)) ? [] : [stem(word.toLowerCase())],
  );
  const person = nouns.some((noun) => likeness(noun, 'person') >= 0.75);
  if (person && /^ of (?:us|them)\b/iu.test(reading.text.slice(mention.end, mention.end + 8))) return 0.8;
  const after = reading.words.filter((word) => word.start >= mention.end && word.start - mention.end < 20).slice(0, 2);
  return after.some((word) => nouns.some((noun) => likeness(noun, word.stem) >= 0.75)) ? 0.8 : 0;
}

function unitSuit(slot: Slot, mention: NumberMention): number {
  if (mention.percent) return has(slot, RATE) ? 0.9 : -0.3;
  if (mention.currency) return has(slot, MONEY) ? 0.8 : has(slot, RATE) ? -0.6 : -0.1;
  if (mention.unit === undefined) return 0;
  const named = unitsNamedIn(`${slot.words.join(' ')} ${slot.description}`);
  if (named.includes(mention.unit)) return 0.9;
  const dimension = dimensionOf(mention.unit) ?? '';
  if (DIMENSION_WORDS[dimension]?.test(slot.words.join(' ')) === true) return 0.7;
  if (named.some((unit) => dimensionOf(unit) === dimension)) return 0.6;
  return named.length > 0 ? -0.7 : -0.15;
}

function shapeSuit(slot: Slot, mention: NumberMention, reading: Reading): number {
  let suit = 0;
  // "Between two charges of 1 C and 2 C": the word only counts the things.
  if (isWorded(mention, reading) && reading.numbers.some((other) => !isWorded(other, reading))) suit -= 0.3;
  if (slot.type === 'integer' && !Number.isInteger(mention.value)) suit -= mention.percent ? 0 : 1;
  if (slot.minimum !== undefined && mention.value < slot.minimum) suit -= 2;
  if (slot.maximum !== undefined && slot.maximum > 1 && mention.value > slot.maximum) suit -= 2;
  if (mention.ordinal) suit += has(slot, ORDINAL) ? 0.3 : -1;
  const bare = mention.unit === undefined && !mention.currency && !mention.percent;
  if (bare && isYear(mention, reading)) suit += has(slot, YEAR) ? 0.9 : -0.5;
  else if (bare && YEAR.test(slot.words.at(-1) ?? '') && (mention.value < 1000 || mention.value > 2200)) suit -= 0.5;
  return suit;
}

function isWorded(mention: NumberMention, reading: Reading): boolean {
  return !/\d/u.test(reading.text.slice(mention.start, mention.end));
}

export function isYear(mention: NumberMention, reading: Reading): boolean {
  const raw = reading.text.slice(mention.start, mention.end);
  return /^(?:1[0-9]|20|21)\d{2}$/u.test(raw);
}

/** The number in the form the slot's description asks for: fraction or percent, its unit, whole or not. */
export function numberValue(slot: Slot, mention: NumberMention): number {
  let value = mention.value;
  if (mention.percent && wantsFraction(slot)) value = Number((value / 100).toPrecision(12));
  if (mention.unit !== undefined) {
    const named = unitsNamedIn(` ${slot.description} ${slot.words.join(' ')}`);
    const target = named.includes(mention.unit) ? undefined : named.find((unit) => convertible(unit, mention));
    if (target !== undefined) value = convertUnit(value, mention.unit, target) ?? value;
  }
  return slot.type === 'integer' ? Math.round(value) : value;
}

function convertible(unit: string, mention: NumberMention): boolean {
  return mention.unit !== undefined && convertUnit(mention.value, mention.unit, unit) !== undefined;
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
