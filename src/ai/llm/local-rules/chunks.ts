import { actionsOf, isGeneric, isStopWord } from './lexicon.ts';
import { overlaps, type Reading } from './reading.ts';
import { wordBefore, type Span } from './spans.ts';

type ReadingWord = Reading['words'][number];

interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * Runs of neighbouring content words that are no number, date or name: the plain nouns a request
 * speaks of ("plasma membrane", "deer"), without what lies in `taken`. A leading verb of asking ("find",
 * "calculate") is left out.
 */
export function chunkSpans(reading: Reading, taken: readonly Range[] = []): readonly Span[] {
  const runs: ReadingWord[][] = [];
  let run: ReadingWord[] = [];
  for (const word of reading.words) {
    const last = run.at(-1);
    const joined = last === undefined || /^[\s-]*$/u.test(reading.text.slice(last.end, word.start));
    const fits = isChunkWord(word, reading) && !taken.some((range) => overlaps(range, word));
    if (!joined || !fits) {
      if (run.length > 0) runs.push(run);
      run = [];
    }
    if (fits) run.push(word);
  }
  if (run.length > 0) runs.push(run);
  return runs.flatMap((words) => toSpan(words, reading));
}

function isChunkWord(word: ReadingWord, reading: Reading): boolean {
  if (isStopWord(word.lower) || NAMING.has(word.lower) || /\p{N}/u.test(word.lower)) return false;
  return ![...reading.numbers, ...reading.dates, ...reading.urls, ...reading.emails].some((span) =>
    overlaps(span, word),
  );
}

/** They announce a name and are no part of it. */
const NAMING = new Set(['called', 'named', 'titled', 'labelled', 'labeled']);
const ASKED = new Set(['what', 'which', 'whose', 'many', 'much']);
const PRONOUNS = new Set(['i', 'we', 'you', 'they', 'he', 'she', 'who', "i'm", "i'd", "don't", 'please', 'me']);

function toSpan(words: readonly ReadingWord[], reading: Reading): readonly Span[] {
  const kept = words.slice();
  while (kept.length > 1 && kept[0] && isGeneric(kept[0].stem)) kept.shift();
  // The verb that opens a request is what to do, not to what.
  if (kept[0] && kept[0].start === reading.words[0]?.start && actionsOf(kept[0].stem).size > 0) kept.shift();
  // What follows a pronoun is what is done, not to what.
  if (kept[0] && PRONOUNS.has(wordBefore(reading.text, kept[0].start))) kept.shift();
  // What is asked for is no value: "what year", "how many airports".
  if (kept[0] && ASKED.has(wordBefore(reading.text, kept[0].start))) kept.shift();
  const [first, last] = [kept[0], kept.at(-1)];
  if (!first || !last || (kept.length === 1 && isGeneric(first.stem))) return [];
  const text = reading.text.slice(first.start, last.end);
  return [{ text, start: first.start, end: last.end, before: wordBefore(reading.text, first.start) }];
}

/**
 * Words with digits, hyphens or low lines in them or in capitals: codes, symbols and identifiers such as
 * `rs6034464`, `payments-api` or `AAPL`.
 */
export function codeSpans(text: string): readonly Span[] {
  const pattern =
    /(?<![\p{L}\p{N}:])#?(?=[\p{L}\p{N}_-]*\p{N})(?=[\p{L}\p{N}_-]*[\p{L}_-])[\p{L}\p{N}][\p{L}\p{N}_-]+|(?<![\p{L}\p{N}])\p{Ll}+[_]\p{Ll}[\p{L}_]*|(?<![\p{L}\p{N}-])\p{Ll}{3,}-\p{Ll}{2,}(?:-\p{Ll}+)*(?![\p{L}\p{N}])|(?<![\p{L}\p{N}])\p{Lu}{2,6}(?![\p{L}\p{N}])|(?<![\p{L}\p{N}.])v?\d+(?:\.\d+){2,}(?![\p{L}\p{N}])|#[\p{L}\p{N}_-]+/gu;
  return [...text.matchAll(pattern)].map((match) => ({
    text: match[0].replace(/^#/u, ''),
    start: match.index,
    end: match.index + match[0].length,
    before: wordBefore(text, match.index),
  }));
}
