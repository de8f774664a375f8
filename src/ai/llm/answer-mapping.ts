import type { LanguageModelV4Content, LanguageModelV4GenerateResult, SharedV4Warning } from '@ai-sdk/provider';

import { AppError } from '../../kernel/errors.ts';
import type {
  AssistantPart,
  FinishReason,
  ProviderMetadata,
  TokenUsage,
  ToolCallPart,
} from '../../kernel/ports/language-model.ts';
import type { JsonValue } from '../../utils/json.ts';
import { MOST_JSON_LEVELS, nestsDeeperThan } from '../../utils/json-depth.ts';
import type { ToolNames } from './tool-names.ts';

/** What both ways of asking a model come to. */
export type RawAnswer = Pick<LanguageModelV4GenerateResult, 'content' | 'finishReason' | 'usage' | 'warnings'> & {
  /** The model that answered, where the provider says so. */
  readonly modelId?: string | undefined;
};

/** An answer in our terms, but for its cost. */
export interface MappedAnswer {
  readonly content: readonly AssistantPart[];
  readonly finishReason: FinishReason;
  readonly usage: TokenUsage;
  readonly warnings: readonly string[];
}

const MOST_TOKENS = 1e12;

/**
 * Reads an answer. What a model gave up or broke off is no answer, however much of it is there.
 * @throws AppError MODEL_UNAVAILABLE where it was cut off; MODEL_OUTPUT_INVALID where it ended in
 *   an error or says nothing.
 */
export function toAnswer(
  raw: RawAnswer,
  { names, model }: { readonly names: ToolNames; readonly model: string },
): MappedAnswer {
  const { unified, raw: reason } = raw.finishReason;
  if (unified === 'interrupted') throw answerCutOff(model);
  if (unified === 'error') {
    throw invalidAnswer({ model, what: `gave up its answer (${reason ?? 'no reason given'})` });
  }
  const { content, dropped } = toAssistantParts(raw.content, names);
  const calls = content.some((part) => part.type === 'tool-call');
  if (!saysSomething(content) && unified !== 'length' && unified !== 'content-filter') {
    throw invalidAnswer({ model, what: 'answered with nothing' });
  }
  return {
    content,
    finishReason: calls && unified === 'stop' ? 'tool-calls' : !calls && unified === 'tool-calls' ? 'stop' : unified,
    usage: toUsage(raw.usage),
    warnings: [...raw.warnings.map(toWarning), ...dropped],
  };
}

/** @returns the error for an answer that ended before its end. */
export function answerCutOff(model: string, cause?: unknown): AppError {
  return new AppError('MODEL_UNAVAILABLE', `The answer of ${model} was cut off before its end; nothing of it is used`, {
    details: { model },
    ...(cause === undefined ? {} : { cause }),
  });
}

interface InvalidAnswer {
  readonly model: string;
  /** What it did, to follow its name. */
  readonly what: string;
  readonly cause?: unknown;
}

/** @returns the error for an answer that can't be used. */
export function invalidAnswer({ model, what, cause }: InvalidAnswer): AppError {
  return new AppError('MODEL_OUTPUT_INVALID', `${model} ${what}`, {
    details: { model },
    ...(cause === undefined ? {} : { cause }),
  });
}

function saysSomething(content: readonly AssistantPart[]): boolean {
  return content.some(
    (part) => part.type === 'tool-call' || part.type === 'file' || (part.type === 'text' && part.text.trim() !== ''),
  );
}

function toAssistantParts(
  content: readonly LanguageModelV4Content[],
  names: ToolNames,
): { readonly content: readonly AssistantPart[]; readonly dropped: readonly string[] } {
  const parts: AssistantPart[] = [];
  const dropped: string[] = [];
  const usedIds = new Set<string>();
  for (const part of content) {
    const mapped = toAssistantPart(part, { names, usedIds });
    if (mapped !== undefined) parts.push(mapped);
    else if (part.type !== 'text' && part.type !== 'reasoning') dropped.push(`a part "${part.type}" was left out`);
  }
  return { content: parts, dropped };
}

/** An empty part stays only for what it carries (a signature). */
function toAssistantPart(
  part: LanguageModelV4Content,
  { names, usedIds }: { readonly names: ToolNames; readonly usedIds: Set<string> },
): AssistantPart | undefined {
  const metadata = metadataOf(part.providerMetadata);
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return part.text === '' && metadata.providerMetadata === undefined
        ? undefined
        : { type: part.type, text: part.text, ...metadata };
    case 'tool-call':
      if (part.providerExecuted === true) return undefined;
      return {
        type: 'tool-call',
        id: uniqueId(part.toolCallId, usedIds),
        name: names.fromWire(part.toolName),
        ...parseArguments(part.input),
        ...metadata,
      };
    case 'file':
      return { type: 'file', mediaType: part.mediaType, data: toFileData(part.data) };
    default:
      return undefined;
  }
}

/** Local servers number the calls of an answer alike now and then; a result must find its call. */
function uniqueId(id: string, usedIds: Set<string>): string {
  let unique = id;
  for (let count = 2; usedIds.has(unique); count += 1) unique = `${id}-${count}`;
  usedIds.add(unique);
  return unique;
}

/** No text at all is how some models write "no arguments". */
function parseArguments(input: string): Pick<ToolCallPart, 'arguments' | 'unparsed'> {
  if (input.trim() === '') return { arguments: {} };
  if (nestsDeeperThan(input, MOST_JSON_LEVELS)) return { arguments: null, unparsed: input };
  try {
    return { arguments: JSON.parse(input) as JsonValue };
  } catch {
    // Not a failure of the call: the runtime shows the model what it wrote.
    return { arguments: null, unparsed: input };
  }
}

type FileData = Extract<LanguageModelV4Content, { type: 'file' }>['data'];

function toFileData(data: FileData): { readonly url: string } | { readonly base64: string } {
  if (data.type === 'url') return { url: data.url.toString() };
  return { base64: typeof data.data === 'string' ? data.data : Buffer.from(data.data).toString('base64') };
}

/** As plain JSON, so that it is the same before and after the log. */
function metadataOf(metadata: object | undefined): { readonly providerMetadata?: ProviderMetadata } {
  if (metadata === undefined) return {};
  const plain = JSON.parse(JSON.stringify(metadata)) as ProviderMetadata;
  const filled = Object.entries(plain).filter(([, values]) => Object.keys(values).length > 0);
  return filled.length === 0 ? {} : { providerMetadata: Object.fromEntries(filled) };
}

function toUsage({ inputTokens, outputTokens }: RawAnswer['usage']): TokenUsage {
  return {
    ...(inputTokens.total === undefined ? {} : { inputTokens: inputTokens.total }),
    ...(outputTokens.total === undefined ? {} : { outputTokens: outputTokens.total }),
    ...(inputTokens.cacheRead === undefined ? {} : { cachedInputTokens: inputTokens.cacheRead }),
    ...(outputTokens.reasoning === undefined ? {} : { reasoningTokens: outputTokens.reasoning }),
  };
}

/** The usage without what is no number of tokens: negative, broken, no number at all, or beyond any model. */
export function countedUsage({ inputTokens, outputTokens, ...rest }: RawAnswer['usage']): RawAnswer['usage'] {
  return { ...rest, inputTokens: countsOf(inputTokens), outputTokens: countsOf(outputTokens) };
}

function countsOf<Counts extends object>(counts: Counts): Counts {
  return Object.fromEntries(
    Object.entries(counts).map(([name, value]) => [name, isCount(value) ? value : undefined]),
  ) as Counts;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_TOKENS;
}

function toWarning(warning: SharedV4Warning): string {
  switch (warning.type) {
    case 'unsupported':
    case 'compatibility':
      return `${warning.feature}: ${warning.details ?? 'not supported by this model'}`;
    case 'deprecated':
      return `${warning.setting}: ${warning.message}`;
    case 'other':
      return warning.message;
  }
}
