import { actionsOf, isGeneric, isStopWord } from './lexicon.ts';
import { overlaps, type Reading } from './reading.ts';
import { stem } from './stem.ts';

/** A word of the request that tells what it is about. */
export interface RequestTerm {
  readonly stem: string;
  /** 1 for a plain content word, less for common words and for words that are values (names, quotations). */
  readonly weight: number;
  readonly value: boolean;
}

type ReadingWord = Reading['words'][number];

/** The content words of a request, each once, with their weights. */
export function requestTerms(reading: Reading): readonly RequestTerm[] {
  const terms = new Map<string, RequestTerm>();
  for (const word of reading.words) {
    if (!isTopicWord(word, reading)) continue;
    const value = isValueWord(word, reading);
    const weight = isGeneric(word.stem) ? 0.12 : value ? 0.35 : 1;
    const known = terms.get(word.stem);
    if (!known || known.weight < weight) terms.set(word.stem, { stem: word.stem, weight, value });
  }
  return [...terms.values()];
}

function isTopicWord(word: ReadingWord, reading: Reading): boolean {
  if (isStopWord(word.lower) || word.lower.length < 2 || /^\p{N}/u.test(word.lower)) return false;
  return ![...reading.dates, ...reading.numbers, ...reading.emails, ...reading.urls].some((span) =>
    overlaps(span, word),
  );
}

function isValueWord(word: ReadingWord, reading: Reading): boolean {
  return [...reading.quoted, ...reading.propers].some((span) => overlaps(span, word));
}

const ASKING =
  /^(?:what|which|who|how|is|are|was|were|do|does|did|can|could|would|will|please|tell|give|show|find|get|calculate|compute|determine|i|me|you|help|want|need|to|the|a|an|s|my|retrieve|fetch|estimate|evaluate|for|us|provide|of|list|many|much)$/u;
const ENDING =
  /^(?:of|for|in|with|from|at|on|by|to|given|if|when|using|between|that|who|which|whose|where|about|during|after|before|having|into|over|has|have|is|are|was|were|will|and|near|under|as|based|the|did|does|do|it|i)$/u;

/**
 * What the request asks for in so many words: the content words between its opening ("what is the",
 * "calculate") and the first preposition, as in "the *magnetic field* at a point".
 */
export function focusStems(reading: Reading): readonly string[] {
  const words = reading.words;
  const sentence = questionStart(reading);
  let at = words.findIndex((word) => word.start >= sentence);
  while (at >= 0 && at < words.length && ASKING.test(words[at]?.lower ?? '')) at += 1;
  const focus: string[] = [];
  for (let next = at; next >= 0 && next < words.length && focus.length < 4; next++) {
    const word = words[next];
    if (!word || (ENDING.test(word.lower) && focus.length > 0)) break;
    if (isTopicWord(word, reading) && !isGeneric(word.stem)) focus.push(word.stem);
  }
  return focus;
}

/** Where the sentence that asks begins: the last one that ends in a question mark, else the first. */
function questionStart(reading: Reading): number {
  const question = reading.text.lastIndexOf('?');
  if (question < 0) return 0;
  const before = reading.text.slice(0, question);
  const border = Math.max(...['. ', '? ', '! ', '\n'].map((mark) => before.lastIndexOf(mark)));
  return border < 0 ? 0 : border + 1;
}

const COURTESY =
  /^(?:(?:please|kindly|hi|hello|hey|ok|okay|so|now|then|also|and|help me(?: to)?|let(?:'s| us)|(?:can|could|would|will) (?:you|i|we)(?: please)?|i(?:'d| would)? (?:like|want|need|wish)(?: you)? to|i(?:'m| am) (?:trying|looking) to|we (?:want|need) to|how (?:do|can) i)[,!]?\s+)+/iu;
const ASKING_WORD = /^(?:what|who|whom|whose|which|when|where|why|how|is|are|was|were|do|does|did|has|have|should)\b/iu;
const ASKED = 0;

/** The kinds of action (see `actionsOf`) the sentences of a request begin with; a question asks. */
export function requestedActions({ text }: Reading): ReadonlySet<number> {
  const kinds = new Set<number>();
  for (const sentence of text.slice(0, 4000).split(/[.?!;\n]\s+/u)) {
    const bare = sentence.trim().replace(COURTESY, '');
    if (ASKING_WORD.test(bare)) kinds.add(ASKED);
    const verb = /^[a-z]+/iu.exec(bare)?.[0]?.toLowerCase();
    if (verb !== undefined) for (const kind of actionsOf(stem(verb))) kinds.add(kind);
  }
  return kinds;
}
