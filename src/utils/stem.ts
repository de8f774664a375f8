const CACHE_LIMIT = 50_000;
const cache = new Map<string, string>();

/**
 * The stem that the forms of an English word share: `executions`, `executed` and `executing` all
 * give `execut`. Not a word for people to read. Only lower-case a-z words of over two letters
 * change. Inflection is taken off by the first step of Porter's algorithm ("An algorithm for suffix
 * stripping", Program 14(3), 1980); of his derivational steps only the frequent endings are kept,
 * which costs little recall and merges fewer words that mean different things.
 */
export function stem(word: string): string {
  if (word.length <= 2 || !/^[a-z]+$/.test(word)) return word;
  let stemmed = cache.get(word);
  if (stemmed === undefined) {
    stemmed = finalR(derivation(finalY(inflection(plural(word)))));
    if (cache.size >= CACHE_LIMIT) cache.clear();
    cache.set(word, stemmed);
  }
  return stemmed;
}

function plural(word: string): string {
  if (word.endsWith('sses')) return word.slice(0, -2);
  if (word.endsWith('ies')) return word.length > 4 ? word.slice(0, -2) : word.slice(0, -1);
  if (word.endsWith('ss') || word.endsWith('us') || word.endsWith('is') || !word.endsWith('s')) return word;
  return word.slice(0, -1);
}

function inflection(word: string): string {
  if (word.endsWith('eed')) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  const ending = ['ed', 'ing'].find((suffix) => word.endsWith(suffix));
  if (ending === undefined) return word;
  const rest = word.slice(0, -ending.length);
  if (!hasVowel(rest)) return word;
  if (/(?:at|bl|iz)$/.test(rest)) return `${rest}e`;
  if (/([^aeioulsz])\1$/.test(rest)) return rest.slice(0, -1);
  return measure(rest) === 1 && endsShort(rest) ? `${rest}e` : rest;
}

function finalY(word: string): string {
  return word.endsWith('y') && hasVowel(word.slice(0, -1)) ? `${word.slice(0, -1)}i` : word;
}

/** Endings in the form the earlier steps leave them, each with what takes its place. */
const DERIVATIONS: readonly (readonly [ending: string, replacement: string])[] = [
  ['ational', 'ate'],
  ['ization', 'ize'],
  ['fulness', 'ful'],
  ['iveness', 'ive'],
  ['ousness', 'ous'],
  ['tional', 'tion'],
  ['biliti', 'ble'],
  ['ation', 'ate'],
  ['aliti', 'al'],
  ['ariti', 'ar'],
  ['iviti', 'ive'],
  ['ousli', 'ous'],
  ['entli', 'ent'],
  ['ator', 'ate'],
  ['izer', 'ize'],
  ['alli', 'al'],
  ['eli', 'e'],
  ['li', ''],
];

const RESIDUES = [
  'ement',
  'ance',
  'ence',
  'able',
  'ible',
  'ment',
  'ness',
  'ent',
  'ant',
  'ive',
  'ize',
  'ate',
  'ion',
  'ical',
  'ic',
  'al',
  'er',
  'e',
];

function derivation(word: string): string {
  let rest = word;
  const derived = DERIVATIONS.find(([ending]) => rest.endsWith(ending));
  if (derived !== undefined) {
    const base = rest.slice(0, -derived[0].length);
    if (measure(base) > 0) rest = base + derived[1];
  }
  const residue = RESIDUES.find((ending) => rest.endsWith(ending));
  if (residue === undefined) return rest;
  const base = rest.slice(0, -residue.length);
  if (residue === 'ion' && !/[st]$/.test(base)) return rest;
  const least = residue === 'e' || residue === 'ness' ? 0 : 1;
  return measure(base) > least ? base : rest;
}

/** `cylindr` (of cylindrical) and `symmetri` as `cylind` (of cylinder) and `symmet`; `countri` stays. */
function finalR(word: string): string {
  const base = /^(.*[dt])ri?$/.exec(word)?.[1];
  return base !== undefined && measure(base) > 1 ? base : word;
}

/** Porter's m: how often a vowel run is followed by a consonant run. */
function measure(word: string): number {
  return word.match(/[aeiou]+[^aeiouy]|y+[^aeiouy]/g)?.length ?? 0;
}

function hasVowel(word: string): boolean {
  return /[aeiou]|.y/.test(word);
}

/** Consonant, vowel, consonant, the last not w, x or y: `hop`, `fil`. */
function endsShort(word: string): boolean {
  return /[^aeiou][aeiouy][^aeiouwxy]$/.test(word);
}
