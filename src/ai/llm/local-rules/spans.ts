import { isCommonWord, isStopWord } from './lexicon.ts';
import { wordsOf, type Word } from './tokenise.ts';

/** A stretch of a text that may be a value. */
export interface Span {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** The word right before it, in lower case. */
  readonly before: string;
}

const QUOTED = /(?<![\p{L}\p{N}])(["'“‘`])(?<inside>[^"“”`\n]{1,400}?)(?:["”’'`])(?![\p{L}\p{N}])/gu;
const EMAIL = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu;
const URL_PATTERN = /https?:\/\/[^\s"'<>]+[^\s"'<>.,;:!?)\]]/giu;
const PATH =
  /(?<![\p{L}\p{N}:/])(?:~|\.{1,2})?\/?(?:[\p{L}\p{N}_.-]+\/)+[\p{L}\p{N}_.-]*[\p{L}\p{N}_-]|(?<![\p{L}\p{N}/])[\p{L}\p{N}_-]+\.(?:txt|md|csv|json|pdf|docx?|xlsx?|png|jpe?g|ts|js|py|html?|ya?ml|sql|zip|mp[34])(?![\p{L}\p{N}])/giu;

function spansOf(text: string, pattern: RegExp): readonly Span[] {
  return [...text.matchAll(pattern)].map((match) => ({
    text: match.groups?.['inside'] ?? match[0],
    start: match.index,
    end: match.index + match[0].length,
    before: wordBefore(text, match.index),
  }));
}

export const quotedSpans = (text: string): readonly Span[] => spansOf(text, QUOTED);
const PHONE = /(?<![\p{L}\p{N}])\+?\(?\d[\d() /-]{4,18}\d(?![\p{L}\p{N}])/gu;

export const phoneSpans = (text: string): readonly Span[] => spansOf(text, PHONE);
const HOST = /(?<![\p{L}\p{N}@/.-])(?:[a-z\d](?:[a-z\d-]*[a-z\d])?\.)+[a-z]{2,12}(?![\p{L}\p{N}@])/giu;

export const hostSpans = (text: string): readonly Span[] => spansOf(text, HOST);
export const emailSpans = (text: string): readonly Span[] => spansOf(text, EMAIL);
export const urlSpans = (text: string): readonly Span[] => spansOf(text, URL_PATTERN);
export const pathSpans = (text: string): readonly Span[] => spansOf(text, PATH);

export function wordBefore(text: string, at: number): string {
  return /([\p{L}\p{N}]+)[^\p{L}\p{N}]*$/u.exec(text.slice(Math.max(0, at - 40), at))?.[1]?.toLowerCase() ?? '';
}

/** Small words that stand inside names, as in "University of Vienna" or "Vincent van Gogh". */
const NAME_LINKS = new Set(['of', 'the', 'van', 'von', 'de', 'da', 'di', 'del', 'la', 'le', 'al', 'bin', 'and', '&']);
const OPENERS = new Set(
  `what who where when why which how can could would will is are do does did find get give show tell calculate compute
  determine i please help let search book order buy play set turn create add delete remove update convert translate
  estimate predict solve draw generate send check list look make retrieve fetch provide identify evaluate analyze
  compare schedule track plan recommend suggest need want if given using for in on at from to and or but my the a an
  suppose assume also then hi hello hey thanks yes no plot sort return locate obtain describe explain write read against according pull run put rent take since after before
  considering based during assuming imagine consider fetch open close show summarize summarise start stop report now
  today tomorrow yesterday there here see track order cancel nothing
  something anything everything everyone nobody maybe perhaps however because although whether rate count measure fit use apply execute launch call ask`.split(
    /\s+/u,
  ),
);

/**
 * Capitalised spans: names of persons, places, works and firms, with links inside ("Bank of England"),
 * initials, and a trailing ", CA" kept. The first word of a sentence counts only if it opens no request.
 */
export function properSpans(text: string): readonly Span[] {
  const words = wordsOf(text);
  const spans: Span[] = [];
  for (let index = 0; index < words.length; index++) {
    const first = words[index];
    if (!first || !isNameWord(first, text)) continue;
    const last = nameEnd({ words, first: index, text });
    const end = words[last]?.end ?? first.end;
    const start = addressStart({ text, start: first.start, name: text.slice(first.start, end) });
    const address = start < first.start ? addressEnd(text, end) : end;
    spans.push({
      text: withoutPossessive(text.slice(start, address)),
      start,
      end: address,
      before: wordBefore(text, start),
    });
    index = address === end ? last : words.findLastIndex((word) => word.start < address);
  }
  return spans;
}

const STREET =
  /\b(?:Street|St|Avenue|Ave|Road|Rd|Parkway|Pkwy|Lane|Ln|Drive|Dr|Boulevard|Blvd|Way|Square|Place|Court|Ct|Highway|Terrace|Alley|Row)$/u;

/** A house number belongs to the street behind it. */
function addressStart({
  text,
  start,
  name,
}: {
  readonly text: string;
  readonly start: number;
  readonly name: string;
}): number {
  const number = STREET.test(name) ? /\d{1,5}[A-Za-z]? $/u.exec(text.slice(Math.max(0, start - 8), start)) : null;
  return number === null ? start : start - number[0].length;
}

/** The town, state and code that follow a street after commas. */
function addressEnd(text: string, end: number): number {
  const rest = /^(?:,? (?:\p{Lu}[\p{L}.]*(?: \p{Lu}[\p{L}.]*)*|\d{5}))+/u.exec(text.slice(end, end + 80));
  return end + (rest?.[0].length ?? 0);
}

function withoutPossessive(text: string): string {
  return text.replace(/['’]s$/u, '');
}

const CALENDAR_NAME =
  /^(?:January|February|March|April|June|July|August|September|October|November|December|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?)$/u;

function isNameWord(word: Word, text: string): boolean {
  if (!/^\p{Lu}/u.test(word.text)) return false;
  if (CALENDAR_NAME.test(word.text)) return false;
  if (word.text === 'I' || /^I['’]/u.test(word.text)) return false;
  const opensSentence = /(?:^|[.!?:]\s+|\n\s*)["'“‘(]?$/u.test(text.slice(Math.max(0, word.start - 4), word.start));
  if (OPENERS.has(word.lower)) return !opensSentence && word.text.length >= 3;
  if (!opensSentence) return true;
  // The capital says nothing here: a common word that no further name word follows is just a word.
  return (
    !isStopWord(word.lower) && (!isCommonWord(word.lower) || /^\s+\p{Lu}/u.test(text.slice(word.end, word.end + 3)))
  );
}

interface NameStart {
  readonly words: readonly Word[];
  /** Where in `words` the name begins. */
  readonly first: number;
  readonly text: string;
}

function nameEnd({ words, first, text }: NameStart): number {
  let last = first;
  for (let next = first + 1; next < words.length; next++) {
    const [from, to] = [words[last], words[next]];
    if (!from || !to || from.text.endsWith("'s") || from.text.endsWith('’s')) break;
    const gap = text.slice(from.end, to.start);
    if (isNameContinuation({ gap, to })) {
      last = next;
      continue;
    }
    const after = words[next + 1];
    const linked = /^\s*&?\s*$/u.test(gap) && NAME_LINKS.has(to.lower) && to.lower !== 'and';
    if (!linked || !after || !/^\p{Lu}/u.test(after.text) || !/^\s+$/u.test(text.slice(to.end, after.start))) break;
    last = next + 1;
    next += 1;
  }
  return last;
}

function isNameContinuation({ gap, to }: { readonly gap: string; readonly to: Word }): boolean {
  if (/^(?:\s+|-|\.\s?|\s?&\s?)$/u.test(gap)) return /^\p{Lu}|^\d{1,4}$/u.test(to.text);
  // ", CA" and ", NY": a state after its city.
  return gap === ', ' && /^\p{Lu}{2}$/u.test(to.text);
}

/** Parts of a listing: "a, b and c" gives a, b, c. */
export function listItems(text: string): readonly string[] {
  return text
    .split(/\s*(?:,\s*(?:and|or|&)\s+|,|;|\s+and\s+|\s+or\s+|\s+&\s+|\n)\s*/u)
    .map((item) => item.trim().replace(/^["'“‘([]+|["'”’).\]?!]+$/gu, ''))
    .filter((item) => item !== '');
}
