import type { LanguageModelV4 } from '@ai-sdk/provider';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import {
  anthropicMessages,
  chatCompletions,
  googleContents,
  openaiResponses,
  SCRIPTED_USAGE,
  sse,
  type ScriptedTurn,
  type Vendor,
} from '../../../tests/support/provider-replies.ts';
import {
  type ProviderServer,
  type RecordedRequest,
  startProviderServer,
} from '../../../tests/support/provider-server.ts';
import { AppError } from '../../kernel/errors.ts';
import type {
  AssistantPart,
  Message,
  ModelAnswer,
  ModelDelta,
  ModelGateway,
  ModelRequest,
} from '../../kernel/ports/language-model.ts';
import { isRetryableModelError } from '../../kernel/retryable.ts';
import { createModelGateway, loadPriceTable, type ModelConfiguration, type ModelGatewayDependencies } from './index.ts';

const NOW = new Date('2026-11-24T12:00:00Z');
const SECRET = 'k3y-that-nobody-may-see-0123456789';

let server: ProviderServer;
beforeEach(async () => {
  server = await startProviderServer();
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
});

function gatewayOf(configuration: ModelConfiguration, more: Partial<ModelGatewayDependencies> = {}): ModelGateway {
  return createModelGateway({
    configuration,
    clock: { now: () => NOW },
    prices: loadPriceTable(),
    localRules: () => Promise.reject(new Error('not used here')),
    ...more,
  });
}

interface Case {
  readonly name: string;
  readonly model: string;
  readonly vendor: Vendor;
  readonly make: (more?: Partial<ModelGatewayDependencies>) => ModelGateway;
  readonly path: { readonly plain: string; readonly stream: string };
  readonly key: (request: RecordedRequest) => unknown;
  readonly tools: (request: RecordedRequest) => readonly { name: string; parameters: unknown }[];
  /** Whether thoughts come with something that has to go back. */
  readonly signs: boolean;
}

const bearer = ({ headers }: RecordedRequest): unknown => headers.authorization?.replace('Bearer ', '');

/** OpenAI's own address can't be configured (see ModelConfiguration), so its requests are led here. */
const toServer: typeof globalThis.fetch = (input, init) =>
  fetch(String(input).replace('https://api.openai.com', server.url), init);

const CASES: readonly Case[] = [
  {
    name: 'OpenAI Responses',
    model: 'openai/gpt-5.4',
    vendor: openaiResponses,
    make: (more) => gatewayOf({ openaiApiKey: SECRET }, { fetch: toServer, ...more }),
    path: { plain: '/v1/responses', stream: '/v1/responses' },
    key: bearer,
    tools: ({ body }) => body.tools,
    signs: true,
  },
  {
    name: 'OpenAI Chat Completions at another address',
    model: 'openai/gpt-5.4',
    vendor: chatCompletions,
    make: (more) => gatewayOf({ openaiApiKey: SECRET, openaiBaseUrl: `${server.url}/v1` }, more),
    path: { plain: '/v1/chat/completions', stream: '/v1/chat/completions' },
    key: bearer,
    tools: ({ body }) => body.tools.map((tool: { function: unknown }) => tool.function),
    signs: false,
  },
  {
    name: 'compatible',
    model: 'compatible/llama3.2',
    vendor: chatCompletions,
    make: (more) => gatewayOf({ openaiApiKey: SECRET, openaiBaseUrl: `${server.url}/v1/` }, more),
    path: { plain: '/v1/chat/completions', stream: '/v1/chat/completions' },
    key: bearer,
    tools: ({ body }) => body.tools.map((tool: { function: unknown }) => tool.function),
    signs: false,
  },
  {
    name: 'Anthropic',
    model: 'anthropic/claude-sonnet-4-6',
    vendor: anthropicMessages,
    make: (more) => gatewayOf({ anthropicApiKey: SECRET, anthropicBaseUrl: `${server.url}/v1` }, more),
    path: { plain: '/v1/messages', stream: '/v1/messages' },
    key: ({ headers }) => headers['x-api-key'],
    tools: ({ body }) =>
      body.tools.map((tool: { name: string; input_schema: unknown }) => ({
        name: tool.name,
        parameters: tool.input_schema,
      })),
    signs: true,
  },
  {
    name: 'Google',
    model: 'google/gemini-3.5-flash',
    vendor: googleContents,
    make: (more) => gatewayOf({ googleApiKey: SECRET, googleBaseUrl: `${server.url}/v1beta` }, more),
    path: {
      plain: '/v1beta/models/gemini-3.5-flash:generateContent',
      stream: '/v1beta/models/gemini-3.5-flash:streamGenerateContent?alt=sse',
    },
    key: ({ headers }) => headers['x-goog-api-key'],
    tools: ({ body }) =>
      body.tools[0].functionDeclarations.map((tool: { name: string; parametersJsonSchema: unknown }) => ({
        ...{ name: tool.name, parameters: tool.parametersJsonSchema },
      })),
    signs: true,
  },
];

const TOOLS: NonNullable<ModelRequest['tools']> = [
  {
    name: 'documents.search',
    description: 'Searches.',
    parameters: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: { query: { type: 'string' } },
      required: ['query'],
      additionalProperties: false,
    },
  },
  { name: 'now', description: 'The time.', parameters: { type: 'object' } },
];
const QUESTION: Message = { role: 'user', content: [{ type: 'text', text: 'Wie groß ist 東京?' }] };
const CALLS: ScriptedTurn = {
  thought: { text: 'Ich suche 東京 🗼 zweimal', signature: 'c2lnbmF0dXJl+/==' },
  text: 'Einen Moment …',
  toolCalls: [
    { id: 'call_a', name: 'documents_search', arguments: '{"query":"東京 \\"groß\\""}' },
    { id: 'call_b', name: 'now', arguments: '{}' },
  ],
};
const CALL_PARTS = [
  { type: 'text', text: 'Einen Moment …' },
  { type: 'tool-call', id: 'call_a', name: 'documents.search', arguments: { query: '東京 "groß"' } },
  { type: 'tool-call', id: 'call_b', name: 'now', arguments: {} },
];

interface Asked extends Partial<ModelRequest> {
  readonly stream: boolean;
  readonly signal?: AbortSignal;
  readonly onDelta?: (delta: ModelDelta) => void;
}

async function ask(gateway: ModelGateway, model: string, asked: Asked): Promise<ModelAnswer> {
  const { stream, signal = new AbortController().signal, onDelta = () => undefined, ...request } = asked;
  return gateway.generate({ model, messages: [QUESTION], ...request }, { signal, ...(stream ? { onDelta } : {}) });
}

async function failureOf(running: Promise<unknown>): Promise<AppError> {
  const thrown = await running.then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  );
  if (!(thrown instanceof AppError)) throw thrown;
  return thrown;
}

const withoutMetadata = (parts: readonly AssistantPart[]): object[] =>
  parts.map((part) => ({ ...part, providerMetadata: undefined }));

describe.each(CASES)('$name', ({ model, vendor, make, path, key, tools, signs }) => {
  describe.each([false, true])('streaming: %s', (stream) => {
    const script = stream ? vendor.stream : vendor.answer;

    it('answers a question', async () => {
      server.reply(script({ text: 'Größer als 🗼 du denkst.' }));
      const answer = await ask(make(), model, { stream, maxOutputTokens: 500 });
      expect(answer).toMatchObject({
        finishReason: 'stop',
        modelId: model.startsWith('google') && !stream ? 'gemini-3.5-flash' : expect.any(String),
        usage: { inputTokens: SCRIPTED_USAGE.inputTokens, outputTokens: SCRIPTED_USAGE.outputTokens },
      });
      expect(withoutMetadata(answer.content)).toEqual([{ type: 'text', text: 'Größer als 🗼 du denkst.' }]);
      expect(answer.usage.cachedInputTokens).toBe(SCRIPTED_USAGE.cachedInputTokens);
      const [request] = server.requests as [RecordedRequest];
      expect(request.path).toBe(stream ? path.stream : path.plain);
      expect(key(request)).toBe(SECRET);
      expect(JSON.stringify(request.body)).toContain('Wie groß ist 東京?');
    });

    it('calls tools in parallel, their names mapped and mapped back', async () => {
      server.reply(script(CALLS));
      const answer = await ask(make(), model, { stream, tools: TOOLS });
      expect(answer.finishReason).toBe('tool-calls');
      expect(withoutMetadata(answer.content.filter((part) => part.type !== 'reasoning'))).toEqual(CALL_PARTS);
      const sent = tools(server.requests[0] as RecordedRequest);
      expect(sent.map(({ name }) => name)).toEqual(['documents_search', 'now']);
      expect(sent[0]?.parameters).toMatchObject({ properties: { query: { type: 'string' } }, required: ['query'] });
      expect(sent[1]?.parameters).toMatchObject({ type: 'object', properties: {} });
      expect(JSON.stringify(sent)).not.toContain('$schema');
    });

    it('sends tool results and signed thoughts back in their place', async () => {
      const gateway = make();
      server.reply(script(CALLS), script({ text: 'Fertig.' }));
      const first = await ask(gateway, model, { stream, tools: TOOLS });
      // Through JSON, as it would come out of the log.
      const history = JSON.parse(JSON.stringify(first.content)) as AssistantPart[];
      const messages: Message[] = [
        QUESTION,
        { role: 'assistant', content: history },
        {
          role: 'tool',
          content: [
            {
              type: 'tool-result',
              id: 'call_a',
              name: 'documents.search',
              result: { hits: ['a.md:7'] },
              isError: false,
            },
            { type: 'tool-result', id: 'call_b', name: 'now', result: 'the clock stands still', isError: true },
          ],
        },
      ];
      await ask(gateway, model, { stream, tools: TOOLS, messages });
      const wire = JSON.stringify(server.requests[1]?.body);
      expect(wire).toContain('a.md:7');
      expect(wire).toContain('the clock stands still');
      expect(wire).not.toContain('documents.search');
      if (signs) {
        const signature = CALLS.thought?.signature ?? '';
        expect(wire.split(signature)).toHaveLength(2);
        expect(wire.indexOf(signature)).toBeLessThan(wire.indexOf('a.md:7'));
      }
    });

    it('keeps an answer that reached its length', async () => {
      server.reply(script({ text: 'Es war', length: true }));
      const answer = await ask(make(), model, { stream });
      expect(answer.finishReason).toBe('length');
      expect(withoutMetadata(answer.content)).toEqual([{ type: 'text', text: 'Es war' }]);
    });

    it('refuses an empty answer, which is worth another try', async () => {
      server.reply(script({ text: '' }));
      const failure = await failureOf(ask(make(), model, { stream }));
      expect(failure.code).toBe('MODEL_OUTPUT_INVALID');
      expect(isRetryableModelError(failure)).toBe(true);
    });

    it.each([
      [400, 'MODEL_REJECTED', false],
      [401, 'MODEL_REJECTED', false],
      [404, 'MODEL_REJECTED', false],
      [422, 'MODEL_REJECTED', false],
      [307, 'MODEL_REJECTED', false],
      [408, 'MODEL_UNAVAILABLE', true],
      [409, 'MODEL_UNAVAILABLE', true],
      [500, 'MODEL_UNAVAILABLE', true],
      [529, 'MODEL_UNAVAILABLE', true],
      [429, 'MODEL_RATE_LIMITED', true],
    ] as const)('maps HTTP %i to %s after one request', async (status, code, retryable) => {
      const headers = { location: `${server.url}/elsewhere`, 'retry-after': '7' };
      server.reply(vendor.error(status, `that went wrong with ${SECRET}`, headers));
      const failure = await failureOf(ask(make(), model, { stream }));
      expect(failure).toMatchObject({ code, details: { model, status } });
      expect(isRetryableModelError(failure)).toBe(retryable);
      expect(failure.message).toContain('that went wrong');
      expect(JSON.stringify([failure.message, failure.details, String(failure.cause)])).not.toContain(SECRET);
      expect(failure.details['retryAfterMilliseconds']).toBe(retryable ? 7000 : undefined);
      expect(server.requests).toHaveLength(1);
    });

    it('says that the server is not there', async () => {
      const gateway = make();
      await server[Symbol.asyncDispose]();
      expect((await failureOf(ask(gateway, model, { stream }))).code).toBe('MODEL_UNAVAILABLE');
    });

    it('takes no broken-off body for an answer', async () => {
      const reply = script({ text: 'Ein langer Satz, der nie zu Ende kommt, weil jemand den Stecker zog.' });
      server.reply({ ...reply, body: reply.body.slice(0, reply.body.length / 2), ending: 'cut' });
      const failure = await failureOf(ask(make(), model, { stream }));
      expect(failure.code).toBe('MODEL_UNAVAILABLE');
    });

    it('refuses what is not the format of the provider', async () => {
      server.reply(stream ? { ...sse([]), body: 'data: {"half\n\n' } : { body: '<html>a proxy</html>' });
      const failure = await failureOf(ask(make(), model, { stream }));
      expect(failure.code).toBe('MODEL_OUTPUT_INVALID');
    });

    it('ends the request down to the socket when it is aborted', async () => {
      const reply = script({ text: 'Warte' });
      server.reply({ ...reply, body: reply.body.slice(0, -40), ending: 'hang' });
      const controller = new AbortController();
      const reason = new Error('the task was canceled');
      const running = ask(make(), model, { stream, signal: controller.signal });
      while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      controller.abort(reason);
      await expect(running).rejects.toBe(reason);
      await server.requests[0]?.abandoned;
    });

    it('bounds a body that never ends', async () => {
      const reply = script({ text: 'immer weiter ' });
      const body = reply.body.slice(0, -60);
      server.reply({ ...reply, body, pieceBytes: 4096, ending: 'repeat' });
      const failure = await failureOf(ask(make({ limits: { responseBytes: 20_000 } }), model, { stream }));
      expect(failure.code).toBe('MODEL_OUTPUT_INVALID');
      await server.requests[0]?.abandoned;
    });
  });

  it('streams the pieces of what it answers', async () => {
    server.reply(vendor.stream(CALLS));
    const deltas: ModelDelta[] = [];
    const answer = await ask(make(), model, { stream: true, tools: TOOLS, onDelta: (delta) => deltas.push(delta) });
    answer.content.forEach((part, index) => {
      const pieces = deltas.filter((delta) => delta.index === index);
      const text = pieces.map((delta) => delta.text).join('');
      if (part.type === 'text' || part.type === 'reasoning') expect(text).toBe(part.text);
      if (part.type === 'tool-call') {
        expect(JSON.parse(text)).toEqual(part.arguments);
        expect(pieces[0]).toMatchObject({ type: 'tool-call-delta', id: part.id, name: part.name });
      }
    });
    const last = answer.content.length - 1;
    expect(Math.max(...deltas.map(({ index }) => index))).toBe(last);
  });

  it('takes no stream for an answer that ends without saying so', async () => {
    server.reply(vendor.unfinishedStream({ text: 'Ein Satz, der wie fertig aussieht.' }));
    const failure = await failureOf(ask(make(), model, { stream: true }));
    expect(failure.code).toBe('MODEL_UNAVAILABLE');
  });

  it('maps a failure in the middle of a stream', async () => {
    server.reply(vendor.failingStream({ text: 'Es beginnt gut' }));
    const failure = await failureOf(ask(make(), model, { stream: true }));
    expect(failure.code).toBe('MODEL_UNAVAILABLE');
    expect(failure.message).toMatch(/overloaded/i);
  });

  it('bounds an answer that never ends', async () => {
    server.reply({ ...vendor.stream({ text: 'immer weiter und weiter' }), pieceBytes: 4096 });
    const failure = await failureOf(ask(make({ limits: { characters: 10 } }), model, { stream: true }));
    expect(failure.code).toBe('MODEL_OUTPUT_INVALID');
  });

  it('says how hard to think', async () => {
    server.reply(vendor.answer({ text: 'Gut.' }));
    await ask(make(), model, { stream: false, effort: 'low' });
    const { body } = server.requests[0] as RecordedRequest;
    const level =
      body.reasoning?.effort ??
      body.reasoning_effort ??
      body.output_config?.effort ??
      body.generationConfig?.thinkingConfig?.thinkingLevel;
    expect(level).toBe('low');
  });
});

describe('quirks', () => {
  const compatible = (): ModelGateway => gatewayOf({ openaiBaseUrl: `${server.url}/v1` });

  const chunk = (delta: object, finish: string | null = null): object => ({
    ...{ id: '', object: 'chat.completion.chunk', created: 0, model: 'llama3.2' },
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  const call = (id: string | undefined, text: string): object => ({
    ...(id === undefined ? {} : { id }),
    ...{ index: 0, type: 'function', function: { name: 'now', arguments: text } },
  });

  it('sends no authorization where there is no key', async () => {
    server.reply(chatCompletions.answer({ text: 'Hallo.' }));
    await ask(compatible(), 'compatible/llama3.2', { stream: false });
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
    const answer = await ask(compatible(), 'compatible/llama3.2', { stream: true, tools: TOOLS });
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
    const { content } = await ask(compatible(), 'compatible/llama3.2', { stream: false, tools: TOOLS });
    expect(content.map((part) => part.type === 'tool-call' && part.id)).toEqual(['call_0', 'call_0-2']);
  });

  it.each([false, true])('keeps arguments that are no JSON, and shows them to the model again (%s)', async (stream) => {
    const script = stream ? chatCompletions.stream : chatCompletions.answer;
    server.reply(
      script({ toolCalls: [{ id: 'c', name: 'now', arguments: '{"zone": UTC' }] }),
      script({ text: 'Gut.' }),
    );
    const answer = await ask(compatible(), 'compatible/x', { stream, tools: TOOLS });
    expect(answer.content).toEqual([
      { type: 'tool-call', id: 'c', name: 'now', arguments: null, unparsed: '{"zone": UTC' },
    ]);
    await ask(compatible(), 'compatible/x', {
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

  it('reads no arguments at all as none', async () => {
    server.reply(chatCompletions.stream({ toolCalls: [{ id: 'c', name: 'now', arguments: '' }] }));
    const answer = await ask(compatible(), 'compatible/x', { stream: true, tools: TOOLS });
    expect(answer.content).toMatchObject([{ type: 'tool-call', arguments: {} }]);
  });

  it('knows a used-up quota from a busy moment', async () => {
    const error = {
      message: 'You exceeded your current quota',
      type: 'insufficient_quota',
      code: 'insufficient_quota',
    };
    server.reply({ status: 429, body: JSON.stringify({ error }) });
    const failure = await failureOf(ask(compatible(), 'compatible/x', { stream: false }));
    expect(failure.code).toBe('MODEL_REJECTED');
    expect(isRetryableModelError(failure)).toBe(false);
  });

  it.each([
    [{ 'retry-after-ms': '1500', 'retry-after': '9' }, 1500],
    [{ 'retry-after': 'Tue, 24 Nov 2026 12:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'soon' }, undefined],
  ])('reads how long to wait from %j', async (headers, expected) => {
    server.reply(chatCompletions.error(429, 'slow down', headers as Record<string, string>));
    const failure = await failureOf(ask(compatible(), 'compatible/x', { stream: false }));
    expect(failure.details['retryAfterMilliseconds']).toBe(expected);
  });

  it('reads how long Google wants to be left alone', async () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.5s' }];
    const error = { code: 429, message: 'Quota exceeded', status: 'RESOURCE_EXHAUSTED', details };
    server.reply({ status: 429, body: JSON.stringify({ error }) });
    const gateway = gatewayOf({ googleApiKey: SECRET, googleBaseUrl: server.url });
    const failure = await failureOf(ask(gateway, 'google/gemini-3.5-flash', { stream: false }));
    expect(failure).toMatchObject({ code: 'MODEL_RATE_LIMITED', details: { retryAfterMilliseconds: 34_500 } });
  });

  it('maps an overloaded error that comes as a stream of its own (Anthropic)', async () => {
    server.reply(sse([{ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }]));
    const gateway = gatewayOf({ anthropicApiKey: SECRET, anthropicBaseUrl: server.url });
    const failure = await failureOf(ask(gateway, 'anthropic/claude-sonnet-4-6', { stream: true }));
    expect(failure.code).toBe('MODEL_UNAVAILABLE');
  });

  it('leaves the thoughts of another provider out', async () => {
    server.reply(chatCompletions.answer({ text: 'Gut.' }));
    const thought = { type: 'reasoning', text: 'geheim', providerMetadata: { anthropic: { signature: 's' } } } as const;
    await ask(compatible(), 'compatible/x', {
      stream: false,
      messages: [QUESTION, { role: 'assistant', content: [thought, { type: 'text', text: 'Ja.' }] }, QUESTION],
    });
    expect(JSON.stringify(server.requests[0]?.body)).not.toContain('geheim');
  });

  it('asks OpenAI to keep nothing, and for its thoughts encrypted', async () => {
    server.reply(openaiResponses.answer({ text: 'Gut.' }));
    const gateway = gatewayOf({ openaiApiKey: SECRET }, { fetch: toServer });
    await ask(gateway, 'openai/gpt-5.4', { stream: false });
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
    const { content } = await ask(gateway, 'openai/gpt-5.4', { stream, tools: TOOLS });
    await ask(gateway, 'openai/gpt-5.4', {
      stream: false,
      messages: [
        QUESTION,
        { role: 'assistant', content },
        { role: 'tool', content: [{ type: 'tool-result', id: 'c', name: 'now', result: 12, isError: false }] },
      ],
    });
    const [, reasoning, call] = server.requests[1]?.body.input ?? [];
    expect(reasoning).toMatchObject({
      type: 'reasoning',
      id: 'rs_1',
      encrypted_content: thought.signature,
      summary: [],
    });
    expect(call).toMatchObject({ type: 'function_call', call_id: 'c' });
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
    const { content } = await ask(gateway, 'anthropic/claude-sonnet-4-6', { stream });
    await ask(gateway, 'anthropic/claude-sonnet-4-6', {
      stream: false,
      messages: [QUESTION, { role: 'assistant', content }, QUESTION],
    });
    expect(server.requests[1]?.body.messages[1].content).toMatchObject([block, { type: 'text', text: 'Gut.' }]);
  });

  it('computes the cost with the cached part at its own price', async () => {
    server.reply(anthropicMessages.answer({ text: 'Gut.' }));
    const gateway = gatewayOf({ anthropicApiKey: SECRET, anthropicBaseUrl: server.url });
    const answer = await ask(gateway, 'anthropic/claude-sonnet-4-6', { stream: false });
    expect(answer.costMicrodollars).toBe(100 * 3 + 20 * 0.3 + 50 * 15);
  });
});

describe('local/rules', () => {
  it('is asked in this process, under the true names of the tools', async () => {
    const asked: unknown[] = [];
    const model: LanguageModelV4 = {
      ...{ specificationVersion: 'v4', provider: 'local', modelId: 'rules', supportedUrls: {} },
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
    const answer = await ask(gatewayOf({}, { localRules: () => model }), 'local/rules', {
      stream: false,
      tools: TOOLS,
    });
    expect(asked).toEqual([['documents.search', 'now']]);
    expect(answer).toMatchObject({ costMicrodollars: 0, modelId: 'rules', content: [{ name: 'documents.search' }] });
  });
});
