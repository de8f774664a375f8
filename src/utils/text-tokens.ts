import { stem } from './stem.ts';

// Function words of English: they stand in every passage and say nothing about its subject.
const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    'a about above after again all also am among an and any are as at be because been before being below between both ' +
    'but by can could did do does doing done down during each either else ever few for from further get got had has have ' +
    'having he her here hers him his how however i if in into is it its itself just let may me might more most must my ' +
    'no nor not now of off on once only or other ought our ours out over own per quite rather same shall she should ' +
    'since so some such than that the their theirs them then there therefore these they this those though through thus to ' +
    'too under until up upon us very via was we were what when where whether which while who whom whose why will with ' +
    'within without would yet you your yours ' +
    'arent cant couldnt didnt doesnt dont hadnt hasnt havent isnt shouldnt wasnt werent wont wouldnt im ive thats theres ' +
    'theyre weve whats youre'
  ).split(' '),
);

const WORD = /[\p{L}\p{N}\p{M}]+/gu;
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;
const ASCII_ONLY = /^[\0-\x7f]*$/;

/**
 * The words of a text in their order, lower-case, without accents; apostrophes join, everything
 * else that is no letter or digit parts. `camelCase` gives its words and itself; scripts written
 * without spaces give pairs of characters.
 */
export function words(text: string): string[] {
  const found: string[] = [];
  const plain = ASCII_ONLY.test(text) ? text : withoutAccents(text);
  for (const [word] of plain.replaceAll(/(?<=\p{L})['’](?=\p{L})/gu, '').matchAll(WORD)) {
    if (/[a-z][A-Z]/.test(word)) {
      const parts = word.split(/(?<=[a-z])(?=[A-Z])/);
      for (const part of parts) found.push(part.toLowerCase());
    }
    if (UNSPACED.test(word)) found.push(...characterPairs(word));
    else found.push(word.toLowerCase());
  }
  return found;
}

/** The words of a text that say something about it: without stop words, each as its stem. */
export function terms(text: string): string[] {
  const found: string[] = [];
  for (const word of words(text)) if (!isStopWord(word)) found.push(stem(word));
  return found;
}

/** Whether the (lower-case) word says nothing about the subject of a text. */
export function isStopWord(word: string): boolean {
  return STOP_WORDS.has(word);
}

function withoutAccents(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .normalize('NFC');
}

function characterPairs(word: string): string[] {
  const characters = Array.from(word);
  if (characters.length < 2) return characters;
  return characters.slice(1).map((character, index) => `${characters[index] ?? ''}${character}`);
}
