import { assign } from './assignment.ts';
import { currencyMentions } from './currencies.ts';
import { isFree, keep, note, openTexts, type Draft, type Range } from './draft.ts';
import { isColor } from './gazetteer.ts';
import { overlaps, type Reading } from './reading.ts';
import { textKind } from './text-kind.ts';
import type { Slot } from './tool-view.ts';

/** Currencies in the order of the text, unless the words around them say which is which. */
export function fillCurrencies(draft: Draft): void {
  const { reading } = draft;
  const wanted = openTexts(draft).filter((slot) => textKind(slot) === 'currency');
  if (wanted.length === 0) return;
  const made = assign({
    slots: wanted,
    candidates: currencyMentions(reading.text),
    suit: (slot, mention) => currencySuit(slot, surroundings(mention, reading)),
    threshold: () => 0,
  });
  for (const { slot, candidate } of made) {
    note({ draft, slot, value: candidate.code });
  }
}

/** The colors a request names, in order. */
export function fillColors(draft: Draft): void {
  for (const slot of openTexts(draft)) {
    if (textKind(slot) !== 'color') continue;
    const word = draft.reading.words.find((each) => isColor(each.lower) && isFree(each, draft));
    if (word) keep({ draft, slot, value: word.text, from: word });
  }
}

/** "Convert 3 cups to tablespoons", "how many tablespoons are 3 cups": the unit of the number, and the other one. */
export function fillUnits(draft: Draft): void {
  const wanted = openTexts(draft).filter((slot) => textKind(slot) === 'unit');
  if (wanted.length === 0) return;
  const { text } = draft.reading;
  const source = /\d\s?(?<unit>(?:square |cubic |degrees? )?[\p{L}°/²³]+)/iu.exec(text)?.groups?.['unit'];
  const targets = text.matchAll(/\b(?:to|into|in|how many|as)\s+(?<unit>(?:square |cubic |degrees? )?[\p{L}°/²³]+)/giu);
  const target = [...targets].map((match) => match.groups?.['unit']).find((unit) => unit !== source);
  for (const slot of wanted) {
    const value = TARGET.test(slot.words.join(' ')) ? target : source;
    if (value !== undefined) note({ draft, slot, value });
  }
}

const TARGET = /\b(?:to|target|destination|quote|into|output|desired)\b/u;
const SOURCE = /\b(?:from|source|base|origin|input)\b/u;

interface Surroundings {
  /** It stands with an amount. */
  readonly amount: boolean;
  /** It stands after "to", "into", "in". */
  readonly into: boolean;
}

function surroundings(mention: Range, reading: Reading): Surroundings {
  const before = reading.text.slice(Math.max(0, mention.start - 24), mention.start);
  return {
    into: /\b(?:to|into|in|for|as)\s+(?:the )?$/iu.test(before),
    amount: reading.numbers.some((number) => overlaps(number, mention) || number.end === mention.start - 1),
  };
}

function currencySuit(slot: Slot, { amount, into }: Surroundings): number {
  const name = slot.words.join(' ');
  if (TARGET.test(name)) return amount ? 0 : into ? 1 : 0.3;
  if (SOURCE.test(name)) return amount ? 1 : into ? 0.1 : 0.6;
  return into ? 1 : amount ? 0.3 : 0.5;
}
