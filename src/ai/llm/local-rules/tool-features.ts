import { expressionIn } from './expression-text.ts';
import { actionsOf, areRivals, isGeneric, likeness } from './lexicon.ts';
import { overlaps, type Reading } from './reading.ts';
import { focusStems, requestedActions, requestTerms, wonders, type RequestTerm } from './request-terms.ts';
import type { Filling } from './slot-filling.ts';
import { stem } from './stem.ts';
import { textKind } from './text-kind.ts';
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
  /** 1 where the request has an address, a path or a URL and a required slot takes just that. */
  readonly shape: number;
  /** 1 where the request is arithmetic and the tool takes an expression. */
  readonly arithmetic: number;
  /** 1 where the request speaks of a rival of what the tool is for: a circle, and the tool is for triangles. */
  readonly rival: number;
  /** 1 where something is to be done that the tool does not do: delete, and the tool sends. */
  readonly otherAction: number;
  /** 1 where something is asked and the tool only acts: plays, books, sends. */
  readonly asksActor: number;
  /** How much of the request's topic the tool says nothing of; 0.5 at two words. */
  readonly unexplained: number;
  /** 1 where reasons, explanations or opinions are asked for and the tool offers none. */
  readonly wonders: number;
}

/** A request, as every tool is held against it. */
export interface RequestView {
  readonly reading: Reading;
  readonly terms: readonly RequestTerm[];
  readonly focus: readonly string[];
  readonly actions: ReadonlySet<number>;
  readonly arithmetic: boolean;
  readonly wonders: boolean;
}

export function viewRequest(reading: Reading): RequestView {
  return {
    reading,
    terms: requestTerms(reading),
    focus: focusStems(reading),
    actions: requestedActions(reading),
    arithmetic: expressionIn(reading.text) !== undefined,
    wonders: wonders(reading),
  };
}

/** What the tools offered have in common. */
export interface OfferedTools {
  readonly count: number;
  /** How many of them have a word in their name. */
  readonly owners: ReadonlyMap<string, number>;
}

export function viewOffered(tools: readonly ToolTerms[]): OfferedTools {
  const owners = new Map<string, number>();
  for (const { name, namespace } of tools)
    for (const word of new Set([...name, ...namespace])) owners.set(word, (owners.get(word) ?? 0) + 1);
  return { count: tools.length, owners };
}

interface FeatureInput {
  readonly terms: ToolTerms;
  readonly filling: Filling;
  readonly request: RequestView;
  readonly offered: OfferedTools;
}

const specific = (words: readonly string[]): readonly string[] => words.filter((each) => !isGeneric(each));

export function featuresOf({ terms, filling, request, offered }: FeatureInput): ToolFeatures {
  const required = terms.tool.slots.filter((slot) => slot.required).length;
  const stems = request.terms.map((each) => each.stem);
  return {
    name: nameShare({ terms, stems, offered }),
    purpose: share(specific(terms.purpose), stems),
    ...coverageOf(request.terms, terms),
    focus: focusShare(request.focus, terms),
    filled: required === 0 ? 1 : 1 - filling.missing.length / required,
    sure: filling.sureness,
    slots: share(specific(terms.slotNames), stems),
    used: usedShare(filling, request.reading),
    shape: takesShape(terms.tool, request.reading) ? 1 : 0,
    arithmetic: request.arithmetic && takesExpression(terms.tool) ? 1 : 0,
    rival: speaksOfRival(request.terms, terms) ? 1 : 0,
    ...actionFeatures(request.actions, terms),
    wonders: request.wonders && !EXPLAINING.test(`${terms.tool.name} ${terms.tool.description}`) ? 1 : 0,
  };
}

function usedShare(filling: Filling, reading: Reading): number {
  const mentions = [...reading.numbers, ...reading.dates, ...reading.quoted, ...reading.propers];
  if (mentions.length === 0) return 1;
  return mentions.filter((mention) => filling.used.some((range) => overlaps(range, mention))).length / mentions.length;
}

function takesShape(tool: ToolView, { urls, emails, paths }: Reading): boolean {
  const shapes = { url: urls, email: emails, path: paths };
  return tool.slots.some((slot) => {
    const kind = slot.type === 'string' && slot.required ? textKind(slot) : 'plain';
    return (kind === 'url' || kind === 'email' || kind === 'path') && shapes[kind].length > 0;
  });
}

function takesExpression(tool: ToolView): boolean {
  return tool.slots.some((slot) => slot.type === 'string' && textKind(slot) === 'expression');
}

function bestLikeness(stemmed: string, others: readonly string[]): number {
  let best = 0;
  for (const other of others) {
    const alike = likeness(stemmed, other);
    if (alike === 1) return 1;
    if (alike > best) best = alike;
  }
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
  readonly offered: OfferedTools;
}

/** Words that many of the offered tools share say less; common words and namespaces too. */
function nameShare({ terms, stems, offered }: NameInput): number {
  let [covered, total] = [0, 0];
  const parts: readonly (readonly [readonly string[], number])[] = [
    [terms.name, 1],
    [terms.namespace, 0.4],
  ];
  for (const [words, part] of parts) {
    for (const word of words) {
      const shared = (offered.owners.get(word) ?? 1) - 1;
      const weight = part * (isGeneric(word) ? 0.12 : 1) * (1 - 0.6 * (shared / offered.count));
      covered += weight * bestLikeness(word, stems);
      total += weight;
    }
  }
  return total === 0 ? 0 : covered / total;
}

const EXPLAINING =
  /explain|knowledge|search|wiki|answer|describe|advice|article|definition|informat|fact|details|histor|lookup/iu;

/** How much of the request a tool's name and description cover: enough to leave out the hopeless among many. */
export function firstImpression(terms: ToolTerms, request: RequestView): number {
  const words = [...terms.name, ...terms.namespace, ...terms.description, ...terms.slotNames];
  return request.terms.reduce((sum, each) => sum + each.weight * bestLikeness(each.stem, words), 0);
}

function coverageOf(request: readonly RequestTerm[], terms: ToolTerms): Pick<ToolFeatures, 'request' | 'unexplained'> {
  let [covered, total, open] = [0, 0, 0];
  for (const { stem: each, weight, value } of request) {
    const match = Math.max(
      bestLikeness(each, terms.name),
      0.9 * bestLikeness(each, terms.namespace),
      0.9 * bestLikeness(each, terms.description),
      0.6 * bestLikeness(each, terms.slotNames),
      0.4 * bestLikeness(each, terms.slotTexts),
    );
    // A value no tool mentions says nothing against one; a value a tool does mention says much for it.
    const counted = value ? weight * match : weight;
    covered += weight * match;
    total += counted;
    if (!value) open += weight * (1 - Math.min(1, 1.4 * match));
  }
  return { request: total === 0 ? 0 : covered / total, unexplained: open / (open + 2) };
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
    (term) =>
      !term.value &&
      !isGeneric(term.stem) &&
      bestLikeness(term.stem, [...strong, ...terms.description]) < 0.7 &&
      strong.some((each) => areRivals(term.stem, each)),
  );
}

/** The actions of the description's first word ("Cancels an order") and of the name's, or else of the whole name. */
function offeredActions({ name, tool }: ToolTerms): ReadonlySet<number> {
  const verb = stemOf(/^\W*(?:this (?:function|tool|api) )?(?<verb>[a-z]+)/iu.exec(tool.description)?.groups?.['verb']);
  const said = new Set([verb, name[0]].flatMap((each) => (each === undefined ? [] : [...actionsOf(each)])));
  return said.size > 0 ? said : new Set(name.flatMap((each) => [...actionsOf(each)]));
}

/** Kinds of action (places in `ACTIONS`) that change something outside: delete, send, buy, book, play, switch, pay. */
const EFFECTS: ReadonlySet<number> = new Set([1, 2, 5, 6, 7, 8, 9, 10, 11]);

const stemOf = (word: string | undefined): string | undefined =>
  word === undefined ? undefined : stem(word.toLowerCase());

function actionFeatures(
  requested: ReadonlySet<number>,
  terms: ToolTerms,
): Pick<ToolFeatures, 'otherAction' | 'asksActor'> {
  const offered = offeredActions(terms);
  const apart = requested.size > 0 && offered.size > 0 && ![...requested].some((each) => offered.has(each));
  const onlyAsks = requested.size === 1 && requested.has(0);
  const acts = [...offered].every((each) => EFFECTS.has(each));
  return { otherAction: apart && !onlyAsks ? 1 : 0, asksActor: apart && onlyAsks && acts ? 1 : 0 };
}
