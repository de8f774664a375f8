import { expressionIn } from './expression-text.ts';
import { isGeneric, likeness } from './lexicon.ts';
import { overlaps, type Reading } from './reading.ts';
import { focusStems, requestTerms, type RequestTerm } from './request-terms.ts';
import { fillSlots, type Filling } from './slot-filling.ts';
import { textKind } from './text-slots.ts';
import { toolTerms, type ToolTerms } from './tool-terms.ts';
import type { ToolView } from './tool-view.ts';

/** What speaks for a tool, each from 0 to 1 unless said otherwise. */
export interface ToolFeatures {
  /** Share of the name's own words that the request has. */
  readonly name: number;
  /** Share of the words of the description's first sentence. */
  readonly purpose: number;
  /** Share of the request's topic words that the tool has anywhere. */
  readonly request: number;
  /** Share of what is asked for in so many words that name or description have. */
  readonly focus: number;
  /** Share of the required slots filled; 1 where none is required. */
  readonly filled: number;
  /** Share of the slots' name words that the request has. */
  readonly slots: number;
  /** Share of the numbers, dates, names and quotations of the request that found a slot; 1 where it has none. */
  readonly used: number;
  /** 1 where the request is arithmetic and the tool takes an expression. */
  readonly arithmetic: number;
}

export interface RankedTool {
  readonly tool: ToolView;
  readonly filling: Filling;
  readonly features: ToolFeatures;
  /** For ordering the tools against each other. */
  readonly rank: number;
  /** Chance, by the fitted weights, that the tool serves the request at all. */
  readonly relevance: number;
}

/** Below this relevance no tool is called. */
export const RELEVANCE_THRESHOLD = 0.5;

const RANK_WEIGHTS: ToolFeatures = {
  name: 2.2,
  purpose: 1.2,
  request: 2.4,
  focus: 1.6,
  filled: 1.2,
  slots: 0.8,
  used: 0.8,
  arithmetic: 4,
};
const RELEVANCE_WEIGHTS: ToolFeatures = {
  name: 3,
  purpose: 2,
  request: 3.5,
  focus: 2.5,
  filled: 1,
  slots: 1,
  used: 0.3,
  arithmetic: 5,
};
const RELEVANCE_BIAS = -5;

/** The tools with how well each suits the request, best first. */
export function rankTools(tools: readonly ToolView[], reading: Reading): readonly RankedTool[] {
  const request = requestTerms(reading);
  const focus = focusStems(reading);
  const all = tools.map(toolTerms);
  return all
    .map((terms) => rankTool({ terms, request, focus, reading, all }))
    .toSorted((left, right) => right.rank - left.rank);
}

interface RankInput {
  readonly terms: ToolTerms;
  readonly request: readonly RequestTerm[];
  readonly focus: readonly string[];
  readonly reading: Reading;
  readonly all: readonly ToolTerms[];
}

function rankTool({ terms, request, focus, reading, all }: RankInput): RankedTool {
  const { tool } = terms;
  const filling = fillSlots(tool.slots, reading, terms.all);
  const required = tool.slots.filter((slot) => slot.required).length;
  const features: ToolFeatures = {
    name: nameShare(terms, request, all),
    purpose: share(
      terms.purpose.filter((each) => !isGeneric(each)),
      request.map((each) => each.stem),
    ),
    request: requestShare(request, terms),
    focus: focusShare(focus, terms),
    filled: required === 0 ? 1 : 1 - filling.missing.length / required,
    slots: share(
      terms.slotNames.filter((each) => !isGeneric(each)),
      request.map((each) => each.stem),
    ),
    used: usedShare(filling, reading),
    arithmetic: takesExpression(tool) && expressionIn(reading.text) !== undefined ? 1 : 0,
  };
  const relevance = 1 / (1 + Math.exp(-(RELEVANCE_BIAS + weigh(features, RELEVANCE_WEIGHTS))));
  return { tool, filling, features, rank: weigh(features, RANK_WEIGHTS), relevance };
}

function weigh(features: ToolFeatures, weights: ToolFeatures): number {
  const names = Object.keys(weights) as (keyof ToolFeatures)[];
  return names.reduce((sum, name) => sum + features[name] * weights[name], 0);
}

function usedShare(filling: Filling, reading: Reading): number {
  const mentions = [...reading.numbers, ...reading.dates, ...reading.quoted, ...reading.propers];
  if (mentions.length === 0) return 1;
  return mentions.filter((mention) => filling.used.some((range) => overlaps(range, mention))).length / mentions.length;
}

function takesExpression(tool: ToolView): boolean {
  return tool.slots.some((slot) => slot.type === 'string' && textKind(slot) === 'expression');
}

function bestLikeness(stemmed: string, others: readonly string[]): number {
  return others.reduce((best, other) => Math.max(best, likeness(stemmed, other)), 0);
}

/** Mean over `wanted` of how well `present` covers each; 0 where nothing is wanted. */
function share(wanted: readonly string[], present: readonly string[]): number {
  if (wanted.length === 0) return 0;
  return wanted.reduce((sum, each) => sum + bestLikeness(each, present), 0) / wanted.length;
}

/** Words that many of the offered tools share say less; common words and namespaces too. */
function nameShare(terms: ToolTerms, request: readonly RequestTerm[], all: readonly ToolTerms[]): number {
  const stems = request.map((each) => each.stem);
  let [covered, total] = [0, 0];
  const parts: readonly (readonly [readonly string[], number])[] = [
    [terms.name, 1],
    [terms.namespace, 0.4],
  ];
  for (const [words, part] of parts) {
    for (const word of words) {
      const owners = all.filter((other) => other.name.includes(word) || other.namespace.includes(word)).length;
      const weight = part * (isGeneric(word) ? 0.12 : 1) * (all.length > 1 ? 1 - 0.6 * ((owners - 1) / all.length) : 1);
      covered += weight * bestLikeness(word, stems);
      total += weight;
    }
  }
  return total === 0 ? 0 : covered / total;
}

function requestShare(request: readonly RequestTerm[], terms: ToolTerms): number {
  let [covered, total] = [0, 0];
  for (const { stem, weight, value } of request) {
    const match = Math.max(
      bestLikeness(stem, terms.name),
      0.9 * bestLikeness(stem, terms.namespace),
      0.9 * bestLikeness(stem, terms.description),
      0.6 * bestLikeness(stem, terms.slotNames),
      0.4 * bestLikeness(stem, terms.slotTexts),
    );
    // A value no tool mentions says nothing against one; a value a tool does mention says much for it.
    const counted = value ? weight * match : weight;
    covered += weight * match;
    total += counted;
  }
  return total === 0 ? 0 : covered / total;
}

function focusShare(focus: readonly string[], terms: ToolTerms): number {
  const strong = [...terms.name, ...terms.namespace, ...terms.purpose];
  if (focus.length === 0) return 0;
  const covered = focus.map((each) =>
    Math.max(
      bestLikeness(each, strong),
      0.6 * bestLikeness(each, terms.description),
      0.3 * bestLikeness(each, terms.slotNames),
    ),
  );
  return covered.reduce((sum, each) => sum + each, 0) / focus.length;
}
