import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { between, seededRandom } from '../faults/seeded-random.ts';
import { anthropicMessages } from '../support/anthropic-messages.ts';
import { chatCompletions } from '../support/chat-completions.ts';
import { type FactoryProcess, openWorkplace } from '../support/factory-process.ts';
import { SECRET } from '../support/gateway-under-test.ts';
import { googleContents } from '../support/google-contents.ts';
import { type ProviderServer, startProviderServer } from '../support/provider-server.ts';
import { readRawEventStream, type WireEvent } from '../support/raw-event-stream.ts';
import type { Vendor } from '../support/scripted-turn.ts';

// The real program over the vendors' recorded answers, which local servers speak.

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const place = openWorkplace();
const servers: Record<'openai' | 'anthropic' | 'google', ProviderServer> = {} as never;
let environment: Readonly<Record<string, string>>;
let factory: FactoryProcess;
beforeAll(async () => {
  for (const name of ['openai', 'anthropic', 'google'] as const) servers[name] = await startProviderServer();
  environment = {
    OPENAI_API_KEY: SECRET,
    OPENAI_BASE_URL: `${servers.openai.url}/v1`,
    ANTHROPIC_API_KEY: SECRET,
    ANTHROPIC_BASE_URL: `${servers.anthropic.url}/v1`,
    GOOGLE_GENERATIVE_AI_API_KEY: SECRET,
    GOOGLE_BASE_URL: `${servers.google.url}/v1beta`,
    LOG_LEVEL: 'trace',
  };
  factory = await place.up(environment);
});
afterAll(async () => {
  await place.clear();
  for (const server of Object.values(servers)) await server[Symbol.asyncDispose]();
});

const VENDORS = [
  { model: 'compatible/llama3.2', at: 'openai', vendor: chatCompletions },
  { model: 'openai/gpt-5.4', at: 'openai', vendor: chatCompletions },
  { model: 'anthropic/claude-sonnet-4-6', at: 'anthropic', vendor: anthropicMessages },
  { model: 'google/gemini-3-flash', at: 'google', vendor: googleContents },
] as const satisfies readonly { model: string; at: keyof typeof servers; vendor: Vendor }[];

const ANSWER = 'Sechs mal sieben ist zweiundvierzig – 東京 🗼';
const CALL = { id: 'call_1', name: 'calculate', arguments: '{"expression":"6*7"}' };

async function agentFor(model: string): Promise<string> {
  const name = `agent-${model.split('/', 1)[0]}`;
  const found = await factory.request(`/api/v1/agents/${name}`);
  if (found.status === 404) {
    await factory.client.agents.create({ name, model, instructions: 'Calculate.', tools: ['calculate'] });
  }
  return name;
}

const eventsUrl = (taskId: string) => `${factory.url}/api/v1/tasks/${taskId}/events`;
const typesOf = (events: readonly WireEvent[]) => events.filter(({ id }) => id !== undefined).map(({ event }) => event);
const textOf = (events: readonly WireEvent[]) =>
  events
    .filter(({ event }) => event === 'text-delta')
    .map(({ data }) => data.data.text as string)
    .join('');

async function run(model: string, onFirstEvent = () => undefined as void) {
  const { id } = await factory.client.tasks.submit({ agent: await agentFor(model), input: 'Six times seven?' });
  const { events, complete } = await readRawEventStream({ url: eventsUrl(id), key: factory.key, onFirstEvent });
  return { id, events, complete, task: await factory.client.tasks.get(id) };
}

describe.each(VENDORS)('$model', ({ model, at, vendor }) => {
  it('calls a tool, and streams its answer as it comes', async () => {
    const server = servers[at];
    const before = server.requests.length;
    const { promise: after, resolve: onFirstEvent } = Promise.withResolvers<void>();
    server.reply({ ...vendor.stream({ toolCalls: [CALL] }), after }, vendor.stream({ text: ANSWER }));
    const { events, complete, task } = await run(model, onFirstEvent);
    expect(complete).toBe(true);
    expect(task).toMatchObject({ state: 'completed', output: { text: ANSWER } });
    expect(textOf(events)).toBe(ANSWER);
    expect(events.filter(({ event }) => event === 'text-delta').length).toBeGreaterThan(3);
    expect(events.at(-1)).toMatchObject({ event: 'end', data: { state: 'completed' } });
    const [, second] = server.requests.slice(before);
    expect(JSON.stringify(second?.body)).toContain('42');
    const { timeline } = await factory.client.executions.get(task.executionId ?? '');
    expect(timeline.map(({ kind, status }) => `${kind} ${status}`)).toEqual([
      'model completed',
      'tool completed',
      'model completed',
    ]);
    expect(timeline[0]).toMatchObject({ usage: { inputTokens: 120, outputTokens: 50 } });
  });

  it('is not tried again with a wrong key, which is shown nowhere', async () => {
    const server = servers[at];
    const before = server.requests.length;
    server.reply(vendor.error({ status: 401, message: `Incorrect API key provided: ${SECRET}` }));
    const { id, events, task } = await run(model);
    expect(task).toMatchObject({ state: 'failed', error: { code: 'MODEL_REJECTED' } });
    expect(typesOf(events)).not.toContain('StepAttemptFailed');
    expect(server.requests).toHaveLength(before + 1);
    expect(JSON.stringify(server.requests[before]?.headers)).toContain(SECRET);
    const detail = await factory.client.executions.get(task.executionId ?? '');
    const shown = await place.pygent(['tasks', 'show', id]);
    for (const told of [events, task, detail, shown]) expect(JSON.stringify(told)).not.toContain(SECRET);
  });
});

// Together, since most of it is waiting; the two that share a server are the same on the wire.
it('tries again after 429 as late as it was told to, after an overload, and after a cut connection', async () => {
  const apart = VENDORS.filter(({ model }) => !model.startsWith('openai/'));
  for (const { at, vendor } of apart) {
    servers[at].reply(
      vendor.error({ status: 429, message: 'slow down', headers: { 'retry-after': '1' } }),
      vendor.error({ status: at === 'anthropic' ? 529 : 500, message: 'Overloaded' }),
      { ...vendor.unfinishedStream({ text: ANSWER }), ending: 'cut' },
      vendor.stream({ text: ANSWER }),
    );
  }
  const runs = await Promise.all(apart.map(({ model }) => run(model)));
  for (const { events, task } of runs) {
    expect(task).toMatchObject({ state: 'completed', output: { text: ANSWER } });
    const failed = events.filter(({ event }) => event === 'StepAttemptFailed').map(({ data }) => data.data);
    expect(failed.map(({ attempt, error }) => [attempt, error.code])).toEqual([
      [1, 'MODEL_RATE_LIMITED'],
      [2, 'MODEL_UNAVAILABLE'],
      [3, 'MODEL_UNAVAILABLE'],
    ]);
    expect(failed[0]?.retryInMilliseconds).toBe(1_000);
  }
});

describe('a stream that is cut again and again', () => {
  // requirement: R-API-STREAM
  it.each([1, 2])('gives every event once and in order (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    const turns = Array.from({ length: 6 }, (_, turn) => ({
      text: `Turn ${turn}.`,
      toolCalls: [{ id: `call_${turn}`, name: 'calculate', arguments: `{"expression":"${turn}+1"}` }],
    }));
    servers.openai.reply(
      ...turns.map((turn) => chatCompletions.stream(turn)),
      chatCompletions.stream({ text: ANSWER }),
    );
    const agent = await agentFor('compatible/llama3.2');
    const { id, executionId = '' } = await factory.client.tasks.submit({ agent, input: 'Count.' });
    const seen: WireEvent[] = [];
    let cuts = 0;
    for (let complete = false; !complete;) {
      const mostBytes = between(random, [1, 4_000]);
      const lastEventId = seen.at(-1)?.id;
      const part = await readRawEventStream({ url: eventsUrl(id), key: factory.key, lastEventId, mostBytes });
      seen.push(...part.events.filter((event) => event.id !== undefined));
      complete = part.complete && part.events.at(-1)?.event === 'end';
      cuts += 1;
    }
    expect(cuts).toBeGreaterThan(2);
    const positions = seen.map((event) => Number(event.id));
    expect(positions).toEqual([...new Set(positions)].toSorted((a, b) => a - b));
    const whole = await readRawEventStream({ url: eventsUrl(id), key: factory.key });
    expect(seen).toEqual(whole.events.filter((event) => event.id !== undefined));
    const listed = await factory.client.executions.events(executionId, { limit: 200 });
    const own = seen.filter(({ data }) => data.stream === `execution-${executionId}`);
    expect(own.map(({ data }) => data)).toEqual(listed.items);
    expect(listed.items.length).toBeGreaterThan(13);
  });
});

it('goes on after kill -9 with what was under way, and asks no model twice for what it had answered', async () => {
  const server = servers.openai;
  const before = server.requests.length;
  server.reply(
    chatCompletions.stream({ toolCalls: [CALL] }),
    { ...chatCompletions.unfinishedStream({ text: 'Well' }), ending: 'hang' },
    chatCompletions.stream({ text: ANSWER }),
  );
  const agent = await agentFor('compatible/llama3.2');
  const { id } = await factory.client.tasks.submit({ agent, input: 'Six times seven?' });
  await expect.poll(() => server.requests.length, { timeout: 60_000 }).toBe(before + 2);
  await factory.kill();
  expect(factory.stdout() + factory.stderr()).not.toContain(SECRET);
  factory = await place.up(environment);
  await expect.poll(async () => (await factory.client.tasks.get(id)).state, { timeout: 60_000 }).toBe('completed');
  expect(server.requests).toHaveLength(before + 3);
});

it('told the keys of the providers to nobody', async () => {
  const events = await factory.request('/api/v1/events?limit=200&after=0');
  expect(await events.text()).not.toContain(SECRET);
  const ended = await factory.stop();
  expect(ended.exitCode).toBe(0);
  expect(ended.stderr.length).toBeGreaterThan(1_000);
  for (const told of [ended.stdout, ended.stderr]) expect(told).not.toContain(SECRET);
});
