import { unitOf } from './units.ts';

/** A number that a text names, with what stands around it. */
export interface NumberMention {
  readonly value: number;
  readonly start: number;
  /** After the number and its scale, percent sign or unit. */
  readonly end: number;
  readonly percent: boolean;
  readonly currency: boolean;
  /** Canonical unit, such as `meter`. */
  readonly unit?: string;
  /** `third`, `3rd`. */
  readonly ordinal: boolean;
}

const SMALL =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const ORDINALS = 'zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth'.split(' ');
const SCALES: Readonly<Record<string, number>> = {
  hundred: 100,
  thousand: 1000,
  k: 1000,
  million: 1e6,
  m: 1e6,
  mn: 1e6,
  billion: 1e9,
  bn: 1e9,
  b: 1e9,
  trillion: 1e12,
};

const WORD_VALUES = new Map<string, number>([
  ...SMALL.map((word, value): [string, number] => [word, value]),
  ...TENS.map((word, index): [string, number] => [word, 20 + 10 * index]),
  ['dozen', 12],
]);

const NUMBER_WORD = [...WORD_VALUES.keys()].join('|');
const NUMERAL = String.raw`\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+`;
const MENTION = new RegExp(
  [
    String.raw`(?<currency>[$€£¥₹]\s?)?(?<![\p{L}\p{N}_.])(?<sign>(?<![\p{N})]\s*)[-−])?(?<digits>${NUMERAL})`,
    String.raw`(?:\s?[x×*]\s?10\s?\^\s?(?<power>[-−]?\d+)|e(?<exponent>[-+]?\d+))?(?<suffix>st|nd|rd|th)?`,
    String.raw`(?:\s?(?<scale>hundred|thousand|million|billion|trillion|(?:mn|bn|(?<!\s)k)(?![\p{L}]))|(?<shortScale>[MB])(?![\p{L}]))?`,
    String.raw`(?<percent>\s?%|\s?percent(?:age)?\b|\s?per\s?cent\b)?(?<money>\s?(?:dollars?|euros?|pounds|usd|eur|gbp|yen|rupees|bucks)\b)?`,
  ].join(''),
  'giu',
);
const WORDED = new RegExp(
  String.raw`(?<![\p{L}\p{N}])(?:a hundred|(?:${NUMBER_WORD}))(?:(?:[\s-]+|\s+and\s+)(?:${NUMBER_WORD}|hundred|thousand|million|billion)(?![\p{L}]))*(?![\p{L}])(?<percent>\s?%|\s?percent\b)?(?<money>\s?(?:dollars?|euros?|pounds|usd|bucks)\b)?`,
  'giu',
);
const ORDINAL = new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${ORDINALS.slice(1).join('|')})(?![\p{L}])`, 'giu');

/** Every number a text names, in digits or English words, in order. */
export function numberMentions(text: string): readonly NumberMention[] {
  const mentions = [...text.matchAll(MENTION)].flatMap((match) => numeral(match, text));
  const spans = [...text.matchAll(/(?<![\p{L}\p{N}])(?<span>decade|century|couple|fortnight)(?![\p{L}\p{N}])/giu)].map(
    spanNumber,
  );
  const worded = [...text.matchAll(WORDED)].map((match) => wordedNumber(match, text));
  const ordinals = [...text.matchAll(ORDINAL)].map((match): NumberMention => ({
    value: ORDINALS.indexOf(match[0].toLowerCase()),
    start: match.index,
    end: match.index + match[0].length,
    percent: false,
    currency: false,
    ordinal: true,
  }));
  const all = [
    ...mentions,
    ...worded,
    ...spans.filter((span) => !mentions.some((mention) => /^\s*$/u.test(text.slice(mention.end, span.start)))),
  ];
  const free = ordinals.filter(
    (ordinal) => !all.some((other) => other.start < ordinal.end && ordinal.start < other.end),
  );
  return [...all, ...free].toSorted((left, right) => left.start - right.start);
}

function numeral(match: RegExpMatchArray, text: string): readonly NumberMention[] {
  const groups = match.groups ?? {};
  const start = match.index ?? 0;
  const end = start + match[0].trimEnd().length;
  // A digit run glued to letters (rs6034464, Fe2O3) is part of a name, unless those letters are a unit.
  const after = /^[\p{L}]+/u.exec(text.slice(end))?.[0];
  const kelvin = isKelvin(match, text);
  const unit = kelvin ? { unit: 'kelvin', length: 0 } : unitOf(text.slice(end));
  if (after !== undefined && unit === undefined && groups['scale'] === undefined && after.length > 0) return [];
  const scale = kelvin ? 1 : (SCALES[(groups['scale'] ?? groups['shortScale'] ?? '').toLowerCase()] ?? 1);
  return [
    {
      value: scale * magnitudeOf(groups),
      start,
      end: end + (unit?.length ?? 0),
      percent: groups['percent'] !== undefined,
      currency: groups['currency'] !== undefined || groups['money'] !== undefined,
      ordinal: groups['suffix'] !== undefined,
      ...(unit === undefined ? {} : { unit: unit.unit }),
    },
  ];
}

/** The digits with their sign and power of ten. */
function magnitudeOf(groups: Readonly<Record<string, string | undefined>>): number {
  const digits = Number((groups['digits'] ?? '').replaceAll(',', ''));
  const power = Number((groups['power'] ?? groups['exponent'] ?? '0').replace('−', '-'));
  const value = Number((digits * 10 ** power).toPrecision(15));
  return groups['sign'] === undefined ? value : -value;
}

/** `298K` is a temperature where the text speaks of heat, and a salary where it does not. */
function isKelvin(match: RegExpMatchArray, text: string): boolean {
  return (
    match.groups?.['scale'] === 'K' &&
    match.groups['currency'] === undefined &&
    /kelvin|temperature|thermal|heat/iu.test(text)
  );
}

function wordedNumber(match: RegExpMatchArray, text: string): NumberMention {
  const groups = match.groups ?? {};
  const start = match.index ?? 0;
  const end = start + match[0].length;
  const unit = unitOf(text.slice(end));
  return {
    value: wordsValue(match[0]),
    start,
    end: end + (unit?.length ?? 0),
    percent: groups['percent'] !== undefined,
    currency: groups['money'] !== undefined,
    ordinal: false,
    ...(unit === undefined ? {} : { unit: unit.unit }),
  };
}

const SPAN_VALUES: Readonly<Record<string, Pick<NumberMention, 'value' | 'unit'>>> = {
  decade: { value: 10, unit: 'year' },
  century: { value: 100, unit: 'year' },
  fortnight: { value: 2, unit: 'week' },
  couple: { value: 2 },
};

/** "The past decade" is ten years. */
function spanNumber(match: RegExpMatchArray): NumberMention {
  const start = match.index ?? 0;
  const known = SPAN_VALUES[match[0].toLowerCase()] ?? { value: 1 };
  return { ...known, start, end: start + match[0].length, percent: false, currency: false, ordinal: false };
}

function wordsValue(text: string): number {
  let total = 0;
  let current = 0;
  for (const word of text.toLowerCase().split(/[\s-]+/u)) {
    const small = word === 'a' ? 1 : WORD_VALUES.get(word);
    const scale = SCALES[word];
    if (small !== undefined) current = word === 'dozen' && current > 0 ? current * small : current + small;
    else if (scale === 100) current = (current || 1) * 100;
    else if (scale !== undefined) {
      total += (current || 1) * scale;
      current = 0;
    }
  }
  return total + current;
}
