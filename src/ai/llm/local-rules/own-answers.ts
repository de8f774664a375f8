import { evaluateExpression } from '../../../utils/expression.ts';
import { CalculationError, toDecimalText, toFractionText } from '../../../utils/rational.ts';
import type { ConversationView } from './conversation-view.ts';
import { expressionIn } from './expression-text.ts';
import { passageOfSource, type Passage } from './passages.ts';
import { questionStems, quoteFor } from './quoting.ts';
import { renderQuote } from './rendering.ts';

const GREETING = /^\s*(?:hi|hello|hey|good (?:morning|afternoon|evening)|greetings|howdy)\b[\s\p{L}]{0,20}[!.?]*\s*$/iu;
const THANKS = /^\s*(?:thanks|thank you|thx|cheers|bye|goodbye|good night)\b[^?]{0,30}$/iu;
const IDENTITY =
  /\b(?:who|what) are you\b|\bare you (?:an? )?(?:ai|llm|gpt|bot|human|language model|real)\b|\bwhat can you do\b|\bwhich model\b/iu;
const TIME =
  /\bwhat(?:'s| is)? (?:the )?(?:current )?time\b(?! (?:taken|complexity|zone|it takes|required|for|between|period|signature))|\bwhat time is it\b|\b(?:current|local) time\b|\bthe time (?:now )?in \p{L}|\btime is it (?:now )?in\b/iu;
const TODAY =
  /\b(?:what|which)(?:'s| is)? (?:day|date|(?:the )?(?:current |today's )?(?:day|date)|year|month)\b.*\b(?:today|now|it)\b|\btoday's date\b|\bwhat (?:day|date) is (?:it|today)\b|^what(?:'s| is) the (?:current )?date\b|\bwhat is today\b/iu;
const QUESTION =
  /\?\s*$|^\s*(?:what|who|whom|whose|which|when|where|why|how|is|are|was|were|do|does|did|can|could|should|would|will|tell|explain|describe|show|list|find|search|give|calculate|compute|write|create|make|please|summari[sz]e|define|name|translate|convert|recommend|suggest|play|send|book|order|set|turn|get|help)\b/iu;

const WHAT_I_AM =
  'I am Local Rules, the deterministic model built into PyGent Factory. I choose tools by the words of a request, fill their arguments, calculate exactly, and quote documents and this conversation with citations. I do not write freely or know facts of my own; set OPENAI_API_KEY, ANTHROPIC_API_KEY, GOOGLE_GENERATIVE_AI_API_KEY or OPENAI_BASE_URL for a language model.';

/** What Local Rules can answer without any tool; undefined where it can't. */
export function ownAnswer(view: ConversationView, now: Date): string | undefined {
  const { request } = view;
  return smallTalk(request) ?? arithmeticAnswer(request) ?? clockAnswer(request, now) ?? conversationAnswer(view);
}

/** Greetings, thanks, and what this is. */
export function smallTalk(request: string): string | undefined {
  if (GREETING.test(request)) return 'Hello. Ask me something I can look up, calculate or do with a tool.';
  if (THANKS.test(request)) return 'You are welcome.';
  return IDENTITY.test(request) ? WHAT_I_AM : undefined;
}

function arithmeticAnswer(request: string): string | undefined {
  const expression = expressionIn(request);
  if (expression === undefined) return undefined;
  try {
    const { value, approximate } = evaluateExpression(expression);
    const [exact, decimal] = [toFractionText(value), toDecimalText(value)];
    if (approximate) return `${expression} ≈ ${decimal}`;
    return `${expression} = ${decimal.endsWith('…') ? `${exact} (${decimal})` : decimal}`;
  } catch (error) {
    if (error instanceof CalculationError) return `${expression}: ${error.message}`;
    throw error;
  }
}

function clockAnswer(request: string, now: Date): string | undefined {
  const iso = now.toISOString();
  if (TIME.test(request)) return `It is ${iso.slice(11, 16)} UTC on ${iso.slice(0, 10)}.`;
  if (!TODAY.test(request)) return undefined;
  const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'long', timeZone: 'UTC' }).format(now);
  return `Today is ${weekday}, ${iso.slice(0, 10)} (UTC).`;
}

/** Whether the request asks about the time or the date of now. */
export function asksTheClock(request: string): boolean {
  return TIME.test(request) || TODAY.test(request);
}

export function isQuestion(request: string): boolean {
  return QUESTION.test(request);
}

/** Quotes what was said or attached earlier, or takes note of a statement. */
function conversationAnswer(view: ConversationView): string | undefined {
  if (!isQuestion(view.request)) {
    const statement = view.request.trim() !== '' && /\b(?:i|my|we|our|is|are|was|were|has|have)\b/iu.test(view.request);
    return statement ? 'Noted; ask me about it later in this conversation and I will quote it.' : undefined;
  }
  const passages = view.sources.map(passageOfSource).filter((passage) => passage.text.trim() !== '');
  const { quotes, confidence, threshold } = quoteFor(aboutTheSpeaker(view.request), passages.map(withoutQuestions));
  if (quotes.length === 0 || confidence < threshold) return undefined;
  return `From this conversation:\n\n${quotes.map(renderQuote).join('\n\n')}`;
}

/** "Where do I live" turns on "live" alone; "my name" on a sentence that says "my name". */
function aboutTheSpeaker(request: string): string {
  return questionStems(request).length > 0 ? request : '';
}

/** Earlier questions are no answers; their lines are blanked, so that line numbers stay. */
function withoutQuestions(passage: Passage): Passage {
  return {
    ...passage,
    text: passage.text.replaceAll(/[^.!?\n]*\?/gu, (question) => question.replaceAll(/[^\n]/gu, ' ')),
  };
}

export const DO_NOT_KNOW =
  'I do not know. I have no tool for this and nothing in this conversation answers it; ask for something one of my tools does, or set a key (such as OPENAI_API_KEY) for a language model.';
