const VOWEL_PAIR = /[aeiouy][^aeiouy]/gu;
const HAS_VOWEL = /[aeiouy]/u;
const DOUBLE_CONSONANT = /([^aeiouylsz])\1$/u;
const SHORT_END = /^(?:.*[^aeiouy])?[aeiouy][^aeiouywx]$/u;

/** Suffixes of Porter's steps 2 to 4, folded into one table: what they become, and the measure they need. */
const DERIVATIONS: readonly (readonly [suffix: string, replacement: string, measure: number])[] = [
  ['ization', 'ize', 1],
  ['isation', 'ize', 1],
  ['fulness', 'ful', 1],
  ['ousness', 'ous', 1],
  ['iveness', 'ive', 1],
  ['ational', 'ate', 1],
  ['tional', 'tion', 1],
  ['biliti', 'ble', 1],
  ['ation', 'ate', 1],
  ['ator', 'ate', 1],
  ['aliti', 'al', 1],
  ['iviti', 'ive', 1],
  ['entli', 'ent', 1],
  ['ousli', 'ous', 1],
  ['ement', '', 2],
  ['ment', '', 2],
  ['ness', '', 1],
  ['icate', 'ic', 1],
  ['ical', 'ic', 1],
  ['ance', '', 2],
  ['ence', '', 2],
  ['able', '', 2],
  ['ible', '', 2],
  ['alli', 'al', 1],
  ['sion', 's', 2],
  ['tion', 't', 2],
  ['ant', '', 2],
  ['ent', '', 2],
  ['ism', '', 2],
  ['ate', '', 2],
  ['iti', '', 2],
  ['ous', '', 2],
  ['ive', '', 2],
  ['ize', '', 2],
  ['ful', '', 1],
  ['al', '', 2],
  ['er', '', 2],
  ['or', '', 2],
  ['ic', '', 2],
  ['li', '', 1],
];

/** Words whose forms no suffix rule brings together. */
const IRREGULAR: ReadonlyMap<string, string> = new Map(
  Object.entries({
    children: 'child',
    people: 'person',
    men: 'man',
    women: 'woman',
    feet: 'foot',
    teeth: 'tooth',
    mice: 'mouse',
    leaves: 'leaf',
    lives: 'live',
    knives: 'knife',
    wolves: 'wolf',
    halves: 'half',
    ate: 'eat',
    drank: 'drink',
    drove: 'drive',
    flew: 'fly',
    flown: 'fly',
    ran: 'run',
    grew: 'grow',
    grown: 'grow',
    took: 'take',
    taken: 'take',
    gave: 'give',
    drew: 'draw',
    sang: 'sing',
    sung: 'sing',
    swam: 'swim',
    taught: 'teach',
    thrown: 'throw',
    threw: 'throw',
    fell: 'fall',
    fallen: 'fall',
    lent: 'lend',
    cost: 'cost',
    worn: 'wear',
    born: 'born',
    left: 'left',
    met: 'meet',
    held: 'hold',
    beaten: 'beat',
    lost: 'lose',
    stolen: 'steal',
    chosen: 'choose',
    spoken: 'speak',
    driven: 'drive',
    eaten: 'eat',
    indices: 'index',
    indexes: 'index',
    vertices: 'vertex',
    matrices: 'matrix',
    analyses: 'analys',
    analysis: 'analys',
    analyze: 'analys',
    analyse: 'analys',
    analyzing: 'analys',
    analyzes: 'analys',
    criteria: 'criterion',
    sold: 'sell',
    kept: 'keep',
    slept: 'sleep',
    felt: 'feel',
    brought: 'bring',
    thought: 'think',
    caught: 'catch',
    began: 'begin',
    begun: 'begin',
    broke: 'break',
    broken: 'break',
    knew: 'know',
    known: 'know',
    rose: 'rise',
    risen: 'rise',
    shown: 'show',
    spoke: 'speak',
    stood: 'stand',
    went: 'go',
    gone: 'go',
    bought: 'buy',
    sent: 'send',
    paid: 'pay',
    spent: 'spend',
    won: 'win',
    wrote: 'write',
    written: 'write',
    built: 'build',
    found: 'find',
    made: 'make',
    weather: 'weather',
    number: 'number',
    news: 'news',
    series: 'series',
    species: 'species',
    physics: 'physics',
    gas: 'gas',
    bus: 'bus',
    universe: 'universe',
    university: 'university',
    universities: 'university',
    general: 'general',
    generate: 'generate',
    generates: 'generate',
    generating: 'generate',
    generated: 'generate',
    genes: 'gene',
    genetic: 'gene',
    policy: 'policy',
    police: 'police',
    organization: 'organization',
    organ: 'organ',
  }),
);

/**
 * The stem of a lower-case English word: Porter's suffix stripping (M. F. Porter, "An algorithm for
 * suffix stripping", Program 14(3), 1980), with its steps 2 to 4 folded into one table and a list of
 * irregular forms before it. Words with digits or of other alphabets stay as they are.
 */
export function stem(word: string): string {
  const known = STEMS.get(word);
  if (known !== undefined) return known;
  const value = freshStem(word);
  if (STEMS.size >= MAXIMUM_KNOWN) STEMS.clear();
  STEMS.set(word, value);
  return value;
}

/** Stems found before: tools and documents say the same words over and over. */
const STEMS = new Map<string, string>();
const MAXIMUM_KNOWN = 50_000;

function freshStem(word: string): string {
  const irregular = IRREGULAR.get(word);
  if (irregular !== undefined) return irregular;
  if (word.length < 4 || !/^[a-z]+$/u.test(word)) return word;
  let result = stripPlural(word);
  result = stripPast(result);
  if (/[^aeiou]y$/u.test(result) && result.length > 2) result = `${result.slice(0, -1)}i`;
  result = stripDerivation(stripDerivation(result));
  return stripFinalE(result);
}

function measure(text: string): number {
  return text.match(VOWEL_PAIR)?.length ?? 0;
}

function stripPlural(word: string): string {
  if (word.endsWith('sses')) return word.slice(0, -2);
  if (word.endsWith('ies')) return `${word.slice(0, -3)}${word.length > 4 ? 'y' : 'ie'}`;
  return word.endsWith('s') && !/(?:ss|us|is)$/u.test(word) ? word.slice(0, -1) : word;
}

function stripPast(word: string): string {
  if (word.endsWith('eed')) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  const ending = /(?:ed|ing)$/u.exec(word)?.[0];
  if (ending === undefined) return word;
  const root = word.slice(0, -ending.length);
  if (!HAS_VOWEL.test(root) || root.length < 3) return word;
  if (/(?:at|bl|iz)$/u.test(root)) return `${root}e`;
  if (DOUBLE_CONSONANT.test(root)) return root.slice(0, -1);
  return measure(root) === 1 && SHORT_END.test(root) ? `${root}e` : root;
}

function stripDerivation(word: string): string {
  for (const [suffix, replacement, needed] of DERIVATIONS) {
    if (!word.endsWith(suffix)) continue;
    const root = word.slice(0, -suffix.length);
    return measure(root) >= needed ? `${root}${replacement}` : word;
  }
  return word;
}

function stripFinalE(word: string): string {
  if (!word.endsWith('e')) return word.endsWith('ll') && measure(word) > 1 ? word.slice(0, -1) : word;
  const root = word.slice(0, -1);
  return measure(root) > 1 || (measure(root) === 1 && !SHORT_END.test(root)) ? root : word;
}
