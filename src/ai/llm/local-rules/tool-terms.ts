import { isGeneric, isStopWord } from './lexicon.ts';
import { stem } from './stem.ts';
import { identifierWords, wordsOf } from './tokenise.ts';
import type { Slot, ToolView } from './tool-view.ts';

/** The words of a tool, by where they stand. All are stems without stop words. */
export interface ToolTerms {
  readonly tool: ToolView;
  /** Of the last part of a dotted name. */
  readonly name: readonly string[];
  /** Of the parts before it. */
  readonly namespace: readonly string[];
  /** Of the first sentence of the description. */
  readonly purpose: readonly string[];
  readonly description: readonly string[];
  readonly slotNames: readonly string[];
  readonly slotTexts: readonly string[];
  readonly all: ReadonlySet<string>;
}

const content = (words: readonly string[]): readonly string[] => [
  ...new Set(words.filter((word) => !isStopWord(word) && (word.length > 1 || /\d/u.test(word))).map(stem)),
];
const contentOf = (text: string): readonly string[] => content(wordsOf(text).map((word) => word.lower));

export function toolTerms(tool: ToolView): ToolTerms {
  const parts = tool.name.split(/\.|__|\//u).map((part) => content(identifierWords(part)));
  const slots = tool.slots.flatMap((slot) => [slot, ...slot.members]);
  const firstSentence = tool.description.split(/(?<=[.;])\s/u)[0] ?? '';
  const name = parts.at(-1) ?? [];
  const terms = {
    name,
    namespace: parts.slice(0, -1).flat(),
    purpose: contentOf(firstSentence),
    description: contentOf(tool.description),
    slotNames: content(slots.flatMap((slot) => slot.words)),
    slotTexts: contentOf(slots.map(slotText).join(' ')),
  };
  const topic = [...terms.name, ...terms.namespace, ...terms.description];
  return { ...terms, tool, all: new Set(topic.filter((each) => !isGeneric(each))) };
}

function slotText(slot: Slot): string {
  return `${slot.description} ${slot.closed ? slot.choices.join(' ') : ''} ${slot.items?.choices.join(' ') ?? ''}`;
}
