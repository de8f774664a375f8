import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { Pool } from 'undici';

import { startFactoryProcess } from './factory-process.ts';
import { type Part, progress, table } from './part.ts';
import { readableSpread, type Spread, spread } from './statistics.ts';

const CONNECTIONS = 32;
const ROUNDS = 5;
const REQUESTS = 500;
const STREAMS = 50;
const AGENT = 'clerk';
const QUESTION = 'What is 17 * 23?';
const ANSWER = '391';
const SUBMISSION = { path: '/api/v1/tasks', content: { agent: AGENT, input: QUESTION } };

interface HttpFigures {
  /** POST /api/v1/tasks answered, the executions running beside. */
  readonly submissionsPerSecond: Spread;
  /** From the first submission to the last task's end. */
  readonly tasksPerSecond: Spread;
  /** From the POST to the first message of the task's stream, on its own connection, one at a time. */
  readonly firstMessageMilliseconds: Spread;
  readonly answerMilliseconds: Spread;
}

/** Tasks over HTTP, with the key checked, answered by Local Rules. */
export const http: Part<HttpFigures> = { name: 'http', measure: measureHttp, render };

interface Client {
  readonly pool: Pool;
  readonly headers: Readonly<Record<string, string>>;
}

async function measureHttp(): Promise<HttpFigures> {
  const dataDir = mkdtempSync(join(tmpdir(), 'pygent-bench-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rmSync(dataDir, { recursive: true, force: true }));
  const factory = stack.adopt(await startFactoryProcess(dataDir), (started) => started.stop());
  const pool = stack.adopt(new Pool(factory.address, { connections: CONNECTIONS }), (opened) => opened.close());
  const key = readFileSync(join(dataDir, 'admin-key'), 'utf8').trim();
  const client: Client = { pool, headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' } };
  const agent = { name: AGENT, model: 'local/rules', strategy: { name: 'direct', parameters: {} } };
  await post(client, { path: '/api/v1/agents', content: agent });
  await playRound(client);
  const rounds: Round[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    progress(`http: round ${round} of ${ROUNDS}`);
    rounds.push(await playRound(client));
  }
  progress('http: streams');
  const streams: Streamed[] = [];
  for (let index = 0; index < STREAMS; index += 1) streams.push(await followOne(client));
  return {
    submissionsPerSecond: spread(rounds.map(({ submissionsPerSecond }) => submissionsPerSecond)),
    tasksPerSecond: spread(rounds.map(({ tasksPerSecond }) => tasksPerSecond)),
    firstMessageMilliseconds: spread(streams.map(({ first }) => first)),
    answerMilliseconds: spread(streams.map(({ answer }) => answer)),
  };
}

interface Post {
  readonly path: string;
  readonly content: object;
}

async function post({ pool, headers }: Client, { path, content }: Post): Promise<{ readonly id: string }> {
  const { statusCode, body } = await pool.request({ path, method: 'POST', headers, body: JSON.stringify(content) });
  const text = await body.text();
  if (statusCode >= 300) throw new Error(`POST ${path} answered ${statusCode}: ${text}`);
  return JSON.parse(text) as { id: string };
}

interface Round {
  readonly submissionsPerSecond: number;
  readonly tasksPerSecond: number;
}

async function playRound(client: Client): Promise<Round> {
  const started = performance.now();
  let left = REQUESTS;
  const ids: string[] = [];
  const caller = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      ids.push((await post(client, SUBMISSION)).id);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, caller));
  const submitted = performance.now();
  for (const id of ids.toReversed()) await untilAnswered(client, id);
  const ended = performance.now();
  return {
    submissionsPerSecond: (REQUESTS * 1000) / (submitted - started),
    tasksPerSecond: (REQUESTS * 1000) / (ended - started),
  };
}

/** @throws Error where the task ended with anything but the right answer */
async function untilAnswered({ pool, headers }: Client, id: string): Promise<void> {
  for (;;) {
    const { body } = await pool.request({ path: `/api/v1/tasks/${id}`, method: 'GET', headers });
    const { state, output } = (await body.json()) as { state: string; output?: { text: string } };
    if (state === 'completed' && output?.text.includes(ANSWER) === true) return;
    if (state !== 'submitted' && state !== 'working') throw new Error(`a task ended ${state}: ${output?.text}`);
    await delay(5);
  }
}

interface Streamed {
  readonly first: number;
  readonly answer: number;
}

async function followOne(client: Client): Promise<Streamed> {
  const started = performance.now();
  const { id } = await post(client, SUBMISSION);
  const path = `/api/v1/tasks/${id}/events`;
  const { body } = await client.pool.request({ path, method: 'GET', headers: client.headers });
  let first: number | undefined;
  let text = '';
  for await (const chunk of body) {
    first ??= performance.now() - started;
    text += String(chunk);
    if (text.includes('event: TaskCompleted')) break;
  }
  if (first === undefined || !text.includes(ANSWER)) throw new Error(`the stream of ${id} holds no answer: ${text}`);
  return { first, answer: performance.now() - started };
}

function render(figures: HttpFigures): string {
  return `${table(
    ['Over HTTP, answered by Local Rules', `median (lowest–highest)`],
    [
      [
        `Submissions a second, ${CONNECTIONS} connections, tasks running beside`,
        readableSpread(figures.submissionsPerSecond),
      ],
      ['Tasks a second from the first submission to the last answer', readableSpread(figures.tasksPerSecond)],
      ['From POST to the first message of the stream, ms', readableSpread(figures.firstMessageMilliseconds)],
      ['From POST to the answer in the stream, ms', readableSpread(figures.answerMilliseconds)],
    ],
  )}

${ROUNDS} rounds of ${REQUESTS} tasks; ${STREAMS} streams, one after the other. The client shares the machine.`;
}
