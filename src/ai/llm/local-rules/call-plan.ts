import type { JsonObject } from '../../../utils/json.ts';
import { canonicalJson } from '../../../utils/json.ts';
import { expressionIn } from './expression-text.ts';
import { asksTheClock, smallTalk } from './own-answers.ts';
import { readRequest, type Reading } from './reading.ts';
import { generalSearch } from './search-fallback.ts';
import { listItems } from './spans.ts';
import { queryText } from './request-text.ts';
import { textKind } from './text-kind.ts';
import { rankTools, RELEVANCE_THRESHOLD, type RankedTool } from './tool-choice.ts';
import type { Slot, ToolView } from './tool-view.ts';

export interface PlannedCall {
  readonly tool: string;
  readonly arguments: JsonObject;
}

/** What to do about a request: call tools, ask for what a tool lacks, or neither. */
export type CallPlan =
  /** `sureness` as in `Filling`. */
  | { readonly kind: 'call'; readonly calls: readonly PlannedCall[]; readonly sureness: number }
  | { readonly kind: 'ask'; readonly tool: string; readonly missing: readonly Slot[] }
  | { readonly kind: 'none' };

export type ToolChoice = 'auto' | 'required' | { readonly tool: string };

interface PlanInput {
  readonly request: string;
  readonly tools: readonly ToolView[];
  readonly choice: ToolChoice;
  readonly today: Date;
}

/** A part of a request is a request of its own only where its values stand in it this surely. */
const LEAST_SURENESS = 0.5;

/** Decides which tools serve the request and with what arguments. */
export function planCalls({ request, tools, choice, today }: PlanInput): CallPlan {
  const offered = typeof choice === 'object' ? tools.filter((tool) => tool.name === choice.tool) : tools;
  if (offered.length === 0 || (choice === 'auto' && smallTalk(request) !== undefined)) return { kind: 'none' };
  const parts = choice === 'auto' ? requestParts(request) : [request];
  if (parts.length > 1) {
    const plans = parts.map((part) => planPart({ request: part, tools: offered, choice, today }));
    if (plans.every((plan) => plan.kind === 'call' && plan.sureness >= LEAST_SURENESS))
      return {
        kind: 'call',
        calls: distinct(plans.flatMap((plan) => (plan.kind === 'call' ? plan.calls : []))),
        sureness: 1,
      };
  }
  return planPart({ request, tools: offered, choice, today });
}

function planPart({ request, tools, choice, today }: PlanInput): CallPlan {
  const reading = readRequest(request, today);
  const asksClock = asksTheClock(request);
  // A clock serves who asks for the time, and nobody else: "running time" is no such question.
  const ranked = rankTools(tools, reading).filter((each) => asksClock || choice !== 'auto' || !isClock(each.tool));
  const clockTool = asksClock ? ranked.find(({ tool }) => isClock(tool)) : undefined;
  const best = clockTool ?? ranked[0];
  if (best === undefined) return { kind: 'none' };
  if (clockTool === undefined && choice === 'auto' && best.relevance < RELEVANCE_THRESHOLD)
    return searchPlan(tools, reading);
  if (best.filling.missing.length > 0) {
    const search = choice === 'auto' ? searchPlan(tools, reading) : { kind: 'none' as const };
    return search.kind === 'call' ? search : { kind: 'ask', tool: best.tool.name, missing: best.filling.missing };
  }
  return { kind: 'call', calls: spread(best, reading), sureness: best.filling.sureness };
}

/** A tool that needs nothing to tell the date or the time of now. */
function isClock({ name, description, slots }: ToolView): boolean {
  const text = `${name} ${description}`;
  return (
    !slots.some((slot) => slot.required) && /\b(?:current|now|today)\b/iu.test(text) && /\b(?:time|date)\b/iu.test(text)
  );
}

function searchPlan(tools: readonly ToolView[], reading: Reading): CallPlan {
  const search = generalSearch(tools, reading.text);
  const slot = search?.slots.find((each) => each.required);
  if (search === undefined || slot === undefined) return { kind: 'none' };
  return {
    kind: 'call',
    calls: [{ tool: search.name, arguments: { [slot.name]: queryText(reading) } }],
    sureness: 0.5,
  };
}

const PART_BORDER =
  /(?:[.?!;]\s+|,?\s+(?:and|then)(?:\s+(?:also|then))?\s+|,\s+(?:also|then)\s+)(?=(?:(?:please|also)\s+)?(?:what|who|when|where|which|how|calculate|compute|find|get|show|tell|give|convert|translate|search|play|send|book|order|set|create|add|delete|remove|check|look|list|turn|determine|estimate|predict|recommend|schedule|is|are)\b)/giu;

/** The request cut where a new question or command begins. */
function requestParts(request: string): readonly string[] {
  const parts = request
    .split(PART_BORDER)
    .map((part) => part.trim())
    .filter((part) => part.split(/\s+/u).length > 2);
  const refersBack = parts
    .slice(1)
    .some((part) => /\b(?:it|its|they|them|their|he|she|his|her|him|this|that|those)\b/iu.test(part));
  return parts.length > 1 && parts.length <= 5 && !refersBack ? parts : [request];
}

function distinct(calls: readonly PlannedCall[]): readonly PlannedCall[] {
  const seen = new Set<string>();
  return calls.filter((call) => {
    const key = `${call.tool} ${canonicalJson(call.arguments)}`;
    return !seen.has(key) && seen.add(key).size > 0;
  });
}

/** One call, or one for each item where the request lists several values for the tool's only text slot. */
function spread({ tool, filling }: RankedTool, reading: Reading): readonly PlannedCall[] {
  const single: PlannedCall = { tool: tool.name, arguments: filling.values };
  const texts = tool.slots.filter(
    (slot) => slot.type === 'string' && slot.required && ['place', 'name', 'code'].includes(textKind(slot)),
  );
  const [slot] = texts;
  const value = slot === undefined ? undefined : filling.values[slot.name];
  if (slot === undefined || texts.length > 1 || typeof value !== 'string' || expressionIn(reading.text) !== undefined)
    return [single];
  const items = siblings(value, reading);
  return items.length < 2
    ? [single]
    : items.map((item) => ({ tool: tool.name, arguments: { ...filling.values, [slot.name]: item } }));
}

/** The names listed together with a name: "Paris, Rome and Oslo". */
function siblings(value: string, reading: Reading): readonly string[] {
  const names = reading.propers;
  const own = names.findIndex((span) => span.text === value);
  if (own < 0) return [];
  const joined = (left: number, right: number) => {
    const [from, to] = [names[left], names[right]];
    return (
      from !== undefined &&
      to !== undefined &&
      /^\s*(?:,\s*(?:and\s+)?|and\s+|&\s+)(?:(?:in|for|of|the)\s+)?$/iu.test(reading.text.slice(from.end, to.start))
    );
  };
  let [first, last] = [own, own];
  while (joined(first - 1, first)) first -= 1;
  while (joined(last, last + 1)) last += 1;
  const before = names[first]?.before;
  if (/\d/u.test(names[first]?.text ?? '')) return [];
  if (first === last || before === 'between') return [];
  return names.slice(first, last + 1).flatMap((span) => (listItems(span.text).length > 0 ? [span.text] : []));
}
