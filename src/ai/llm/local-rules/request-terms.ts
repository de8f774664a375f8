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

/** Question words that say what sort of thing is asked for: a time, a place, a person. */
const ASKED_FOR = new Set(['when', 'where', 'who', 'whose']);

/** Turns of phrase whose words say little one by one, and the word for what they mean. */
const PHRASES: readonly (readonly [pattern: RegExp, meaning: string])[] = [
  [/\bhow far\b/iu, 'distance'],
  [/\bhow long\b/iu, 'duration'],
  [/\bhow old\b/iu, 'age'],
  [/\bhow (?:tall|high)\b/iu, 'height'],
  [/\bhow (?:heavy|much does \p{L}+ weigh)\b/iu, 'weight'],
  [/\bhow fast\b/iu, 'speed'],
  [/\bhow (?:hot|cold|warm)\b/iu, 'temperature'],
  [/\bhow often\b/iu, 'frequency'],
  [/\bhow likely\b|\bwhat (?:are|is) the (?:odds|chances?)\b/iu, 'probability'],
  [/\bhow many people (?:live|are living)\b/iu, 'population'],
  [/\bhow much (?:is|are|does|do|did|would|will|was)\b/iu, 'price'],
  [/\b(?:look|looking) after\b|\btak(?:e|ing) care\b/iu, 'care'],
  [/\bget(?:ting)? rid of\b|\bthrow away\b|\btake \b.{1,40}\boff\b/iu, 'delete'],
  [/\b(?:near|around) (?:me|here)\b|\bclose to\b|\bclose by\b/iu, 'nearby'],
  [/\badd(?:ed)? up\b|\baltogether\b|\bin total\b/iu, 'sum'],
  [/\bon average\b/iu, 'average'],
  [/\bleft over\b/iu, 'remainder'],
  [/\bto the power\b/iu, 'exponent'],
  [/\b(?:take|took|taking) place\b|\bgoing on\b/iu, 'event'],
  [/\bsign(?:ed|ing)? up\b/iu, 'register'],
  [/\blog(?:ged|ging)? in\b/iu, 'login'],
  [/\bwake (?:me|us) up\b/iu, 'alarm'],
  [/\bfor sale\b/iu, 'buy'],
  [/\bto let\b|\bfor rent\b/iu, 'rent'],
  [/\bput together\b/iu, 'create'],
  [/\b(?:write|express)\b.{0,20}\d.{0,20}\b(?:in|as)\b/iu, 'convert'],
  [/\binstead(?: of)?\b|\breplac(?:e|ing)\b/iu, 'substitute'],
  [/\bbreak(?:s|ing)? down\b/iu, 'split'],
  [/\blet \b.{1,40}\bknow\b/iu, 'notify'],
  [/\bwhat(?:'s| is| are) on\b/iu, 'event'],
  [/\bhow (?:do|can|should) (?:i|we) (?:make|cook|bake|mix|prepare)\b/iu, 'recipe'],
];

/** The content words of a request, each once, with their weights. */
export function requestTerms(reading: Reading): readonly RequestTerm[] {
  const terms = new Map<string, RequestTerm>();
  for (const [place, word] of reading.words.entries()) {
    if (ASKED_FOR.has(word.lower) || (word.lower === 'much' && reading.words[place - 1]?.lower === 'how'))
      terms.set(word.lower, { stem: word.lower, weight: 0.5, value: true });
    if (!isTopicWord(word, reading)) {
      // "3 cups" speaks of cups: it counts for a tool that does, and against none.
      if (
        word.lower.length > 3 &&
        /^\p{L}/u.test(word.lower) &&
        reading.numbers.some((number) => overlaps(number, word))
      )
        terms.set(word.stem, { stem: word.stem, weight: 0.35, value: true });
      continue;
    }
    const value = isValueWord(word, reading);
    const weight = isGeneric(word.stem) ? 0.12 : value ? 0.35 : 1;
    const known = terms.get(word.stem);
    if (!known || known.weight < weight) terms.set(word.stem, { stem: word.stem, weight, value });
  }
  for (const [pattern, meaning] of PHRASES) {
    const stemmed = stem(meaning);
    if (!terms.has(stemmed) && pattern.test(reading.text))
      terms.set(stemmed, { stem: stemmed, weight: 0.7, value: true });
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
/** Verbs of two words that are not what their first word says, as the plain verb. */
const PHRASAL: readonly (readonly [pattern: RegExp, verb: string])[] = [
  [/^(?:take|strike|cross)\b.*\b(?:off|out)\b|^get rid of\b/iu, 'remove'],
  [/^(?:put|note|write|jot)\b.*\b(?:in|into|on|onto|down)\b/iu, 'add'],
  [/^(?:put|keep|leave)\b.*\bat\b/iu, 'set'],
  [/^(?:write|express) (?:the (?:\p{L}+ )?number )?\d/iu, 'convert'],
  [/^(?:look|search|hunt) for\b/iu, 'search'],
  [/^sign (?:me |us )?up\b/iu, 'register'],
  [/^(?:call|hail|get me) (?:a|an)\b/iu, 'book'],
];
/** What stands before the verb of a command: a new sentence, "please", "and", "I want to". */
const CLAUSE_BORDER = /[.?!;\n]\s+|,\s+(?:please|and|then)?\s*|\b(?:and(?: then)?|please|then|to)\s+/iu;

/** A later clause commands only where something follows that a noun would not have: "email her", not "email columns". */
const COMMAND =
  /^[a-z]+\s+(?:me|it|him|her|them|us|the|an?|my|our|your|his|this|that|these|all|to|at|for|off|on|up|down|with|\d|["'“‘]|\p{Lu}|[a-z]+$)/u;

/** The kinds of action (see `actionsOf`) the clauses of a request begin with; a question asks. */
export function requestedActions({ text }: Reading): ReadonlySet<number> {
  const kinds = new Set<number>();
  const request = text.slice(0, 4000).trim().replace(COURTESY, '');
  request.split(CLAUSE_BORDER).forEach((clause, place) => {
    const bare = clause.trim().replace(COURTESY, '');
    if (ASKING_WORD.test(bare)) kinds.add(ASKED);
    const verb = PHRASAL.find(([pattern]) => pattern.test(bare))?.[1] ?? /^[a-z]+/iu.exec(bare)?.[0]?.toLowerCase();
    if (verb === undefined || (place > 0 && !COMMAND.test(bare))) return;
    for (const kind of actionsOf(stem(verb))) if (kind !== ASKED || place === 0) kinds.add(kind);
  });
  return kinds;
}

const WONDERING =
  /^\W*(?:why\b|explain\b|describe\b|how (?:do|does|did|can|could) (?!i\b|we\b|my\b)\p{L}|do you (?:think|believe|like|prefer|know why)|should (?:i|we|people)\b|what(?:'s| is| are)? (?:a |an |the |some )?(?:best way|good way|good|tips|rules|meaning|purpose|benefits|advantages|pros|difference|history|origin|reasons?)\b|write (?:me )?(?:a|an) (?:poem|haiku|story|essay|song|letter|joke)|tell me (?:a joke|a story|why|how)|what do you think|who (?:invented|founded|discovered|created|proved|was|are you)|is it (?:true|safe|legal|ethical|better|worth|dangerous|possible|normal|okay?|bad|good|healthy|hard|easy|wise|allowed|necessary))/iu;

/** Whether the request asks for reasons, explanations, opinions or lore rather than for something to be done. */
export function wonders({ text }: Reading): boolean {
  return WONDERING.test(text.slice(0, 300));
}
