import { isDeepStrictEqual } from 'node:util';

import type { LanguageModelV4, LanguageModelV4FunctionTool } from '@ai-sdk/provider';

import { createLocalRules } from '../../src/ai/llm/local-rules/index.ts';
import type { Batch, Case } from './case-batch.ts';

export interface Call {
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** Right ones of how many. */
export interface Share {
  readonly right: number;
  readonly of: number;
}

export interface Score {
  /** Several tools offered, one fits: it alone is called. */
  readonly choice: Share;
  /** Some offered tool fits: something is called. */
  readonly called: Share;
  /** No offered tool fits: nothing is called. */
  readonly refrained: Share;
  /** The cases of `choice` with the right tool taken away: nothing is called. */
  readonly withoutRight: Share;
  /** Arguments of the cases where the right tools are called: all of them as expected. */
  readonly arguments: Share;
  readonly failures: readonly string[];
}

const NOW = new Date('2026-11-24T09:00:00Z');

/** What Local Rules calls for a request with these tools; empty where it answers in words. */
export async function callsFor(request: string, tools: readonly LanguageModelV4FunctionTool[]): Promise<Call[]> {
  const model: LanguageModelV4 = createLocalRules({ clock: { now: () => NOW } });
  const { content } = await model.doGenerate({
    prompt: [{ role: 'user', content: [{ type: 'text', text: request }] }],
    tools: [...tools],
  });
  return content.flatMap((part) =>
    part.type === 'tool-call'
      ? [{ tool: part.toolName, arguments: JSON.parse(part.input) as Record<string, unknown> }]
      : [],
  );
}

/** Balanced accuracy of calling or not: the mean of both rates. */
export function balancedAccuracy({ called, refrained }: Pick<Score, 'called' | 'refrained'>): number {
  return (rate(called) + rate(refrained)) / 2;
}

export const rate = ({ right, of }: Share): number => (of === 0 ? 1 : right / of);

export async function scoreBatch({ cases }: Pick<Batch, 'cases'>): Promise<Score> {
  const outcomes = await Promise.all(cases.map(outcomeOf));
  const share = (mark: (outcome: Outcome) => boolean | undefined): Share => {
    const marks = outcomes.map(mark).filter((each) => each !== undefined);
    return { right: marks.filter(Boolean).length, of: marks.length };
  };
  return {
    choice: share((outcome) => outcome.choice),
    called: share((outcome) => outcome.called),
    refrained: share((outcome) => outcome.refrained),
    withoutRight: share((outcome) => outcome.withoutRight),
    arguments: share((outcome) => outcome.arguments),
    failures: outcomes.flatMap((outcome) => outcome.failures),
  };
}

interface Outcome {
  choice?: boolean;
  called?: boolean;
  refrained?: boolean;
  withoutRight?: boolean;
  arguments?: boolean;
  failures: string[];
}

async function outcomeOf(each: Case): Promise<Outcome> {
  const made = await callsFor(each.request, each.tools);
  const outcome: Outcome = { failures: [] };
  const shown = `${each.request.slice(0, 110)} [${each.tools.map((tool) => tool.name).join(', ')}]`;
  const fail = (what: string) => outcome.failures.push(`${what}: ${shown} -> ${JSON.stringify(made)}`);
  if (each.calls.length === 0) {
    outcome.refrained = made.length === 0;
    if (!outcome.refrained) fail('called');
    return outcome;
  }
  outcome.called = made.length > 0;
  if (!outcome.called) fail(`not called ${each.calls.join(', ')}`);
  const rightTools = isDeepStrictEqual(made.map((call) => call.tool).toSorted(), each.calls.toSorted());
  if (each.tools.length > 1) outcome.choice = rightTools;
  if (outcome.called && !rightTools) fail(`wrong, not ${each.calls.join(', ')}`);
  if (rightTools && each.arguments.length > 0) {
    outcome.arguments = argumentsRight(each, made);
    if (!outcome.arguments) fail(`arguments, not ${JSON.stringify(each.arguments)}`);
  }
  if (each.tools.length > 1 && !each.othersServe) await takeRightAway(each, outcome);
  return outcome;
}

async function takeRightAway(each: Case, outcome: Outcome): Promise<void> {
  const rest = each.tools.filter((tool) => !each.calls.includes(tool.name));
  if (rest.length === 0) return;
  const made = await callsFor(each.request, rest);
  outcome.withoutRight = made.length === 0;
  if (made.length > 0)
    outcome.failures.push(`called without ${each.calls.join(', ')}: ${each.request} -> ${JSON.stringify(made)}`);
}

/** Each expected call has one made with its arguments, whatever the order. */
function argumentsRight(each: Case, made: readonly Call[]): boolean {
  const left = [...made];
  return each.arguments.every((expected, index) => {
    const found = left.findIndex(
      (call) =>
        call.tool === (each.calls[index] ?? each.calls[0]) &&
        Object.entries(expected).every(([name, wanted]) => fits(call.arguments[name], wanted)),
    );
    if (found >= 0) left.splice(found, 1);
    return found >= 0;
  });
}

function fits(value: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) return wanted.some((each) => same(value, each));
  return same(value, wanted);
}

/** Letter case, white space and commas do not count in texts. */
function same(value: unknown, wanted: unknown): boolean {
  if (typeof value === 'string' && typeof wanted === 'string') return folded(value) === folded(wanted);
  if (Array.isArray(value) && Array.isArray(wanted))
    return value.length === wanted.length && value.every((each, index) => same(each, wanted[index]));
  if (typeof value === 'number' && typeof wanted === 'number') return Math.abs(value - wanted) < 1e-9;
  return isDeepStrictEqual(value, wanted);
}

const folded = (text: string): string => text.toLowerCase().replaceAll(/[\s,'"_/-]+/gu, '');
