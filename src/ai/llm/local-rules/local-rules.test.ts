import type {
  LanguageModelV4CallOptions,
  LanguageModelV4Content,
  LanguageModelV4FunctionTool,
  LanguageModelV4Message,
  LanguageModelV4StreamPart,
} from '@ai-sdk/provider';
import { describe, expect, it } from 'vitest';

import { createLocalRules } from './index.ts';

const model = createLocalRules({ clock: { now: () => new Date('2026-11-24T09:00:00Z') } });

const user = (text: string): LanguageModelV4Message => ({ role: 'user', content: [{ type: 'text', text }] });
const assistant = (text: string): LanguageModelV4Message => ({ role: 'assistant', content: [{ type: 'text', text }] });

function tool(
  ...[name, description, properties]: [string, string, Record<string, object>]
): LanguageModelV4FunctionTool {
  const required = Object.keys(properties);
  return { type: 'function', name, description, inputSchema: { type: 'object', properties, required } };
}

const weather = tool('get_weather', 'Get the current weather for a city.', {
  city: { type: 'string', description: 'The city.' },
});
const loan = tool('loan.payment', 'Calculate the monthly payment of a loan.', {
  principal: { type: 'number', description: 'Amount borrowed in dollars.' },
  rate: { type: 'number', description: 'Yearly interest rate in percent.' },
  years: { type: 'integer', description: 'Term in years.' },
});

type Options = Partial<LanguageModelV4CallOptions>;

async function generate(text: string, options: Options = {}) {
  return model.doGenerate({ prompt: [user(text)], ...options });
}

const textOf = (content: readonly LanguageModelV4Content[]): string =>
  content.map((part) => (part.type === 'text' ? part.text : '')).join('');

async function say(text: string, options: Options = {}): Promise<string> {
  return textOf((await generate(text, options)).content);
}

async function callsOf(text: string, options: Options): Promise<readonly [string, unknown][]> {
  const { content } = await generate(text, options);
  return content.flatMap((part): [string, unknown][] =>
    part.type === 'tool-call' ? [[part.toolName, JSON.parse(part.input)]] : [],
  );
}

describe('its own answers', () => {
  it.each([
    ['What is 0.1 + 0.2?', '0.1 + 0.2 = 0.3'],
    ['12% of 250', '12/100 * 250 = 30'],
    ['2^100', '2^100 = 1267650600228229401496703205376'],
    ['What is 1/3?', '1/3 = 1/3 (0.333'],
    ['What is twelve plus thirty?', '12 + 30 = 42'],
    ['What time is it?', 'It is 09:00 UTC on 2026-11-24.'],
    ['hi', 'Hello.'],
    ['Are you an LLM?', 'I am Local Rules'],
    ['Who won the 1998 World Cup?', 'I do not know.'],
    ['', 'I do not know.'],
  ])('%s -> %s', async (request, answer) => {
    expect(await say(request)).toContain(answer);
  });

  it('begins every text with what it is', async () => {
    for (const request of ['hi', '2+2', 'Who won the 1998 World Cup?'])
      expect(await say(request)).toMatch(/^Local Rules \(not an LLM\): /u);
  });

  it('quotes what was said earlier, and says where', async () => {
    const { content } = await model.doGenerate({
      prompt: [user('My dog is called Bello and he is nine.'), assistant('Noted.'), user('What is my dog called?')],
    });
    expect(textOf(content)).toContain('> "My dog is called Bello and he is nine."\n> [message 1:1-1]');
  });
});

describe('calls', () => {
  it('calls the tool that fits with its arguments, and tells so', async () => {
    const { content, finishReason } = await generate('What is the weather in Oslo?', { tools: [loan, weather] });
    expect(content).toEqual([
      { type: 'tool-call', toolCallId: 'local-1', toolName: 'get_weather', input: '{"city":"Oslo"}' },
    ]);
    expect(finishReason.unified).toBe('tool-calls');
  });

  it('asks for a required slot that the request leaves open, and takes the answer', async () => {
    const request = 'Calculate the monthly payment of a loan of $9,000 at 5%';
    const question = await say(request, { tools: [loan] });
    expect(question).toContain(
      'I can use `loan.payment` for this, but I still need **years** (integer): Term in years.',
    );
    const calls = await callsOf('', { tools: [loan], prompt: [user(request), assistant(question), user('12')] });
    expect(calls).toEqual([['loan.payment', { principal: 9000, rate: 5, years: 12 }]]);
  });

  it('follows up on the call before', async () => {
    const prompt: LanguageModelV4Message[] = [
      user('What is the weather in Oslo?'),
      {
        role: 'assistant',
        content: [{ type: 'tool-call', toolCallId: 'local-1', toolName: 'get_weather', input: { city: 'Oslo' } }],
      },
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            toolCallId: 'local-1',
            toolName: 'get_weather',
            output: { type: 'text', value: 'sunny' },
          },
        ],
      },
      assistant('`get_weather` answered: sunny'),
      user('and in Rome?'),
    ];
    expect(await callsOf('', { tools: [weather], prompt })).toEqual([['get_weather', { city: 'Rome' }]]);
  });

  it('makes one call for each of several requests', async () => {
    const calls = await callsOf('What is the weather in Oslo, Rome and Paris?', { tools: [weather, loan] });
    expect(calls).toEqual(['Oslo', 'Rome', 'Paris'].map((city) => ['get_weather', { city }]));
  });

  it('keeps to the choice of tools', async () => {
    expect(await callsOf('What is the weather in Oslo?', { tools: [weather], toolChoice: { type: 'none' } })).toEqual(
      [],
    );
    const toolChoice = { type: 'tool', toolName: 'get_weather' } as const;
    expect(await callsOf('Oslo', { tools: [loan, weather], toolChoice })).toEqual([['get_weather', { city: 'Oslo' }]]);
  });

  it('warns of tools that a provider runs itself', async () => {
    const { warnings } = await generate('hi', {
      tools: [{ type: 'provider', id: 'x.search', name: 'search', args: {} }],
    });
    expect(warnings).toEqual([{ type: 'unsupported', feature: 'provider tool search' }]);
  });
});

describe('arguments', () => {
  const any = { type: 'string', description: '' };
  it.each([
    ['Book it for March 3rd, 2027', { date: { ...any, description: 'Day, YYYY-MM-DD' } }, { date: '2027-03-03' }],
    ['Book it for 3/4/2027', { date: { ...any, description: 'Day, DD-MM-YYYY' } }, { date: '04-03-2027' }],
    ['Book it for the day after tomorrow', { date: any }, { date: '2026-11-26' }],
    ['Book it for next Friday at 5:30 pm', { date: any, time: any }, { date: '2026-11-27', time: '17:30' }],
    ['Set the speed to twenty-five', { speed: { type: 'integer' } }, { speed: 25 }],
    ['a budget of 1.5 million dollars', { budget: { type: 'number' } }, { budget: 1_500_000 }],
    ['a width of 30 cm', { width: { type: 'number', description: 'Width in meters' } }, { width: 0.3 }],
    ['at a rate of 4%', { rate: { type: 'number', description: 'Rate as a decimal' } }, { rate: 0.04 }],
    ['the numbers 4, 8 and 15', { numbers: { type: 'array', items: { type: 'number' } } }, { numbers: [4, 8, 15] }],
    ['Name it "Blue Moon"', { name: any }, { name: 'Blue Moon' }],
    ['in fahrenheit please', { unit: { type: 'string', enum: ['celsius', 'fahrenheit'] } }, { unit: 'fahrenheit' }],
    [
      'Write to ada@example.org',
      { recipient: { ...any, description: 'Email address' } },
      { recipient: 'ada@example.org' },
    ],
    ['from Linz to Graz', { origin: any, destination: any }, { origin: 'Linz', destination: 'Graz' }],
    [
      '150 euros in Swiss francs',
      { from_currency: any, to_currency: any },
      { from_currency: 'EUR', to_currency: 'CHF' },
    ],
    ['3 cups in tablespoons', { from_unit: any, to_unit: any }, { from_unit: 'cups', to_unit: 'tablespoons' }],
    [
      'latitude 48.2 and longitude 16.4',
      {
        at: {
          type: 'object',
          properties: { latitude: { type: 'number' }, longitude: { type: 'number' } },
          required: ['latitude', 'longitude'],
        },
      },
      { at: { latitude: 48.2, longitude: 16.4 } },
    ],
    ['with the level 3', { level: { anyOf: [{ type: 'integer' }, { type: 'null' }] } }, { level: 3 }],
  ] as [string, Record<string, object>, object][])('%s', async (...[request, properties, expected]) => {
    const only = tool('act', 'Act.', properties);
    expect(await callsOf(request, { tools: [only], toolChoice: { type: 'required' } })).toEqual([['act', expected]]);
  });
});

describe('the stream', () => {
  async function partsOf(text: string, options: Options = {}): Promise<LanguageModelV4StreamPart[]> {
    const { stream } = await model.doStream({ prompt: [user(text)], ...options });
    const parts: LanguageModelV4StreamPart[] = [];
    for await (const part of stream) parts.push(part);
    return parts;
  }

  it.each([
    ['What is 2^64?', {}],
    ['What is the weather in Oslo?', { tools: [weather] }],
  ] as [string, Options][])('says the same as the whole answer: %s', async (request, options) => {
    const whole = await generate(request, options);
    const parts = await partsOf(request, options);
    const text = parts.map((part) => (part.type === 'text-delta' ? part.delta : '')).join('');
    expect(text).toBe(textOf(whole.content));
    expect(parts.filter((part) => part.type === 'tool-call')).toEqual(
      whole.content.filter((part) => part.type === 'tool-call'),
    );
    expect(parts.at(-1)).toEqual({ type: 'finish', usage: whole.usage, finishReason: whole.finishReason });
  });

  it('is the same bytes for the same request', async () => {
    const once = JSON.stringify(await partsOf('What is the weather in Oslo?', { tools: [loan, weather] }));
    expect(JSON.stringify(await partsOf('What is the weather in Oslo?', { tools: [loan, weather] }))).toBe(once);
  });

  it('ends with the reason of an abort, before it begins and in the middle', async () => {
    const reason = new Error('enough');
    const aborted = AbortSignal.abort(reason);
    await expect(generate('hi', { abortSignal: aborted })).rejects.toBe(reason);
    const controller = new AbortController();
    const { stream } = await model.doStream({ prompt: [user('hi')], abortSignal: controller.signal });
    const reader = stream.getReader();
    await reader.read();
    controller.abort(reason);
    await expect(reader.read()).rejects.toBe(reason);
  });
});

describe('limits and formats', () => {
  it('counts the tokens of prompt, tools and answer', async () => {
    const { usage } = await generate('What is 2 + 2?');
    expect(usage.inputTokens.total).toBeGreaterThan(0);
    const withTools = await generate('What is 2 + 2?', { tools: [weather] });
    expect(withTools.usage.inputTokens.total).toBeGreaterThan(usage.inputTokens.total ?? 0);
    expect(usage.outputTokens.total).toBe(usage.outputTokens.text);
  });

  it('stops at a stop sequence and at the most tokens', async () => {
    expect(await say('hi', { stopSequences: ['Ask'] })).toBe('Local Rules (not an LLM): Hello. ');
    const { content, finishReason } = await generate('hi', { maxOutputTokens: 4 });
    expect(textOf(content)).toBe('Local Rules (not');
    expect(finishReason.unified).toBe('length');
  });

  it('fills a schema from the request, and names what is missing', async () => {
    const schema = {
      type: 'object',
      properties: { city: { type: 'string' }, nights: { type: 'integer' }, budget: { type: 'number' } },
      required: ['city', 'nights', 'budget'],
    } as const;
    const { content, warnings } = await generate('We stay in Lisbon for 4 nights.', {
      responseFormat: { type: 'json', schema: schema as never },
    });
    expect(JSON.parse(textOf(content))).toEqual({ city: 'Lisbon', nights: 4 });
    expect(warnings).toEqual([{ type: 'other', message: 'The text gives nothing for: budget.' }]);
  });
});

const megabyte = (piece: string): string => piece.repeat(Math.ceil(1_000_000 / piece.length));

describe('what nobody should send', () => {
  it.each(['a', '1 2 3 ', '(', '(1+', 'a, b and c, ', '"', 'x. ', '-', '1,000,', '\n', 'Vienna ', 'a@'])(
    'a megabyte of %j',
    { timeout: 20_000 },
    async (piece) => {
      const { content } = await generate(megabyte(piece), { tools: [weather, loan] });
      expect(content).toHaveLength(1);
    },
  );

  it('a schema with references, alternatives, depth and nonsense', async () => {
    const odd = tool('odd', 'Do something odd.', {
      ref: { $ref: '#/$defs/x' },
      either: { oneOf: [{ type: 'null' }, { type: 'integer' }] },
      deep: {
        type: 'object',
        properties: {
          a: {
            type: 'object',
            properties: {
              b: { type: 'object', properties: { c: { type: 'object', properties: { d: { type: 'string' } } } } },
            },
          },
        },
      },
      none: { type: 'nonsense' },
      list: { type: 'array' },
    });
    const { content } = await generate('Do something odd with 5', { tools: [odd], toolChoice: { type: 'required' } });
    expect(content).toHaveLength(1);
  });

  it('two hundred tools', async () => {
    const many = Array.from({ length: 200 }, (_, index) =>
      tool(`tool_${index}`, `Serve the guest number ${index}.`, { dish: { type: 'string' } }),
    );
    expect(await callsOf('What is the weather in Oslo?', { tools: [...many, weather] })).toEqual([
      ['get_weather', { city: 'Oslo' }],
    ]);
  });

  it('a tool that failed', async () => {
    const prompt: LanguageModelV4Message[] = [
      user('What is the weather in Oslo?'),
      {
        role: 'assistant',
        content: [{ type: 'tool-call', toolCallId: 'c', toolName: 'get_weather', input: { city: 'Oslo' } }],
      },
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            toolCallId: 'c',
            toolName: 'get_weather',
            output: { type: 'error-json', value: { code: 'TOOL_FAILED', message: 'the station is down' } },
          },
        ],
      },
    ];
    const { content } = await model.doGenerate({ prompt, tools: [weather] });
    expect(textOf(content)).toBe('Local Rules (not an LLM): `get_weather` failed: the station is down');
  });
});
