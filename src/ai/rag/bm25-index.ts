import { terms } from '../../utils/text-tokens.ts';

/** What is indexed of a passage: its own text, and the words that stand over it. */
export interface IndexedFields {
  readonly title: string;
  readonly text: string;
}

export interface Bm25Parameters {
  /** How soon more of the same word stops to count. */
  readonly k1: number;
  /** How much length counts, 0 to 1. */
  readonly b: number;
  /**
   * In words: a shorter passage counts as long as this, but not as longer than the mean. What is
   * nearly nothing but the words of the query, such as the line of a reference, is seldom its answer.
   */
  readonly leastLength: number;
  /** How often a word of the title counts, as if it stood in the text so often; a whole number. */
  readonly titleWeight: number;
  /** How much two words of the query that stand side by side in the passage count beside the words themselves. */
  readonly pairWeight: number;
}

export interface Bm25Hit {
  /** Number of the passage, in the order of `add`. */
  readonly passage: number;
  /** 0 to 1: its share of the most that any passage could score for this query. */
  readonly score: number;
}

export const DEFAULT_BM25: Bm25Parameters = { k1: 1.4, b: 0.75, leastLength: 50, titleWeight: 1, pairWeight: 0.5 };

/** How many passages, the best by their words, are looked through for pairs. */
const PAIR_CANDIDATES = 200;

interface QueryTerm {
  readonly id: number;
  /** Inverse document frequency times how often the query has it. */
  readonly weight: number;
}

interface Query {
  readonly terms: readonly QueryTerm[];
  /** Weight of the pairs of the query's terms, by the smaller id and then the larger. */
  readonly pairs: ReadonlyMap<number, ReadonlyMap<number, number>>;
  /** More than any passage can score. */
  readonly ceiling: number;
}

/**
 * An index of passages by the words in them, ranked by BM25 (Robertson and Zaragoza, "The
 * Probabilistic Relevance Framework: BM25 and Beyond", 2009), the title as a weighted field in the
 * simple form (one term frequency, summed over the fields by weight; Robertson, Zaragoza and Taylor,
 * 2004). The inverse document frequency is ln(1 + (N - n + 0.5) / (n + 0.5)), never negative.
 * Neighbours in the query that are neighbours in the passage, in either order, add to the score of
 * the best (the sequential dependence of Metzler and Croft, "A Markov random field model for term
 * dependencies", 2005), with the mean rarity of the two for that of the pair.
 */
export class Bm25Index {
  readonly #parameters: Bm25Parameters;
  readonly #termIds = new Map<string, number>();
  /** For each term its passages and frequencies, one after the other. */
  readonly #postings: number[][] = [];
  /** Each passage's terms in their order: title, then text. */
  readonly #sequences: Uint32Array[] = [];
  readonly #titleLengths: number[] = [];
  #totalLength = 0;

  constructor(parameters: Bm25Parameters = DEFAULT_BM25) {
    this.#parameters = parameters;
  }

  /** Passages in the index. */
  get size(): number {
    return this.#sequences.length;
  }

  /** Adds a passage; passages are numbered from 0 as they come. */
  add(fields: IndexedFields): void {
    const passage = this.size;
    const { titleWeight } = this.#parameters;
    const title = titleWeight === 0 ? [] : terms(fields.title);
    const sequence = Uint32Array.from([...title, ...terms(fields.text)], (term) => this.#idOf(term));
    const frequencies = new Map<number, number>();
    for (const [index, term] of sequence.entries()) {
      frequencies.set(term, (frequencies.get(term) ?? 0) + (index < title.length ? titleWeight : 1));
    }
    for (const [term, frequency] of frequencies) this.#postings[term]?.push(passage, frequency);
    this.#sequences.push(sequence);
    this.#titleLengths.push(title.length);
    this.#totalLength += this.#length(passage);
  }

  /** The best passages for the query, best first; equal ones in their order. Stop words don't count. */
  search(query: string, limit: number): Bm25Hit[] {
    const prepared = this.#prepare(query);
    const scores = this.#wordScores(prepared.terms);
    const hits: { passage: number; score: number }[] = [];
    for (let passage = 0; passage < scores.length; passage += 1) {
      const score = scores[passage] ?? 0;
      if (score > 0) hits.push({ passage, score });
    }
    const candidates = hits.toSorted(byScore).slice(0, Math.max(limit, PAIR_CANDIDATES));
    for (const hit of candidates) hit.score += this.#pairScore(hit.passage, prepared.pairs);
    return candidates
      .toSorted(byScore)
      .slice(0, limit)
      .map(({ passage, score }) => ({ passage, score: score / prepared.ceiling }));
  }

  #idOf(term: string): number {
    let id = this.#termIds.get(term);
    if (id === undefined) {
      id = this.#postings.push([]) - 1;
      this.#termIds.set(term, id);
    }
    return id;
  }

  #length(passage: number): number {
    const all = this.#sequences[passage]?.length ?? 0;
    return all + (this.#titleLengths[passage] ?? 0) * (this.#parameters.titleWeight - 1);
  }

  /** Words that no passage has count in the ceiling alone: a query that is half unknown scores at most half. */
  #prepare(query: string): Query {
    const sequence = terms(query);
    const weights = new Map<string, number>();
    let ceiling = 0;
    for (const term of sequence) {
      const rarity = this.#rarity(this.#termIds.get(term));
      weights.set(term, (weights.get(term) ?? 0) + rarity);
      ceiling += rarity;
    }
    const known: QueryTerm[] = [];
    for (const [term, weight] of weights) {
      const id = this.#termIds.get(term);
      if (id !== undefined) known.push({ id, weight });
    }
    const { pairs, total } = this.#pairsOf(sequence);
    return { terms: known, pairs, ceiling: (ceiling + total) * (this.#parameters.k1 + 1) };
  }

  #pairsOf(sequence: readonly string[]): { pairs: Map<number, Map<number, number>>; total: number } {
    const pairs = new Map<number, Map<number, number>>();
    let total = 0;
    for (let index = 1; index < sequence.length; index += 1) {
      const one = this.#termIds.get(sequence[index - 1] ?? '');
      const other = this.#termIds.get(sequence[index] ?? '');
      if (one === undefined || other === undefined) continue;
      const weight = (this.#parameters.pairWeight * (this.#rarity(one) + this.#rarity(other))) / 2;
      const [low, high] = one < other ? [one, other] : [other, one];
      const partners = pairs.get(low) ?? new Map<number, number>();
      pairs.set(low, partners.set(high, (partners.get(high) ?? 0) + weight));
      total += weight;
    }
    return { pairs, total };
  }

  #rarity(term: number | undefined): number {
    const holders = term === undefined ? 0 : (this.#postings[term]?.length ?? 0) / 2;
    return Math.log(1 + (this.size - holders + 0.5) / (holders + 0.5));
  }

  #wordScores(queryTerms: readonly QueryTerm[]): Float64Array {
    const scores = new Float64Array(this.size);
    for (const { id, weight } of queryTerms) {
      const posting = this.#postings[id] ?? [];
      for (let index = 0; index < posting.length; index += 2) {
        const passage = posting[index] ?? 0;
        scores[passage] = (scores[passage] ?? 0) + weight * this.#saturated(posting[index + 1] ?? 0, passage);
      }
    }
    return scores;
  }

  #pairScore(passage: number, pairs: Query['pairs']): number {
    if (pairs.size === 0) return 0;
    const sequence = this.#sequences[passage] ?? new Uint32Array();
    const found = new Map<string, { weight: number; frequency: number }>();
    for (let index = 1; index < sequence.length; index += 1) {
      const one = sequence[index - 1] ?? 0;
      const other = sequence[index] ?? 0;
      const weight = pairs.get(Math.min(one, other))?.get(Math.max(one, other));
      if (weight === undefined) continue;
      const key = one < other ? `${one} ${other}` : `${other} ${one}`;
      found.set(key, { weight, frequency: (found.get(key)?.frequency ?? 0) + 1 });
    }
    let score = 0;
    for (const { weight, frequency } of found.values()) score += weight * this.#saturated(frequency, passage);
    return score;
  }

  /** The frequency's part of BM25, from 0 to k1 + 1. */
  #saturated(frequency: number, passage: number): number {
    const { k1, b, leastLength } = this.#parameters;
    const meanLength = this.#totalLength / this.size;
    const length = Math.max(this.#length(passage), Math.min(leastLength, meanLength));
    return (frequency * (k1 + 1)) / (frequency + k1 * (1 - b + (b * length) / meanLength));
  }
}

function byScore(one: Bm25Hit, other: Bm25Hit): number {
  return other.score - one.score || one.passage - other.passage;
}
