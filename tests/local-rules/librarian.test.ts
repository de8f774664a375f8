import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createDocumentLibrary, type PassageHit } from '../../src/ai/rag/index.ts';
import { createLibrarian, type Turn } from './agent-loop.ts';

const TEA = `# Tea

## Green tea

Green tea is steeped at 75 degrees for two minutes. Hotter water makes it bitter.

## Storage

Keep tea in a closed tin away from light. An opened tin of tea stays fresh for six months.
`;
const MILL = `# The mill

The old mill on the Traun grinds wheat and rye. Its millstone was replaced in 1911 after a flood.
A sack of flour costs 24 euros at the mill.
`;

let folder: string;
let ask: ReturnType<typeof createLibrarian>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pygent-librarian-'));
  await writeFile(join(folder, 'tea.md'), TEA);
  await writeFile(join(folder, 'mill.md'), MILL);
  ask = createLibrarian({ library: createDocumentLibrary(), folder });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const tools = ({ uses }: Turn): readonly string[] => uses.map(({ tool }) => tool);

// requirement: R-RULES-HONEST
describe('questions that the documents answer', () => {
  it.each([
    ['At how many degrees is green tea steeped?', 'Green tea is steeped at 75 degrees for two minutes.'],
    ['How long does an opened tin of tea stay fresh?', 'An opened tin of tea stays fresh for six months.'],
    ['Why was the millstone replaced?', 'Its millstone was replaced in 1911 after a flood.'],
  ])('%s', async (question, sentence) => {
    const turn = await ask(question);
    expect(turn.uses[0]?.tool).toBe('documents.search');
    expect(turn.answer).toContain(`> "${sentence}"`);
    const { results } = turn.uses[0]!.output as unknown as { readonly results: readonly PassageHit[] };
    const cited = /> \[([^\]]+)\]/u.exec(turn.answer)?.[1];
    const hit = results.find(({ citation }) => citation === cited);
    expect(hit?.text).toContain(sentence);
  });

  it('says whose words it quotes, and who speaks', async () => {
    const { answer } = await ask('Why was the millstone replaced?');
    expect(answer).toMatch(/^Local Rules \(not an LLM\): “The mill” \(`mill\.md`\) answers this best:\n\n> "/u);
  });
});

describe('questions that they do not answer', () => {
  it.each([
    'Who won the 1998 World Cup?',
    'What is the capital of France?',
    'How do I bake sourdough bread in an oven?',
  ])('%s', async (question) => {
    const { answer, uses } = await ask(question);
    expect(answer).toMatch(/^Local Rules \(not an LLM\): I do not know: nothing in the documents answers this/u);
    expect(answer).not.toContain('> "');
    expect(uses.every(({ tool }) => tool === 'documents.search')).toBe(true);
  });
});

it('does not take passages on the topic for an answer', async () => {
  const { answer, uses } = await ask('Which festival is held in the old mill?');
  expect((uses[0]!.output as unknown as { readonly results: unknown[] }).results.length).toBeGreaterThan(0);
  expect(answer).toMatch(/I do not know: .* passages found in 1 document do not cover the question\.$/u);
});

describe('other tools', () => {
  it.each([
    ['What is 0.1 + 0.2?', 'calculate', { expression: '0.1 + 0.2' }, '= 0.3'],
    ['what is 12% of 250', 'calculate', { expression: '12/100 * 250' }, '= 30'],
    ['2^100', 'calculate', { expression: '2^100' }, '1267650600228229401496703205376'],
    ['What time is it in Vienna?', 'now', { timeZone: 'Europe/Vienna' }, 'It is 10:00:00 on Tuesday, 2026-11-24'],
    ['What day is it today?', 'now', {}, 'Tuesday, 2026-11-24'],
    ['Read tea.md', 'documents.read', { path: 'tea.md' }, '> Keep tea in a closed tin'],
    ['Fetch http://127.0.0.1:1/x', 'http.get', { url: 'http://127.0.0.1:1/x' }, '`http.get` failed'],
  ])('%s', async (...[question, tool, input, answer]) => {
    const turn = await ask(question);
    expect(tools(turn)).toEqual([tool]);
    expect(turn.uses[0]?.input).toEqual(input);
    expect(turn.answer).toContain(answer);
  });

  it('takes "time" in a question about something else for no question about the clock', async () => {
    expect(tools(await ask('which factors influence the running time of the mill'))).not.toContain('now');
  });

  it('says 1/3 exactly', async () => {
    expect((await ask('What is 1 divided by 3?')).answer).toContain('1/3 (0.333');
  });
});

describe('a conversation', () => {
  it('goes on after an answer, an abstention and a greeting', async () => {
    const greeting = await ask('Hello!');
    const first = await ask('What does a sack of flour cost at the mill?', greeting.prompt);
    expect(first.answer).toContain('A sack of flour costs 24 euros at the mill.');
    const second = await ask('and what does it cost?', first.prompt);
    expect(second.answer).toMatch(/^Local Rules \(not an LLM\): /u);
    const third = await ask('Who won the 1998 World Cup?', second.prompt);
    expect(third.answer).toContain('I do not know');
    const last = await ask('How is tea kept? In a tin?', third.prompt);
    expect(last.answer).toContain('Keep tea in a closed tin away from light.');
  });
});
