import type { LanguageModelV4 } from '@ai-sdk/provider';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { anthropicMessages } from '../../../tests/support/anthropic-messages.ts';
import { chatCompletions } from '../../../tests/support/chat-completions.ts';
import { ask, failureOf, gatewayOf, QUESTION, SECRET, TOOLS } from '../../../tests/support/gateway-under-test.ts';
import { openaiResponses } from '../../../tests/support/openai-responses.ts';
import { type ProviderServer, startProviderServer } from '../../../tests/support/provider-server.ts';
import { sse, type ScriptedTurn } from '../../../tests/support/scripted-turn.ts';
import type { ModelGateway } from '../../kernel/ports/language-model.ts';
import { isRetryableModelError } from '../../kernel/retryable.ts';

let server: ProviderServer;
beforeEach(async () => {
  server = await startProviderServer();
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
});

/** OpenAI's own address can't be configured (see ModelConfiguration), so its requests are led here. */
const toServer: typeof globalThis.fetch = (input, init) =>
  fetch(new Request(input).url.replace('https://api.openai.com', server.url), init);

describe('quirks', () => {
  const compatible = (): ModelGateway => gatewayOf({ openaiBaseUrl: `${server.url}/v1` });

  const chunk = (delta: object, finish: string | null = null): object => ({
    id: '',
    object: 'chat.completion.chunk',
    created: 0,
    model: 'llama3.2',
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  const call = (id: string | undefined, text: string): object => ({
    ...(id === undefined ? {} : { id }),
    index: 0,
    type: 'function',
    function: { name: 'now', arguments: text },
  });

  it('sends no authorization where there is no key', async () => {
    server.reply(chatCompletions.answer({ text: 'Hallo.' }));
    await ask(compatible(), { model: 'compatible/llama3.2', stream: false });
    expect(server.requests[0]?.headers.authorization).toBeUndefined();
  });

  it('takes calls with one index, one id and finish "stop", and no usage (Ollama)', async () => {
    server.reply(
      sse([
        chunk({ role: 'assistant', content: '', tool_calls: [call('call_0', '{"zone":"UTC"}')] }),
        chunk({ role: 'assistant', content: '', tool_calls: [call('call_0', '{"zone":"CET"}')] }),
        chunk({ role: 'assistant', content: '' }, 'stop'),
      ]),
    );
    const answer = await ask(compatible(), { model: 'compatible/llama3.2', stream: true, tools: TOOLS });
    expect(answer).toMatchObject({ finishReason: 'tool-calls', usage: {} });
    expect(answer.usage.inputTokens).toBeUndefined();
    expect(answer.costMicrodollars).toBeUndefined();
    const calls = answer.content.filter((part) => part.type === 'tool-call');
    expect(calls.map((part) => part.arguments)).toEqual([{ zone: 'UTC' }, { zone: 'CET' }]);
    expect(new Set(calls.map((part) => part.id)).size).toBe(2);
  });

  it('tells calls of one id apart in an answer that was not streamed', async () => {
    const toolCalls = ['1', '2'].map((zone) => ({ id: 'call_0', name: 'now', arguments: `{"zone":${zone}}` }));
    server.reply(chatCompletions.answer({ toolCalls }));
    const { content } = await ask(compatible(), { model: 'compatible/llama3.2', stream: false, tools: TOOLS });
    expect(content.map((part) => part.type === 'tool-call' && part.id)).toEqual(['call_0', 'call_0-2']);
  });

  it.each([false, true])('keeps arguments that are no JSON, and shows them to the model again (%s)', async (stream) => {
    const script = stream ? chatCompletions.stream : chatCompletions.answer;
    server.reply(
      script({ toolCalls: [{ id: 'c', name: 'now', arguments: '{"zone": UTC' }] }),
      script({ text: 'Gut.' }),
    );
    const answer = await ask(compatible(), { model: 'compatible/x', stream, tools: TOOLS });
    expect(answer.content).toEqual([
      { type: 'tool-call', id: 'c', name: 'now', arguments: null, unparsed: '{"zone": UTC' },
    ]);
    await ask(compatible(), {
      model: 'compatible/x',
      stream,
      messages: [
        QUESTION,
        { role: 'assistant', content: answer.content },
        { role: 'tool', content: [{ type: 'tool-result', id: 'c', name: 'now', result: 'not JSON', isError: true }] },
      ],
    });
    const sent = server.requests[1]?.body.messages[1].tool_calls[0].function.arguments;
    expect(JSON.parse(sent)).toEqual({ invalid_json: '{"zone": UTC' });
  });

  it('takes arguments nested without end for none, so that they can be written down', async () => {
    const text = `{"zone":${'['.repeat(10_000)}${']'.repeat(10_000)}}`;
    server.reply(chatCompletions.answer({ toolCalls: [{ id: 'c', name: 'now', arguments: text }] }));
    const { content } = await ask(compatible(), { model: 'compatible/x', stream: false, tools: TOOLS });
    expect(content).toMatchObject([{ type: 'tool-call', arguments: null, unparsed: text }]);
  });

  it('leaves numbers of tokens out that are none', async () => {
    const { body, ...reply } = chatCompletions.answer({ text: 'Gut.' });
    const usage = { prompt_tokens: 1.5, completion_tokens: -5, total_tokens: 1e300 };
    server.reply({ ...reply, body: JSON.stringify({ ...JSON.parse(body), usage }) });
    const answer = await ask(compatible(), { model: 'compatible/x', stream: false });
    expect(answer.usage).not.toHaveProperty('inputTokens');
    expect(answer.usage).not.toHaveProperty('outputTokens');
    expect(answer.costMicrodollars).toBeUndefined();
  });

  it('reads no arguments at all as none', async () => {
    server.reply(chatCompletions.stream({ toolCalls: [{ id: 'c', name: 'now', arguments: '' }] }));
    const answer = await ask(compatible(), { model: 'compatible/x', stream: true, tools: TOOLS });
    expect(answer.content).toMatchObject([{ type: 'tool-call', arguments: {} }]);
  });

  it('knows a used-up quota from a busy moment', async () => {
    const error = {
      message: 'You exceeded your current quota',
      type: 'insufficient_quota',
      code: 'insufficient_quota',
    };
    server.reply({ status: 429, body: JSON.stringify({ error }) });
    const failure = await failureOf(ask(compatible(), { model: 'compatible/x', stream: false }));
    expect(failure.code).toBe('MODEL_REJECTED');
    expect(isRetryableModelError(failure)).toBe(false);
  });

  it.each([
    [{ 'retry-after-ms': '1500', 'retry-after': '9' }, 1500],
    [{ 'retry-after': 'Tue, 24 Nov 2026 12:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'soon' }, undefined],
  ])('reads how long to wait from %j', async (headers, expected) => {
    server.reply(chatCompletions.error({ status: 429, message: 'slow down', headers }));
    const failure = await failureOf(ask(compatible(), { model: 'compatible/x', stream: false }));
    expect(failure.details['retryAfterMilliseconds']).toBe(expected);
  });

  it('reads how long Google wants to be left alone', async () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.5s' }];
    const error = { code: 429, message: 'Quota exceeded', status: 'RESOURCE_EXHAUSTED', details };
    server.reply({ status: 429, body: JSON.stringify({ error }) });
    const gateway = gatewayOf({ googleApiKey: SECRET, googleBaseUrl: server.url });
    const failure = await failureOf(ask(gateway, { model: 'google/gemini-3.5-flash', stream: false }));
    expect(failure).toMatchObject({ code: 'MODEL_RATE_LIMITED', details: { retryAfterMilliseconds: 34_500 } });
  });

  it('maps an overloaded error that comes as a stream of its own (Anthropic)', async () => {
    server.reply(sse([{ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }]));
    const gateway = gatewayOf({ anthropicApiKey: SECRET, anthropicBaseUrl: server.url });
    const failure = await failureOf(ask(gateway, { model: 'anthropic/claude-sonnet-4-6', stream: true }));
    expect(failure.code).toBe('MODEL_UNAVAILABLE');
  });

  it('takes no stream for an answer that ends before it says anything (Anthropic)', async () => {
    const [begin = ''] = anthropicMessages.stream({ text: 'Gut.' }).body.split('\n\n');
    server.reply({ ...sse([]), body: `${begin}\n\n` });
    const gateway = gatewayOf({ anthropicApiKey: SECRET, anthropicBaseUrl: server.url });
    const failure = await failureOf(ask(gateway, { model: 'anthropic/claude-sonnet-4-6', stream: true }));
    expect(failure.code).toBe('MODEL_UNAVAILABLE');
  });

  it('leaves the thoughts of another provider out', async () => {
    server.reply(chatCompletions.answer({ text: 'Gut.' }));
    const thought = { type: 'reasoning', text: 'geheim', providerMetadata: { anthropic: { signature: 's' } } } as const;
    await ask(compatible(), {
      model: 'compatible/x',
      stream: false,
      messages: [QUESTION, { role: 'assistant', content: [thought, { type: 'text', text: 'Ja.' }] }, QUESTION],
    });
    expect(JSON.stringify(server.requests[0]?.body)).not.toContain('geheim');
  });

  it('lets go of a stream that failed at once and then went on (OpenAI)', async () => {
    const error = {
      type: 'error',
      sequence_number: 1,
      error: { type: 'invalid_request_error', message: 'no', code: null },
    };
    server.reply({ ...sse([error]), ending: 'hang' });
    const gateway = gatewayOf({ openaiApiKey: SECRET }, { fetch: toServer });
    const failure = await failureOf(ask(gateway, { model: 'openai/gpt-5.4', stream: true }));
    expect(failure.code).toBe('MODEL_REJECTED');
    await server.requests[0]?.abandoned;
  });

  it('asks OpenAI to keep nothing, and for its thoughts encrypted', async () => {
    server.reply(openaiResponses.answer({ text: 'Gut.' }));
    const gateway = gatewayOf({ openaiApiKey: SECRET }, { fetch: toServer });
    await ask(gateway, { model: 'openai/gpt-5.4', stream: false });
    expect(server.requests[0]?.body).toMatchObject({ store: false, include: ['reasoning.encrypted_content'] });
  });

  it.each([false, true])('sends thoughts back that are all cipher: OpenAI (streaming: %s)', async (stream) => {
    const thought = { text: '', signature: 'Z2VoZWltCg==' };
    const turn: ScriptedTurn = { thought, toolCalls: [{ id: 'c', name: 'now', arguments: '{}' }] };
    server.reply(
      stream ? openaiResponses.stream(turn) : openaiResponses.answer(turn),
      openaiResponses.answer({ text: 'Gut.' }),
    );
    const gateway = gatewayOf({ openaiApiKey: SECRET }, { fetch: toServer });
    const { content } = await ask(gateway, { model: 'openai/gpt-5.4', stream, tools: TOOLS });
    await ask(gateway, {
      model: 'openai/gpt-5.4',
      stream: false,
      messages: [
        QUESTION,
        { role: 'assistant', content },
        { role: 'tool', content: [{ type: 'tool-result', id: 'c', name: 'now', result: 12, isError: false }] },
      ],
    });
    const [, reasoning, functionCall] = server.requests[1]?.body.input ?? [];
    expect(reasoning).toMatchObject({
      type: 'reasoning',
      id: 'rs_1',
      encrypted_content: thought.signature,
      summary: [],
    });
    expect(functionCall).toMatchObject({ type: 'function_call', call_id: 'c' });
  });

  it.each([false, true])('sends thoughts back that are all cipher: Anthropic (streaming: %s)', async (stream) => {
    const block = { type: 'redacted_thinking', data: 'Z2VoZWltCg==' };
    const message = JSON.parse(anthropicMessages.answer({ text: 'Gut.' }).body);
    const events = anthropicMessages.stream({ text: 'Gut.' }).body.split('\n\n');
    const start = { type: 'content_block_start', index: 9, content_block: block };
    const stop = { type: 'content_block_stop', index: 9 };
    events.splice(1, 0, ...[start, stop].map((event) => `data: ${JSON.stringify(event)}`));
    server.reply(
      stream
        ? { ...sse([]), body: events.join('\n\n') }
        : { body: JSON.stringify({ ...message, content: [block, ...message.content] }) },
      anthropicMessages.answer({ text: 'Gut.' }),
    );
    const gateway = gatewayOf({ anthropicApiKey: SECRET, anthropicBaseUrl: server.url });
    const { content } = await ask(gateway, { model: 'anthropic/claude-sonnet-4-6', stream });
    await ask(gateway, {
      model: 'anthropic/claude-sonnet-4-6',
      stream: false,
      messages: [QUESTION, { role: 'assistant', content }, QUESTION],
    });
    expect(server.requests[1]?.body.messages[1].content).toMatchObject([block, { type: 'text', text: 'Gut.' }]);
  });

  it('computes the cost with the cached part at its own price', async () => {
    server.reply(anthropicMessages.answer({ text: 'Gut.' }));
    const gateway = gatewayOf({ anthropicApiKey: SECRET, anthropicBaseUrl: server.url });
    const answer = await ask(gateway, { model: 'anthropic/claude-sonnet-4-6', stream: false });
    expect(answer.costMicrodollars).toBe(100 * 3 + 20 * 0.3 + 50 * 15);
  });
});

describe('local/rules', () => {
  it('is asked in this process, under the true names of the tools', async () => {
    const asked: unknown[] = [];
    const model: LanguageModelV4 = {
      specificationVersion: 'v4',
      provider: 'local',
      modelId: 'rules',
      supportedUrls: {},
      doGenerate: async (options) => {
        asked.push(options.tools?.map(({ name }) => name));
        return {
          content: [{ type: 'tool-call', toolCallId: 'c', toolName: 'documents.search', input: '{"query":"x"}' }],
          finishReason: { unified: 'tool-calls', raw: undefined },
          usage: {
            inputTokens: { total: 5, noCache: 5, cacheRead: 0, cacheWrite: 0 },
            outputTokens: { total: 2, text: 2, reasoning: 0 },
          },
          warnings: [],
        };
      },
      doStream: () => Promise.reject(new Error('not asked to stream')),
    };
    const answer = await ask(gatewayOf({}, { localRules: () => model }), {
      model: 'local/rules',
      stream: false,
      tools: TOOLS,
    });
    expect(asked).toEqual([['documents.search', 'now']]);
    expect(answer).toMatchObject({ costMicrodollars: 0, modelId: 'rules', content: [{ name: 'documents.search' }] });
  });
});
