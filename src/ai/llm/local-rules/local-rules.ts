import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Content,
  LanguageModelV4FinishReason,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
  LanguageModelV4StreamResult,
  SharedV4Warning,
} from '@ai-sdk/provider';

import type { Clock } from '../../../kernel/clock.ts';
import type { JsonObject } from '../../../utils/json.ts';
import type { PlannedCall, ToolChoice } from './call-plan.ts';
import { viewConversation, type ConversationView } from './conversation-view.ts';
import { decide, type Decision } from './decide.ts';
import { fillSchema } from './structured-output.ts';
import { countPromptTokens, countTokens, cutToTokens } from './token-count.ts';
import { toolView } from './tool-view.ts';

export interface LocalRulesDependencies {
  /** What "today" and "now" mean. */
  readonly clock: Clock;
}

/**
 * The deterministic model `local/rules`: no language model, no network, no randomness. It chooses tools by
 * text relevance, fills their arguments from the schema, calculates exactly, quotes passages with
 * citations, asks for what is missing, and says when it does not know. The same prompt on the same
 * day gives the same answer. Both calls reject with the reason of an aborted signal.
 */
export function createLocalRules({ clock }: LocalRulesDependencies): LanguageModelV4 {
  const generate = (options: LanguageModelV4CallOptions): LanguageModelV4GenerateResult => {
    options.abortSignal?.throwIfAborted();
    return answer(options, clock.now());
  };
  return {
    specificationVersion: 'v4',
    provider: 'local',
    modelId: 'rules',
    supportedUrls: {},
    doGenerate: async (options) => generate(options),
    doStream: async (options) => stream(generate(options), options.abortSignal),
  };
}

function answer(options: LanguageModelV4CallOptions, now: Date): LanguageModelV4GenerateResult {
  const view = viewConversation(options.prompt);
  const functions = (options.tools ?? []).filter((tool) => tool.type === 'function');
  const decision = decide({ view, tools: functions.map(toolView), choice: choiceOf(options), now });
  const warnings: SharedV4Warning[] = (options.tools ?? [])
    .filter((tool) => tool.type === 'provider')
    .map((tool) => ({ type: 'unsupported', feature: `provider tool ${tool.name}` }));
  const output =
    decision.kind === 'calls'
      ? callsOutput(decision.calls, options)
      : textOutput({ decision, view, options, now, warnings });
  return {
    ...output,
    usage: usageOf(options, output.content),
    warnings,
    response: { modelId: 'rules', timestamp: now },
  };
}

type Output = Pick<LanguageModelV4GenerateResult, 'content' | 'finishReason'>;

function choiceOf({ toolChoice }: LanguageModelV4CallOptions): ToolChoice | 'none' {
  if (toolChoice === undefined) return 'auto';
  return toolChoice.type === 'tool' ? { tool: toolChoice.toolName } : toolChoice.type;
}

/** Ids count the calls of the whole conversation, so that they are unique in it and the same on every run. */
function callsOutput(calls: readonly PlannedCall[], { prompt }: LanguageModelV4CallOptions): Output {
  const earlier = prompt.flatMap((message) =>
    message.role === 'assistant' ? message.content.filter((part) => part.type === 'tool-call') : [],
  );
  const content = calls.map((call, index): LanguageModelV4Content => ({
    type: 'tool-call',
    toolCallId: `local-${earlier.length + index + 1}`,
    toolName: call.tool,
    input: JSON.stringify(call.arguments),
  }));
  return { content, finishReason: { unified: 'tool-calls', raw: 'tool-calls' } };
}

interface TextInput {
  readonly decision: Extract<Decision, { kind: 'text' }>;
  readonly view: ConversationView;
  readonly options: LanguageModelV4CallOptions;
  readonly now: Date;
  readonly warnings: SharedV4Warning[];
}

function textOutput({ decision, view, options, now, warnings }: TextInput): Output {
  const text =
    options.responseFormat?.type === 'json' ? jsonText({ decision, view, options, now, warnings }) : decision.text;
  const stopped = cutAtStop(text, options.stopSequences ?? []);
  const { text: kept, cut } = cutToTokens(stopped, options.maxOutputTokens ?? Number.POSITIVE_INFINITY);
  const finishReason: LanguageModelV4FinishReason = cut
    ? { unified: 'length', raw: 'length' }
    : { unified: 'stop', raw: 'stop' };
  return { content: [{ type: 'text', text: kept }], finishReason };
}

function jsonText({ decision, view, options, now, warnings }: TextInput): string {
  const format = options.responseFormat;
  // JSONSchema7 is JSON by definition; its type only lacks the index signature.
  const schema = format?.type === 'json' ? (format.schema as JsonObject | undefined) : undefined;
  if (schema === undefined) return JSON.stringify({ answer: decision.text });
  const texts = [
    view.request,
    ...view.results.flatMap((result) => (typeof result.value === 'string' ? [result.value] : [])),
  ];
  const { value, missing } = fillSchema({
    schema,
    text: texts.join('\n'),
    answer: decision.text,
    today: now,
  });
  if (missing.length > 0)
    warnings.push({ type: 'other', message: `The text gives nothing for: ${missing.join(', ')}.` });
  return JSON.stringify(value);
}

function cutAtStop(text: string, sequences: readonly string[]): string {
  const found = sequences.map((sequence) => (sequence === '' ? -1 : text.indexOf(sequence))).filter((at) => at >= 0);
  return found.length === 0 ? text : text.slice(0, Math.min(...found));
}

function usageOf(
  options: LanguageModelV4CallOptions,
  content: readonly LanguageModelV4Content[],
): LanguageModelV4GenerateResult['usage'] {
  const input = countPromptTokens(options.prompt, options.tools);
  const output = content.reduce(
    (sum, part) => sum + countTokens(part.type === 'text' ? part.text : JSON.stringify(part)),
    0,
  );
  return {
    inputTokens: { total: input, noCache: input, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: output, text: output, reasoning: 0 },
  };
}

/** The answer as a stream, a word at a time, as fast as it is read; an abort errors the stream with its reason. */
function stream(result: LanguageModelV4GenerateResult, signal: AbortSignal | undefined): LanguageModelV4StreamResult {
  const parts = streamParts(result);
  return {
    stream: new ReadableStream<LanguageModelV4StreamPart>(
      {
        pull(controller) {
          if (signal?.aborted === true) return controller.error(signal.reason);
          const { done, value } = parts.next();
          return done === true ? controller.close() : controller.enqueue(value);
        },
      },
      { highWaterMark: 0 },
    ),
  };
}

function* streamParts(result: LanguageModelV4GenerateResult): Generator<LanguageModelV4StreamPart, void, undefined> {
  yield { type: 'stream-start', warnings: result.warnings };
  yield { type: 'response-metadata', ...result.response };
  for (const [index, part] of result.content.entries()) {
    if (part.type === 'text') yield* textParts(part.text, String(index));
    if (part.type !== 'tool-call') continue;
    yield { type: 'tool-input-start', id: part.toolCallId, toolName: part.toolName };
    yield { type: 'tool-input-delta', id: part.toolCallId, delta: part.input };
    yield { type: 'tool-input-end', id: part.toolCallId };
    yield part;
  }
  yield { type: 'finish', usage: result.usage, finishReason: result.finishReason };
}

function* textParts(text: string, id: string): Generator<LanguageModelV4StreamPart, void, undefined> {
  yield { type: 'text-start', id };
  for (const [delta] of text.matchAll(/\s*\S+|\s+$/gu)) yield { type: 'text-delta', id, delta };
  yield { type: 'text-end', id };
}
