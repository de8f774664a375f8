import { cueStrength } from './cues.ts';
import { isStopWord, likeness } from './lexicon.ts';
import type { Reading } from './reading.ts';
import { stem } from './stem.ts';
import { identifierWords } from './tokenise.ts';
import type { Slot } from './tool-view.ts';

interface ChoiceFound {
  readonly choice: string;
  readonly start: number;
  readonly end: number;
  readonly strength: number;
}

/** Which of the slot's options the text names, best first: in its very letters, by its stems, or by a synonym. */
export function choicesNamed(slot: Slot, reading: Reading): readonly ChoiceFound[] {
  const found = slot.choices.flatMap((choice) => {
    const literal = literalChoice(choice, reading) ?? stemmedChoice(choice, { closed: slot.closed, reading });
    return literal === undefined ? [] : [{ ...literal, choice }];
  });
  return found
    .map((each) => ({
      ...each,
      strength:
        each.strength +
        0.3 * cueStrength({ slot, place: each, reading }) +
        directionOf(slot, reading.text.slice(0, each.start)),
    }))
    .toSorted((left, right) => right.strength - left.strength || right.choice.length - left.choice.length);
}

const TARGET = /^(?:to|target|into|output|new|desired)\b/u;
const SOURCE = /^(?:from|source|input|old|original)\b/u;

/** "What is that in Celsius" for a slot `to_scale`: a little for the option behind "in" or "to". */
function directionOf({ words }: Slot, before: string): number {
  const name = words.join(' ');
  const into = /\b(?:in|to|into|as) $/iu.test(before.slice(-8));
  return (TARGET.test(name) && into) || (SOURCE.test(name) && !into) ? 0.4 : 0;
}

type Hit = Omit<ChoiceFound, 'choice'>;

function literalChoice(choice: string, reading: Reading): Hit | undefined {
  const words = choice
    .trim()
    .split(/[\s_-]+/u)
    .map(escapePattern)
    .join(String.raw`[\s_-]+`);
  if (words === '') return undefined;
  const source = String.raw`(?<![\p{L}\p{N}])${words}(?![\p{L}\p{N}])`;
  const exact = new RegExp(source, 'u').exec(reading.text);
  const anyCase =
    exact ??
    (choice.length > 2 || !isStopWord(choice.toLowerCase()) ? new RegExp(source, 'iu').exec(reading.text) : null);
  if (!anyCase || (choice.length === 1 && !exact)) return undefined;
  return {
    start: anyCase.index,
    end: anyCase.index + anyCase[0].length,
    strength: exact ? 2 : choice.length < 3 ? 1.2 : 1.8,
  };
}

function escapePattern(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/gu, String.raw`\$&`);
}

interface Options {
  readonly closed: boolean;
  readonly reading: Reading;
}

function stemmedChoice(choice: string, { closed, reading }: Options): Hit | undefined {
  const stems = identifierWords(choice)
    .filter((word) => !isStopWord(word))
    .map(stem);
  if (stems.length === 0 || stems.some((each) => each.length < 3)) return undefined;
  const hits = stems.map((each) => {
    const ranked = reading.words
      .filter((word) => !isStopWord(word.lower))
      .map((word) => ({ word, alike: likeness(each, word.stem) }))
      .toSorted((left, right) => right.alike - left.alike);
    return ranked[0];
  });
  // A synonym alone decides only where nothing but the listed options is allowed.
  const least = closed ? (stems.length === 1 ? 0.6 : 0.75) : 0.85;
  if (hits.some((hit) => hit === undefined || hit.alike < least)) return undefined;
  const first = hits[0]?.word;
  const strength = Math.min(...hits.map((hit) => hit?.alike ?? 0));
  return first === undefined ? undefined : { start: first.start, end: first.end, strength };
}

/** `true` or `false` where the text says so ("with reviews", "without side effects"); undefined where it is silent. */
export function booleanNamed(slot: Slot, reading: Reading): boolean | undefined {
  const filler = new Set(
    'is has have get include includes including enable enabled use with return show allow should flag add only want'.split(
      ' ',
    ),
  );
  const stems = slot.words.filter((word) => !filler.has(word) && !isStopWord(word)).map(stem);
  if (stems.length === 0) return undefined;
  const hits = stems.map((each) => reading.words.find((word) => likeness(each, word.stem) >= 0.75));
  const first = hits[0];
  if (first === undefined || hits.some((hit) => hit === undefined)) return undefined;
  const before = reading.text.slice(Math.max(0, first.start - 40), first.start);
  return !/\b(?:no|not|without|don['’]?t|exclude|excluding|skip|disable|off|never)\b[^,.;]*$/iu.test(before);
}
