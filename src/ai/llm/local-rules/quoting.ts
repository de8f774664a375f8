import { isGeneric, isStopWord, likeness } from './lexicon.ts';
import type { Passage } from './passages.ts';
import { sentencesOf, type Sentence } from './sentences.ts';
import { stem } from './stem.ts';
import { wordsOf } from './tokenise.ts';

/** A sentence that answers, and where it stands. */
export interface Quote {
  readonly text: string;
  /** `path:start-end`, lines from 1. */
  readonly citation: string;
}

export interface Quotation {
  readonly quotes: readonly Quote[];
  /** Weighted share of the question's words that the quotes and their passage cover, 0 to 1. */
  readonly confidence: number;
}

/** Below this confidence the documents are taken not to answer. */
export const QUOTING_THRESHOLD = 0.5;
const MAXIMUM_QUOTES = 3;
const LEAST_GAIN = 0.12;
/** What a search ranked lower counts a little less. */
const RANK_DECAY = 0.97;

interface Term {
  readonly stem: string;
  readonly weight: number;
}

interface Scored {
  readonly sentence: Sentence;
  readonly passage: Passage;
  readonly covers: ReadonlyMap<string, number>;
  readonly score: number;
}

/**
 * Picks the sentences that say most of what the question asks. A question word weighs the more the
 * fewer passages have it (inverse document frequency, K. Spärck Jones, J. Documentation 28(1), 1972);
 * a word that no passage has weighs most, and so pulls the confidence down.
 */
export function quoteFor(question: string, passages: readonly Passage[]): Quotation {
  const terms = questionTerms(question, passages);
  const total = terms.reduce((sum, term) => sum + term.weight, 0);
  if (total === 0 || passages.length === 0) return { quotes: [], confidence: 0 };
  const scored = passages
    .flatMap((passage, rank) =>
      sentencesOf(passage.text).map((sentence) => scoreSentence({ sentence, passage, rank, terms })),
    )
    .toSorted((left, right) => right.score - left.score);
  const best = scored[0];
  if (best === undefined || best.covers.size === 0) return { quotes: [], confidence: 0 };
  const chosen = chooseSentences(scored, terms, total);
  const said = coverage(
    terms,
    chosen.flatMap(({ covers }) => [...covers]),
  );
  const around = coverage(terms, [
    ...coveredBy(terms, `${best.passage.title} ${best.passage.path} ${best.passage.text}`),
  ]);
  const confidence = Math.max(said, 0.35 * said + 0.65 * around) / total;
  return { quotes: chosen.map(toQuote), confidence };
}

/** The words a question turns on: its content words, without those of asking. */
export function questionStems(question: string): readonly string[] {
  const stems = wordsOf(question).flatMap(({ lower }) =>
    isStopWord(lower) || (lower.length < 2 && !/\d/u.test(lower)) ? [] : [stem(lower)],
  );
  const specific = [...new Set(stems.filter((each) => !isGeneric(each)))];
  return specific.length > 0 ? specific : [...new Set(stems)];
}

function questionTerms(question: string, passages: readonly Passage[]): readonly Term[] {
  const texts = passages.map(
    (passage) => new Set(wordsOf(`${passage.title} ${passage.text}`).map((word) => stem(word.lower))),
  );
  return questionStems(question).map((each) => {
    const owners = texts.filter((words) => words.has(each)).length;
    return { stem: each, weight: Math.log(1 + (passages.length + 1) / (owners + 0.5)) };
  });
}

function coveredBy(terms: readonly Term[], text: string): ReadonlyMap<string, number> {
  const stems = new Set(wordsOf(text).map((word) => stem(word.lower)));
  const covered = new Map<string, number>();
  for (const term of terms) {
    let best = stems.has(term.stem) ? 1 : 0;
    if (best === 0) for (const each of stems) best = Math.max(best, 0.6 * likeness(term.stem, each));
    if (best > 0) covered.set(term.stem, best);
  }
  return covered;
}

interface SentenceInput {
  readonly sentence: Sentence;
  readonly passage: Passage;
  readonly rank: number;
  readonly terms: readonly Term[];
}

function scoreSentence({ sentence, passage, rank, terms }: SentenceInput): Scored {
  const covers = coveredBy(terms, sentence.text);
  const own = coverage(terms, [...covers]);
  const title = 0.15 * coverage(terms, [...coveredBy(terms, passage.title)]);
  const words = wordsOf(sentence.text).length;
  const form =
    (sentence.heading || words < 4 ? 0.4 : 1) * (sentence.text.endsWith('?') ? 0.5 : 1) * (words > 80 ? 0.8 : 1);
  return { sentence, passage, covers, score: (own + title) * form * RANK_DECAY ** rank };
}

function coverage(terms: readonly Term[], covers: readonly (readonly [string, number])[]): number {
  const best = new Map<string, number>();
  for (const [each, share] of covers) best.set(each, Math.max(best.get(each) ?? 0, share));
  return terms.reduce((sum, term) => sum + term.weight * (best.get(term.stem) ?? 0), 0);
}

/** The best sentence, then those that add something new, in the order of the text. */
function chooseSentences(scored: readonly Scored[], terms: readonly Term[], total: number): readonly Scored[] {
  const chosen: Scored[] = [];
  for (const candidate of scored.slice(0, 40)) {
    if (chosen.length === MAXIMUM_QUOTES) break;
    const before = coverage(
      terms,
      chosen.flatMap(({ covers }) => [...covers]),
    );
    const after = coverage(
      terms,
      [...chosen, candidate].flatMap(({ covers }) => [...covers]),
    );
    const fresh = !chosen.some(({ sentence }) => sentence.text === candidate.sentence.text);
    if (
      fresh &&
      (chosen.length === 0 ||
        ((after - before) / total >= LEAST_GAIN && candidate.score > 0.2 * (scored[0]?.score ?? 0)))
    ) {
      chosen.push(candidate);
    }
  }
  return chosen;
}

function toQuote({ sentence, passage }: Scored): Quote {
  const [first, last] = [passage.startLine + sentence.firstLine, passage.startLine + sentence.lastLine];
  return { text: sentence.text, citation: `${passage.path}:${first}-${last}` };
}
