import { expressionIn } from './expression-text.ts';
import { actionsOf, areRivals, isGeneric, likeness } from './lexicon.ts';
import { overlaps, type Reading } from './reading.ts';
import { focusStems, requestedActions, requestTerms, type RequestTerm } from './request-terms.ts';
import type { Filling } from './slot-filling.ts';
import { textKind } from './text-slots.ts';
import type { ToolTerms } from './tool-terms.ts';
import type { ToolView } from './tool-view.ts';

/** What speaks for a tool or against it, each from 0 to 1. */
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
  /** How surely the required slots are filled: by cue words, units, options named; 0.5 where none is required. */
  readonly sure: number;
  /** Share of the slots' name words that the request has. */
  readonly slots: number;
  /** Share of the numbers, dates, names and quotations of the request that found a slot; 1 where it has none. */
  readonly used: number;
  /** 1 where the request is arithmetic and the tool takes an expression. */
  readonly arithmetic: number;
  /** 1 where the request speaks of a rival of what the tool is for: a circle, and the tool is for triangles. */
  readonly rival: number;
  /** 1 where something is to be done that the tool does not do: delete, and the tool sends. */
  readonly otherAction: number;
  /** 1 where something is asked and the tool only acts: plays, books, sends. */
  readonly asksActor: number;
}

/** A request, as every tool is held against it. */
export interface RequestView {
  readonly reading: Reading;
  readonly terms: readonly RequestTerm[];
  readonly focus: readonly string[];
  readonly actions: ReadonlySet<number>;
  readonly arithmetic: boolean;
}

export function viewRequest(reading: Reading): RequestView {
  return {
    reading,
    terms: requestTerms(reading),
    focus: focusStems(reading),
    actions: requestedActions(reading),
    arithmetic: expressionIn(reading.text) !== undefined,
  };
}

interface FeatureInput {
  readonly terms: ToolTerms;
  readonly filling: Filling;
  readonly request: RequestView;
  /** All tools offered. */
  readonly all: readonly ToolTerms[];
}

export function featuresOf({ terms, filling, request, all }: FeatureInput): ToolFeatures {
  const required = terms.tool.slots.filter((slot) => slot.required).length;
  const stems = request.terms.map((each) => each.stem);
  const specific = (words: readonly string[]) => words.filter((each) => !isGeneric(each));
  return {
    name: nameShare({ terms, stems, all }),
    purpose: share(specific(terms.purpose), stems),
    request: requestShare(request.terms, terms),
    focus: focusShare(request.focus, terms),
    filled: required === 0 ? 1 : 1 - filling.missing.length / required,
    sure: filling.sureness,
    slots: share(specific(terms.slotNames), stems),
    used: usedShare(filling, request.reading),
    arithmetic: request.arithmetic && takesExpression(terms.tool) ? 1 : 0,
    rival: speaksOfRival(request.terms, terms) ? 1 : 0,
    ...actionFeatures(request.actions, terms),
  };
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
  let best = 0;
  for (const other of others) best = Math.max(best, likeness(stemmed, other));
  return best;
}

/** Mean over `wanted` of how well `present` covers each; 0 where nothing is wanted. */
function share(wanted: readonly string[], present: readonly string[]): number {
  if (wanted.length === 0) return 0;
  return wanted.reduce((sum, each) => sum + bestLikeness(each, present), 0) / wanted.length;
}

interface NameInput {
  readonly terms: ToolTerms;
  readonly stems: readonly string[];
  readonly all: readonly ToolTerms[];
}

/** Words that many of the offered tools share say less; common words and namespaces too. */
function nameShare({ terms, stems, all }: NameInput): number {
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

function speaksOfRival(request: readonly RequestTerm[], terms: ToolTerms): boolean {
  const strong = [...terms.name, ...terms.namespace, ...terms.purpose, ...terms.slotNames].filter(
    (each) => !isGeneric(each),
  );
  return request.some(
    ({ stem, value }) =>
      !value &&
      !isGeneric(stem) &&
      bestLikeness(stem, [...strong, ...terms.description]) < 0.7 &&
      strong.some((each) => areRivals(stem, each)),
  );
}

function actionFeatures(
  requested: ReadonlySet<number>,
  terms: ToolTerms,
): Pick<ToolFeatures, 'otherAction' | 'asksActor'> {
  const offered = new Set([...terms.name, ...terms.purpose.slice(0, 2)].flatMap((each) => [...actionsOf(each)]));
  const apart = requested.size > 0 && offered.size > 0 && ![...requested].some((each) => offered.has(each));
  const onlyAsks = requested.size === 1 && requested.has(0);
  return { otherAction: apart && !onlyAsks ? 1 : 0, asksActor: apart && onlyAsks ? 1 : 0 };
}
