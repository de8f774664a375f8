import { stem } from './stem.ts';
import { SYNONYMS } from './synonyms.ts';
import { ACTIONS, RIVALS, TOPICS } from './topics.ts';

const stems = (words: string): readonly string[] => words.split(/\s+/u).filter(Boolean).map(stem);

/** Words that carry no topic. */
const STOP_WORDS = new Set(
  `a an the this that these those i me my mine we us our you your he she it its they them their his her who whom whose
  what which when where why how is are was were be been being am do does did doing have has had having can could will
  would shall should may might must and or but nor not no if then else than so as at by for from in into of off on onto
  out over to up with within without about above after before below between during through under until upon per via
  any some all each every both either such same other another more most much many few less least very too also just
  only own again there here please thanks thank hello hi hey want need like would'd i'd i'm i've what's let let's lets
  know help able look looking going go make sure us'd one's it's don't doesn't can't yes ok okay if's s t versus vs while`
    .split(/\s+/u)
    .filter(Boolean),
);

/** Words so common in descriptions and requests that they say little about which tool is meant. */
const GENERIC_STEMS = new Set(
  stems(`calculate compute determine find get retrieve fetch give tell show obtain evaluate work return provide perform use
  using based specific specified certain particular given various different list information info detail details data
  value number result type kind name names parameter function tool operation set include including available
  default optional example user request current certain new item items object way ask question answer amount level
  total take handle allow enable support method system access api service general utility util helper display check
  solve identify locate unit units criteria format average point points two three several multiple single first
  second one each main`),
);

/** Which lines of a word table each stem stands in. */
function tableOf(lines: readonly string[]): ReadonlyMap<string, ReadonlySet<number>> {
  const table = new Map<string, Set<number>>();
  lines.forEach((line, number) => {
    for (const word of stems(line)) table.set(word, (table.get(word) ?? new Set()).add(number));
  });
  return table;
}

const MEANINGS = tableOf(SYNONYMS);
const FIELDS = tableOf(TOPICS);
const KINDS = tableOf(ACTIONS);
/** Each stem's places in the rivalries: line and member. */
const CAMPS = new Map<string, (readonly [rivalry: number, member: number])[]>();
RIVALS.forEach((line, rivalry) => {
  line.split('|').forEach((words, member) => {
    for (const word of stems(words)) CAMPS.set(word, [...(CAMPS.get(word) ?? []), [rivalry, member]]);
  });
});

const NONE: ReadonlySet<number> = new Set();

export function isStopWord(lower: string): boolean {
  return STOP_WORDS.has(lower);
}

/** Whether a word is one that the word tables know. */
export function isCommonWord(lower: string): boolean {
  const stemmed = stem(lower);
  return MEANINGS.has(stemmed) || FIELDS.has(stemmed) || KINDS.has(stemmed) || GENERIC_STEMS.has(stemmed);
}

/** Whether a stem says little about the topic, such as those of "calculate" or "information". */
export function isGeneric(stemmed: string): boolean {
  return GENERIC_STEMS.has(stemmed);
}

/** Likeness of two words of one meaning, and of two of one field. */
const SAME_MEANING = 0.75;
const SAME_FIELD = 0.3;
/** By the one stem and then the other; asked some hundred thousand times where many tools are offered. */
const KNOWN_LIKENESS = new Map<string, Map<string, number>>();
const MAXIMUM_KNOWN = 5_000;

/**
 * How alike two stems are, 0 to 1: the same, one a long beginning of the other, one meaning, one
 * field. Rivals (circle and triangle) are not alike at all.
 */
export function likeness(left: string, right: string): number {
  if (left === right) return 1;
  let known = KNOWN_LIKENESS.get(left);
  if (known === undefined || known.size > MAXIMUM_KNOWN) {
    if (KNOWN_LIKENESS.size > MAXIMUM_KNOWN) KNOWN_LIKENESS.clear();
    known = new Map();
    KNOWN_LIKENESS.set(left, known);
  }
  let value = known.get(right);
  if (value === undefined) {
    value = freshLikeness(left, right);
    known.set(right, value);
  }
  return value;
}

function freshLikeness(left: string, right: string): number {
  if (areRivals(left, right)) return 0;
  const [short, long] = left.length < right.length ? [left, right] : [right, left];
  if (short.length >= 5 && long.startsWith(short)) return 0.85;
  const [mine, yours] = [MEANINGS.get(left) ?? NONE, MEANINGS.get(right) ?? NONE];
  if (meet(mine, yours)) return SAME_MEANING;
  return meet(FIELDS.get(left) ?? NONE, FIELDS.get(right) ?? NONE) ? SAME_FIELD : 0;
}

function meet(left: ReadonlySet<number>, right: ReadonlySet<number>): boolean {
  for (const each of left) if (right.has(each)) return true;
  return false;
}

/** Whether both are members of one rivalry and nowhere the same member. */
export function areRivals(left: string, right: string): boolean {
  const [mine, yours] = [CAMPS.get(left), CAMPS.get(right)];
  if (mine === undefined || yours === undefined || left === right) return false;
  const meetings = mine.flatMap(([rivalry, member]) =>
    yours.filter(([other]) => other === rivalry).map(([, otherMember]) => member === otherMember),
  );
  return meetings.length > 0 && !meetings.includes(true);
}

/** The kinds of action a stem names; the first kind (0) is asking and looking. */
export function actionsOf(stemmed: string): ReadonlySet<number> {
  return KINDS.get(stemmed) ?? NONE;
}
