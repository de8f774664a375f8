import { isGeneric, isStopWord, likeness } from './lexicon.ts';
import type { Reading } from './reading.ts';
import { stem } from './stem.ts';
import { wordsOf } from './tokenise.ts';
import type { Slot } from './tool-view.ts';

interface CueTerm {
  readonly stem: string;
  readonly weight: number;
}

type ReadingWord = Reading['words'][number];

const BEFORE = 5;
const AFTER = 3;
const termsOfSlot = new WeakMap<Slot, readonly CueTerm[]>();

/** Words that announce a slot's value: those of its name, and less so those of its description. */
function cueTerms(slot: Slot): readonly CueTerm[] {
  const known = termsOfSlot.get(slot);
  if (known) return known;
  const best = new Map<string, number>();
  const note = (word: string, weight: number) => best.set(word, Math.max(best.get(word) ?? 0, weight));
  for (const word of slot.words) if (!/\d/u.test(word)) note(stem(word), isGeneric(stem(word)) ? 0.5 : 1);
  for (const { lower } of wordsOf(slot.description.split(/\b(?:e\.g|such as|for example|default)/iu)[0] ?? '')) {
    const stemmed = stem(lower);
    if (!isStopWord(lower) && !isGeneric(stemmed) && lower.length > 1) note(stemmed, 0.4);
  }
  const terms = [...best].map(([each, weight]) => ({ stem: each, weight }));
  termsOfSlot.set(slot, terms);
  return terms;
}

interface Place {
  readonly start: number;
  readonly end: number;
}

/** A slot, and a stretch of a request that may be its value. */
export interface Cue {
  readonly slot: Slot;
  readonly place: Place;
  readonly reading: Reading;
}

/**
 * How strongly the words around a place announce the slot: near words count more, words before more
 * than words after, and those beyond a comma or an "and" much less. About 1 for its very name beside it.
 */
export function cueStrength({ slot, place, reading }: Cue): number {
  const terms = cueTerms(slot);
  const seen = new Map<string, number>();
  const before = wordsBefore(place.start, reading);
  const after = wordsAfter(place.end, reading);
  for (const [list, side] of [
    [before, 1],
    [after, 0.7],
  ] as const) {
    list.forEach((word, distance) => {
      const between =
        side === 1 ? reading.text.slice(word.end, place.start) : reading.text.slice(place.end, word.start);
      const reach = side * borderFactor(between) * (1 / (1 + 0.25 * distance));
      for (const term of terms) {
        const match = matchOf(term.stem, word) * term.weight * reach;
        if (match > (seen.get(term.stem) ?? 0)) seen.set(term.stem, match);
      }
    });
  }
  return [...seen.values()]
    .toSorted((left, right) => right - left)
    .slice(0, 3)
    .reduce((sum, each) => sum + each, 0);
}

/** The nearest words before a place, nearest first. Small words are passed over, for they carry no cue. */
function wordsBefore(start: number, { words }: Reading): readonly ReadingWord[] {
  const found: ReadingWord[] = [];
  for (let at = words.length - 1; at >= 0 && found.length < BEFORE; at--) {
    const word = words[at];
    if (word !== undefined && word.end <= start && carriesCue(word)) found.push(word);
  }
  return found;
}

function wordsAfter(end: number, { words }: Reading): readonly ReadingWord[] {
  const found: ReadingWord[] = [];
  for (const word of words) {
    if (found.length === AFTER) break;
    if (word.start >= end && carriesCue(word)) found.push(word);
  }
  return found;
}

/** One-letter words are names of variables: "a = 3". */
const carriesCue = ({ lower }: ReadingWord): boolean =>
  lower.length === 1 || !isStopWord(lower) || ['from', 'to', 'per', 'before', 'after', 'over', 'under'].includes(lower);

function matchOf(term: string, word: Reading['words'][number]): number {
  if (term.length === 1) return word.lower === term ? 1.2 : 0;
  return isStopWord(word.lower) && term !== word.stem ? 0 : likeness(term, word.stem);
}

function borderFactor(between: string): number {
  const borders = between.match(/[,;]|[.?!]\s|\band\b|\bwith\b|\b(?:to|by)\b/giu)?.length ?? 0;
  return 0.4 ** borders;
}
