import { chunkSpans, codeSpans } from './chunks.ts';
import { isGeneric } from './lexicon.ts';
import { overlaps, type Reading } from './reading.ts';
import { wordBefore, type Span } from './spans.ts';
import { stem } from './stem.ts';
import { wordsOf } from './tokenise.ts';

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
  const spelled = codeSpans(reading.text).filter((code) => !reading.quoted.some((other) => overlaps(code, other)));
  // "OS87" and "E-1009" are codes, however capital their letters.
  const isCode = (proper: Span) =>
    spelled.some((code) => /\d/u.test(code.text) && overlaps(code, proper) && code.end >= proper.end);
  const propers = reading.propers.filter((proper) => !isCode(proper));
  const strong = [...from(reading.quoted, 'quoted'), ...from(propers, 'proper')];
  const codes = from([...reading.paths, ...spelled], 'code').filter(
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
  const stripped = wordsOf(candidate.text.slice(0, first.start)).at(-1)?.lower;
  const before = stripped ?? candidate.before;
  return { ...candidate, before, text: candidate.text.slice(first.start, last.end), start, end };
}
