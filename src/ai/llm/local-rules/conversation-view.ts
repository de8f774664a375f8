import type {
  LanguageModelV4FilePart,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4ToolResultOutput,
} from '@ai-sdk/provider';

import { canonicalJson, type JsonValue } from '../../../utils/json.ts';

/** A text of the conversation that can be quoted: what it is called in a citation, and its words. */
export interface Source {
  readonly name: string;
  readonly text: string;
}

/** The answer to a tool call of this turn. */
export interface CallResult {
  readonly tool: string;
  /** The arguments in canonical JSON. */
  readonly input: string;
  readonly error: boolean;
  readonly value: JsonValue;
}

/** What Local Rules looks at in a prompt. */
export interface ConversationView {
  /** Text of the last user message; of one over 6,000 characters the beginning and the end. */
  readonly request: string;
  /** User messages before it, oldest first. */
  readonly earlierRequests: readonly string[];
  /** Text of the assistant's last message before the request. */
  readonly lastAnswer: string;
  /** Whether the assistant called a tool between the two last user messages. */
  readonly calledBefore: boolean;
  /** System texts, earlier user messages and attached texts, each under the name it is cited by. */
  readonly sources: readonly Source[];
  /** Results of the calls made since the last user message, in order. */
  readonly results: readonly CallResult[];
}

export function viewConversation(prompt: LanguageModelV4Prompt): ConversationView {
  const lastUser = prompt.findLastIndex((message) => message.role === 'user');
  const before = prompt.slice(0, Math.max(lastUser, 0));
  const after = prompt.slice(lastUser + 1);
  const userTexts = prompt.flatMap((message) => (message.role === 'user' ? [messageText(message)] : []));
  const previousUser = before.findLastIndex((message) => message.role === 'user');
  const between = previousUser < 0 ? [] : before.slice(previousUser + 1);
  return {
    request: clipped(userTexts.at(-1) ?? ''),
    earlierRequests: userTexts.slice(0, -1).map(clipped),
    lastAnswer: messageText(before.findLast((message) => message.role === 'assistant')),
    calledBefore: between.some((message) => message.role === 'tool'),
    sources: prompt.flatMap((message, index) =>
      sourcesOf(message, { number: index + 1, isRequest: index === lastUser }),
    ),
    results: callResults(after),
  };
}

const CLIPPED_HEAD = 4_000;
const CLIPPED_TAIL = 2_000;

/** A request that somebody pasted a book into is read at its beginning and its end, where the question stands. */
function clipped(request: string): string {
  if (request.length <= CLIPPED_HEAD + CLIPPED_TAIL) return request;
  return `${request.slice(0, CLIPPED_HEAD)}\n${request.slice(-CLIPPED_TAIL)}`;
}

function messageText(message: LanguageModelV4Message | undefined): string {
  if (message === undefined) return '';
  if (message.role === 'system') return message.content;
  return message.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}

interface Position {
  readonly number: number;
  readonly isRequest: boolean;
}

function sourcesOf(message: LanguageModelV4Message, { number, isRequest }: Position): readonly Source[] {
  if (message.role === 'system') return [{ name: 'system', text: message.content }];
  if (message.role !== 'user') return [];
  const said = isRequest ? [] : [{ name: `message ${number}`, text: messageText(message) }];
  const files = message.content.flatMap((part) => (part.type === 'file' ? attachedText(part) : []));
  return [...said, ...files];
}

function attachedText(part: LanguageModelV4FilePart): readonly Source[] {
  if (!part.mediaType.startsWith('text/') && part.mediaType !== 'application/json') return [];
  const name = part.filename ?? 'attachment';
  if (part.data.type === 'text') return [{ name, text: part.data.text }];
  if (part.data.type !== 'data') return [];
  const { data } = part.data;
  return [{ name, text: Buffer.from(typeof data === 'string' ? Buffer.from(data, 'base64') : data).toString('utf8') }];
}

function callResults(messages: readonly LanguageModelV4Message[]): readonly CallResult[] {
  const inputs = new Map<string, string>();
  const results: CallResult[] = [];
  for (const message of messages) {
    if (message.role !== 'assistant' && message.role !== 'tool') continue;
    for (const part of message.content) {
      if (part.type === 'tool-call') inputs.set(part.toolCallId, inputText(part.input));
      if (part.type !== 'tool-result') continue;
      results.push({ tool: part.toolName, input: inputs.get(part.toolCallId) ?? '', ...outcomeOf(part.output) });
    }
  }
  return results;
}

/** Arguments as canonical JSON, whether they come parsed or as text. */
function inputText(input: unknown): string {
  return typeof input === 'string' ? canonicalText(input) : canonicalJson(input as JsonValue);
}

function canonicalText(text: string): string {
  const parsed = parseJson(text);
  return parsed === undefined ? text : canonicalJson(parsed);
}

function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function outcomeOf(output: LanguageModelV4ToolResultOutput): Pick<CallResult, 'error' | 'value'> {
  switch (output.type) {
    case 'json':
      return { error: false, value: output.value };
    case 'error-json':
      return { error: true, value: output.value };
    case 'error-text':
      return { error: true, value: output.value };
    case 'execution-denied':
      return { error: true, value: output.reason ?? 'the call was not allowed' };
    case 'text':
      return { error: false, value: structured(output.value) };
    case 'content':
      return {
        error: false,
        value: structured(output.value.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')),
      };
    default:
      return output satisfies never;
  }
}

/** Text that is itself JSON is read as what it stands for. */
function structured(text: string): JsonValue {
  const trimmed = text.trim();
  return /^[[{]/u.test(trimmed) ? (parseJson(trimmed) ?? text) : text;
}
