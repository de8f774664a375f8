import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { anthropicMessages } from '../../../tests/support/anthropic-messages.ts';
import { chatCompletions } from '../../../tests/support/chat-completions.ts';
import { ask, failureOf, gatewayOf, QUESTION, SECRET, TOOLS } from '../../../tests/support/gateway-under-test.ts';
import { googleContents } from '../../../tests/support/google-contents.ts';
import { openaiResponses } from '../../../tests/support/openai-responses.ts';
import {
  type ProviderServer,
  type RecordedRequest,
  startProviderServer,
} from '../../../tests/support/provider-server.ts';
import { SCRIPTED_USAGE, sse, type ScriptedTurn, type Vendor } from '../../../tests/support/scripted-turn.ts';
import type { AssistantPart, Message, ModelDelta, ModelGateway } from '../../kernel/ports/language-model.ts';
import { isRetryableModelError } from '../../kernel/retryable.ts';
import type { ModelGatewayDependencies } from './index.ts';

let server: ProviderServer;
beforeEach(async () => {
  server = await startProviderServer();
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
});

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
  fetch(new Request(input).url.replace('https://api.openai.com', server.url), init);

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
        name: tool.name,
        parameters: tool.parametersJsonSchema,
      })),
    signs: true,
  },
];

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

const withoutMetadata = (parts: readonly AssistantPart[]): object[] =>
  parts.map((part) => ({ ...part, providerMetadata: undefined }));

// requirement: R-MODEL-WIRE
describe.each(CASES)('$name', ({ model, vendor, make, path, key, tools, signs }) => {
  describe.each([false, true])('streaming: %s', (stream) => {
    const script = stream ? vendor.stream : vendor.answer;

    it('answers a question', async () => {
      server.reply(script({ text: 'Größer als 🗼 du denkst.' }));
      const answer = await ask(make(), { model, stream, maxOutputTokens: 500 });
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
      const answer = await ask(make(), { model, stream, tools: TOOLS });
      expect(answer.finishReason).toBe('tool-calls');
      expect(withoutMetadata(answer.content.filter((part) => part.type !== 'reasoning'))).toEqual(CALL_PARTS);
      const sent = tools(server.requests[0] as RecordedRequest);
      expect(sent.map(({ name }) => name)).toEqual(['documents_search', 'now']);
      expect(sent[0]?.parameters).toMatchObject({ properties: { query: { type: 'string' } }, required: ['query'] });
      expect(sent[1]?.parameters).toMatchObject({ type: 'object', properties: {} });
      expect(JSON.stringify(sent)).not.toContain('$schema');
    });

    // requirement: R-MODEL-REASONING
    it('sends tool results and signed thoughts back in their place', async () => {
      const gateway = make();
      server.reply(script(CALLS), script({ text: 'Fertig.' }));
      const first = await ask(gateway, { model, stream, tools: TOOLS });
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
      await ask(gateway, { model, stream, tools: TOOLS, messages });
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
      const answer = await ask(make(), { model, stream });
      expect(answer.finishReason).toBe('length');
      expect(withoutMetadata(answer.content)).toEqual([{ type: 'text', text: 'Es war' }]);
    });

    // requirement: R-BAD-MODEL-EMPTY
    it('refuses an empty answer, which is worth another try', async () => {
      server.reply(script({ text: '' }));
      const failure = await failureOf(ask(make(), { model, stream }));
      expect(failure.code).toBe('MODEL_OUTPUT_INVALID');
      expect(isRetryableModelError(failure)).toBe(true);
    });

    // requirement: R-MODEL-FAILURES
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
      server.reply(vendor.error({ status, message: `that went wrong with ${SECRET}`, headers }));
      const failure = await failureOf(ask(make(), { model, stream }));
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
      expect((await failureOf(ask(gateway, { model, stream }))).code).toBe('MODEL_UNAVAILABLE');
    });

    it('takes no broken-off body for an answer', async () => {
      const reply = script({ text: 'Ein langer Satz, der nie zu Ende kommt, weil jemand den Stecker zog.' });
      server.reply({ ...reply, body: reply.body.slice(0, reply.body.length / 2), ending: 'cut' });
      const failure = await failureOf(ask(make(), { model, stream }));
      expect(failure.code).toBe('MODEL_UNAVAILABLE');
    });

    it('refuses what is not the format of the provider', async () => {
      server.reply(stream ? { ...sse([]), body: 'data: {"half\n\n' } : { body: '<html>a proxy</html>' });
      const failure = await failureOf(ask(make(), { model, stream }));
      expect(failure.code).toBe('MODEL_OUTPUT_INVALID');
    });

    it('ends the request down to the socket when it is aborted', async () => {
      const reply = script({ text: 'Warte' });
      server.reply({ ...reply, body: reply.body.slice(0, -40), ending: 'hang' });
      const controller = new AbortController();
      const reason = new Error('the task was canceled');
      const running = ask(make(), { model, stream, signal: controller.signal });
      while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      controller.abort(reason);
      await expect(running).rejects.toBe(reason);
      await server.requests[0]?.abandoned;
    });

    it('bounds a body that never ends', async () => {
      const reply = script({ text: 'immer weiter ' });
      const body = reply.body.slice(0, -60);
      server.reply({ ...reply, body, pieceBytes: 4096, ending: 'repeat' });
      const failure = await failureOf(ask(make({ limits: { responseBytes: 20_000 } }), { model, stream }));
      expect(failure.code).toBe('MODEL_OUTPUT_INVALID');
      await server.requests[0]?.abandoned;
    });
  });

  it('streams the pieces of what it answers', async () => {
    server.reply(vendor.stream(CALLS));
    const deltas: ModelDelta[] = [];
    const answer = await ask(make(), { model, stream: true, tools: TOOLS, onDelta: (delta) => deltas.push(delta) });
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
    const failure = await failureOf(ask(make(), { model, stream: true }));
    expect(failure.code).toBe('MODEL_UNAVAILABLE');
  });

  it('maps a failure in the middle of a stream', async () => {
    server.reply(vendor.failingStream({ text: 'Es beginnt gut' }));
    const failure = await failureOf(ask(make(), { model, stream: true }));
    expect(failure.code).toBe('MODEL_UNAVAILABLE');
    expect(failure.message).toMatch(/overloaded/i);
  });

  // requirement: R-BAD-MODEL-ENDLESS
  it('bounds an answer that never ends', async () => {
    const reply = vendor.stream({ text: 'immer weiter und weiter' });
    server.reply({ ...reply, body: reply.body.slice(0, -40), ending: 'hang' });
    const failure = await failureOf(ask(make({ limits: { characters: 10 } }), { model, stream: true }));
    expect(failure.code).toBe('MODEL_OUTPUT_INVALID');
    await server.requests[0]?.abandoned;
  });

  it('says how hard to think', async () => {
    server.reply(vendor.answer({ text: 'Gut.' }));
    await ask(make(), { model, stream: false, effort: 'low' });
    const { body } = server.requests[0] as RecordedRequest;
    const level =
      body.reasoning?.effort ??
      body.reasoning_effort ??
      body.output_config?.effort ??
      body.generationConfig?.thinkingConfig?.thinkingLevel;
    expect(level).toBe('low');
  });
});
