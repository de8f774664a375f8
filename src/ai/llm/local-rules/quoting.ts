import { isGeneric, isStopWord, likeness } from './lexicon.ts';
import type { Passage } from './passages.ts';
import { sentencesOf, type Sentence } from './sentences.ts';
import { stem } from './stem.ts';
import { wordsOf } from './tokenise.ts';

/** A sentence that answers, and where it stands. */
export interface Quote {
  readonly text: string;
  /** `path:start-end`, lines from 1: that of the search where one found the passage. */
  readonly citation: string;
  /** Title of the document; empty where it has none. */
  readonly title: string;
}

export interface Quotation {
  readonly quotes: readonly Quote[];
  /** Share of the question's words that the passages quoted cover, 0 to 1. */
  readonly confidence: number;
  /** The confidence below which the texts are taken not to answer this question. */
  readonly threshold: number;
}

const MAXIMUM_QUOTES = 3;
/** A further quote covers at least this share of the question that the ones before it do not. */
const LEAST_GAIN = 0.12;
/** A further passage fits the search at least this well, as a share of the best one's score. */
const LEAST_FIT = 0.7;
/** Where no search gave scores, each place down counts a little less. */
const RANK_DECAY = 0.97;

interface Term {
  readonly stem: string;
  readonly weight: number;
}

/** A passage with its fit (1 for the best found) and what it covers of the question. */
interface Candidate {
  readonly passage: Passage;
  readonly fit: number;
  readonly covers: ReadonlyMap<string, number>;
}

interface Chosen {
  readonly sentence: Sentence;
  readonly passage: Passage;
  readonly covers: ReadonlyMap<string, number>;
}

/**
 * Picks the passages that answer, in the order of the search, and of each the sentence that says most of
 * what the question asks. A question word weighs the more the fewer passages have it (inverse document
 * frequency, K. Spärck Jones, J. Documentation 28(1), 1972).
 */
export function quoteFor(question: string, passages: readonly Passage[]): Quotation {
  const terms = questionTerms(question, passages);
  const threshold = thresholdFor(terms.length);
  const candidates = rankPassages(passages, terms);
  const chosen = terms.length === 0 ? [] : choose(candidates, terms);
  const [best] = chosen;
  if (best === undefined || best.covers.size === 0) return { quotes: [], confidence: 0, threshold };
  const covers = candidates.filter(({ passage }) => chosen.some((each) => each.passage === passage));
  const confidence = Math.max(...covers.map((each) => shareCovered(terms, each.covers)));
  return { quotes: chosen.map(toQuote), confidence, threshold };
}

/** A short question is answered only by a passage with nearly all its words; of a long one half will do. */
function thresholdFor(count: number): number {
  return Math.max(0.42, 1.15 - 0.12 * Math.max(2, count));
}

/** Words that only ask: "what does X mean", "does the document say". */
const ASKING = new Set(['mean', 'means', 'say', 'says', 'explain', 'describe', 'work', 'works', 'happen', 'happens']);

/** The words a question turns on: its content words, without those of asking. */
export function questionStems(question: string): readonly string[] {
  const stems = wordsOf(question).flatMap(({ lower }) =>
    isStopWord(lower) || ASKING.has(lower) || (lower.length < 2 && !/\d/u.test(lower)) ? [] : [stem(lower)],
  );
  const specific = [...new Set(stems.filter((each) => !isGeneric(each)))];
  return specific.length > 0 ? specific : [...new Set(stems)];
}

function questionTerms(question: string, passages: readonly Passage[]): readonly Term[] {
  const texts = passages.map((passage) => stemsOf(`${passage.title} ${passage.text}`));
  return questionStems(question).map((each) => {
    const owners = texts.filter((words) => words.has(each)).length;
    return { stem: each, weight: Math.log(1 + (passages.length + 1) / (owners + 0.5)) };
  });
}

function stemsOf(text: string): ReadonlySet<string> {
  return new Set(wordsOf(text).map((word) => stem(word.lower)));
}

function coveredBy(terms: readonly Term[], text: string): ReadonlyMap<string, number> {
  const stems = stemsOf(text);
  const covered = new Map<string, number>();
  for (const term of terms) {
    let best = stems.has(term.stem) ? 1 : 0;
    if (best === 0) for (const each of stems) best = Math.max(best, 0.6 * likeness(term.stem, each));
    if (best > 0.25) covered.set(term.stem, best);
  }
  return covered;
}

/** Share of the words, each counted alike: a rare one that is missing must not hide among common ones. */
function shareCovered(terms: readonly Term[], covers: ReadonlyMap<string, number>): number {
  return terms.reduce((sum, term) => sum + (covers.get(term.stem) ?? 0), 0) / terms.length;
}

function rankPassages(passages: readonly Passage[], terms: readonly Term[]): readonly Candidate[] {
  const best = Math.max(0, ...passages.map(({ score = 0 }) => score));
  const candidates = passages.map((passage, rank): Candidate => {
    const covers = coveredBy(terms, `${passage.title} ${passage.path} ${passage.text}`);
    // A text without a score (a file that was read, what was said) stands by what it covers.
    const fit =
      best > 0 && passage.score !== undefined ? passage.score / best : shareCovered(terms, covers) * RANK_DECAY ** rank;
    return { passage, fit, covers };
  });
  return candidates.toSorted((left, right) => right.fit - left.fit);
}

/** Of the best passage its best sentence; then of the next ones those that add something. */
function choose(candidates: readonly Candidate[], terms: readonly Term[]): readonly Chosen[] {
  const total = terms.reduce((sum, term) => sum + term.weight, 0);
  const best = candidates[0]?.fit ?? 0;
  const chosen: Chosen[] = [];
  for (const { passage, fit, covers } of candidates) {
    if (chosen.length === MAXIMUM_QUOTES || fit < LEAST_FIT * best) break;
    if (covers.size === 0 || chosen.some((each) => each.passage.path === passage.path)) continue;
    const sentence = bestSentence(passage, terms);
    if (sentence === undefined || chosen.some((each) => each.sentence.text === sentence.sentence.text)) continue;
    const before = coverage(terms, chosen);
    if (chosen.length === 0 || (coverage(terms, [...chosen, sentence]) - before) / total >= LEAST_GAIN)
      chosen.push(sentence);
  }
  return chosen;
}

function bestSentence(passage: Passage, terms: readonly Term[]): Chosen | undefined {
  let best: (Chosen & { readonly score: number }) | undefined;
  for (const sentence of sentencesOf(passage.text)) {
    const covers = coveredBy(terms, sentence.text);
    const score = coverage(terms, [{ covers }]) * formOf(sentence, passage);
    if (best === undefined || score > best.score) best = { sentence, passage, covers, score };
  }
  return best;
}

/** A heading answers nothing, a fragment and a question little. */
function formOf(sentence: Sentence, passage: Passage): number {
  const words = wordsOf(sentence.text).length;
  const code = /^`[^`]*`$/u.test(sentence.text);
  const isTitle = code || sentence.heading || passage.title.toLowerCase().includes(sentence.text.toLowerCase());
  return (isTitle || words < 4 ? 0.3 : 1) * (sentence.text.endsWith('?') ? 0.5 : 1) * (words > 80 ? 0.8 : 1);
}

function coverage(terms: readonly Term[], parts: readonly Pick<Chosen, 'covers'>[]): number {
  return terms.reduce(
    (sum, term) => sum + term.weight * Math.max(0, ...parts.map(({ covers }) => covers.get(term.stem) ?? 0)),
    0,
  );
}

function toQuote({ sentence, passage }: Chosen): Quote {
  const [first, last] = [passage.startLine + sentence.firstLine, passage.startLine + sentence.lastLine];
  return {
    text: sentence.text,
    citation: passage.citation ?? `${passage.path}:${first}-${last}`,
    title: passage.title,
  };
}
