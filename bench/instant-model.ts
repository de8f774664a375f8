import type {
  LanguageModelV4,
  LanguageModelV4Content,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4StreamPart,
  LanguageModelV4ToolResultPart,
} from '@ai-sdk/provider';

import { decide, type Squared, TOOL_NAME } from './arithmetic-task.ts';

const USAGE = {
  inputTokens: { total: 10, noCache: 10, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: 5, text: 5, reasoning: undefined },
} as const;

/**
 * A language model that answers at once, by the rule of the arithmetic task.
 * @param toolFor name of the tool to call for a number; the one tool of the task unless given
 */
export function createInstantModel(toolFor: (number: number) => string = () => TOOL_NAME): LanguageModelV4 {
  return {
    specificationVersion: 'v4',
    provider: 'instant',
    modelId: 'model',
    supportedUrls: {},
    doGenerate: async ({ prompt }) => {
      const content = answer(prompt, toolFor);
      return { content: [content], finishReason: finishReason(content), usage: USAGE, warnings: [] };
    },
    doStream: async ({ prompt }) => {
      const parts = streamParts(answer(prompt, toolFor));
      return { stream: ReadableStream.from<LanguageModelV4StreamPart>(parts) };
    },
  };
}

function answer(prompt: LanguageModelV4Prompt, toolFor: (number: number) => string): LanguageModelV4Content {
  const decision = decide(userText(prompt), {
    last: squaresIn(prompt.at(-1)).at(-1),
    all: () => resultsIn(prompt),
  });
  if ('text' in decision) return { type: 'text', text: decision.text };
  const input = JSON.stringify({ number: decision.call });
  return { type: 'tool-call', toolCallId: `call-${decision.call}`, toolName: toolFor(decision.call), input };
}

/** The user's words in a prompt. */
export function userText(prompt: LanguageModelV4Prompt): string {
  const message = prompt.find(({ role }) => role === 'user');
  const part = message?.role === 'user' ? message.content[0] : undefined;
  if (part?.type !== 'text') throw new Error('the prompt has no words of the user');
  return part.text;
}

/** The tool's answers in a prompt, in their order. */
export function resultsIn(prompt: LanguageModelV4Prompt): Squared[] {
  return prompt.flatMap(squaresIn);
}

function squaresIn(message: LanguageModelV4Message | undefined): Squared[] {
  if (message?.role !== 'tool') return [];
  return message.content.flatMap((part) => (part.type === 'tool-result' ? [resultOf(part)] : []));
}

function resultOf({ output }: LanguageModelV4ToolResultPart): Squared {
  if (output.type === 'json') return output.value as unknown as Squared;
  if (output.type === 'text') return JSON.parse(output.value) as Squared;
  throw new Error(`the tool failed: ${JSON.stringify(output)}`);
}

function finishReason(content: LanguageModelV4Content): { unified: 'tool-calls' | 'stop'; raw: undefined } {
  return { unified: content.type === 'tool-call' ? 'tool-calls' : 'stop', raw: undefined };
}

function streamParts(content: LanguageModelV4Content): LanguageModelV4StreamPart[] {
  const finish: LanguageModelV4StreamPart = { type: 'finish', finishReason: finishReason(content), usage: USAGE };
  if (content.type !== 'text')
    return [{ type: 'stream-start', warnings: [] }, content as LanguageModelV4StreamPart, finish];
  return [
    { type: 'stream-start', warnings: [] },
    { type: 'text-start', id: '1' },
    { type: 'text-delta', id: '1', delta: content.text },
    { type: 'text-end', id: '1' },
    finish,
  ];
}
