import { isJsonObject } from '../../../utils/json.ts';
import { planCalls, type PlannedCall, type ToolChoice } from './call-plan.ts';
import type { CallResult, ConversationView } from './conversation-view.ts';
import { DO_NOT_KNOW, ownAnswer, smallTalk } from './own-answers.ts';
import { passagesIn, type Passage } from './passages.ts';
import { questionStems, quoteFor } from './quoting.ts';
import { LABEL, renderQuotes, renderReading, renderResult } from './rendering.ts';
import { canonicalJson } from '../../../utils/json.ts';
import { isStopWord } from './lexicon.ts';
import { wordsOf } from './tokenise.ts';
import type { Slot, ToolView } from './tool-view.ts';

/** What Local Rules answers: a text, or calls of tools. */
export type Decision =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'calls'; readonly calls: readonly PlannedCall[] };

export interface DecisionInput {
  readonly view: ConversationView;
  readonly tools: readonly ToolView[];
  readonly choice: ToolChoice | 'none';
  readonly now: Date;
}

const ASK_MARK = 'but I still need';

/** Decides the next turn from the conversation alone: the same input always gives the same answer. */
export function decide(input: DecisionInput): Decision {
  return input.view.results.length > 0 ? afterResults(input) : onRequest(input);
}

const say = (text: string): Decision => ({ kind: 'text', text: `${LABEL} ${text}` });

function onRequest({ view, tools, choice, now }: DecisionInput): Decision {
  if (choice !== 'none') {
    for (const request of requestForms(view)) {
      const plan = planCalls({ request, tools, choice, today: now });
      if (plan.kind === 'call') return { kind: 'calls', calls: plan.calls };
      if (plan.kind === 'ask') return say(askFor(plan.tool, plan.missing));
    }
  }
  return say(ownAnswer(view, now) ?? DO_NOT_KNOW);
}

/** The request by itself; and where it only completes the one before ("and in Oslo?", a slot asked for), both together. */
function requestForms(view: ConversationView): readonly string[] {
  const { request, lastAnswer, earlierRequests, calledBefore } = view;
  const previous = earlierRequests.at(-1);
  if (previous === undefined || smallTalk(request) !== undefined) return [request];
  if (lastAnswer.includes(ASK_MARK)) {
    const slot = /\*\*([^*]+)\*\*/u.exec(lastAnswer)?.[1] ?? '';
    return [`${previous.replace(/[.?!\s]+$/u, '')}, ${slot.replaceAll('_', ' ')} ${request}`];
  }
  const short = request.trim().split(/\s+/u).length <= 6;
  const continues = calledBefore && short && /^\s*(?:and|what about|how about|also|same for)\b/iu.test(request);
  return continues
    ? [
        `${request.replace(/^\s*(?:and|what about|how about|also|same for)\s+/iu, '').replace(/[?.!]+$/u, '')}: ${previous}`,
      ]
    : [request];
}

function askFor(tool: string, missing: readonly Slot[]): string {
  const wanted = missing.map((slot) => {
    const options = slot.closed ? `; one of ${slot.choices.join(', ')}` : '';
    return `**${slot.name}** (${slot.type}${options})${slot.description === '' ? '' : `: ${slot.description}`}`;
  });
  return `I can use \`${tool}\` for this, ${ASK_MARK} ${wanted.join('; ')}`;
}

function afterResults(input: DecisionInput): Decision {
  const { results } = input.view;
  const found = results.flatMap((result) => (result.error ? [] : (passagesIn(result.value) ?? [])));
  const searches = results.filter((result) => !result.error && passagesIn(result.value) !== undefined);
  const others = results.filter((result) => !searches.includes(result)).map(renderResult);
  if (searches.length === 0) return say(others.join('\n\n'));
  const [reading] = found;
  if (reading !== undefined && found.length === 1 && asksToRead(input.view.request, reading))
    return say([renderReading(reading), ...others].join('\n\n'));
  const quoted = answerFromPassages(input.view.request, found);
  if (quoted !== undefined) return say([quoted, ...others].join('\n\n'));
  const again = others.length === 0 ? reformulated(input, searches) : undefined;
  if (again) return { kind: 'calls', calls: [again] };
  const read = new Set(found.map((passage) => passage.path)).size;
  const looked =
    read === 0
      ? 'the search found no passage'
      : `the ${counted(found.length, 'passage')} found in ${counted(read, 'document')} do not cover the question`;
  return say([`I do not know: nothing in the documents answers this; ${looked}.`, ...others].join('\n\n'));
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** "Read configuration.md", "show me lines 3 to 9 of notes.txt": the text itself is wanted. */
function asksToRead(request: string, { path }: Passage): boolean {
  return request.includes(path) && /^\W*(?:please )?(?:read|show|open|print|display|cat|give)\b/iu.test(request);
}

function answerFromPassages(question: string, passages: readonly Passage[]): string | undefined {
  const { quotes, confidence, threshold } = quoteFor(question, unique(passages));
  return quotes.length === 0 || confidence < threshold ? undefined : renderQuotes(quotes);
}

function unique(passages: readonly Passage[]): readonly Passage[] {
  const seen = new Set<string>();
  return passages.filter(({ path, startLine }) => {
    const key = `${path}:${startLine}`;
    return !seen.has(key) && seen.add(key).size > 0;
  });
}

/** A second and last search with the content words alone, where the first one was asked in more words. */
function reformulated(
  { view, tools, choice }: DecisionInput,
  searches: readonly CallResult[],
): PlannedCall | undefined {
  const [first] = searches;
  if (first === undefined || searches.length > 1 || choice === 'none') return undefined;
  const tool = tools.find((each) => each.name === first.tool);
  const slot = tool?.slots.find((each) => each.required && each.type === 'string');
  const earlier: unknown = first.input === '' ? {} : JSON.parse(first.input);
  if (tool === undefined || slot === undefined || !isJsonObject(earlier as never)) return undefined;
  const specific = new Set(questionStems(view.request));
  const words = wordsOf(view.request)
    .filter(({ lower }) => !isStopWord(lower))
    .map(({ lower }) => lower);
  const input = { ...(earlier as Record<string, never>), [slot.name]: [...new Set(words)].join(' ') };
  const repeated = view.results.some((result) => result.tool === tool.name && result.input === canonicalJson(input));
  return specific.size === 0 || words.length === 0 || repeated ? undefined : { tool: tool.name, arguments: input };
}
