import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client } from 'pg';

import { type RunningContender, startContender } from './contender.ts';
import { assertDurable, embeddedConnection, queryNumber } from './embedded-server.ts';
import { installedVersion } from './machine.ts';
import { type Part, progress, table } from './part.ts';
import { median, readable, readableSpread, type Spread, spread } from './statistics.ts';

const STEPS = 10;
const ROUNDS = 5;
const CONCURRENCIES = [1, 64] as const;
type Concurrency = (typeof CONCURRENCIES)[number];
/** A round is made about so long, by the speed of the round before. */
const ROUND_MILLISECONDS = 800;
/** Of a slow contender, a round has at least so many runs for each caller. */
const LEAST_RUNS = 1;
const WARM_UP_RUNS = 2;

interface Entry {
  readonly name: string;
  readonly program: string;
  readonly variant: string;
  /** Rows that prove the steps on the disk; none for what runs in memory. */
  readonly kept?: { readonly database: 'factory' | 'peers'; readonly count: string; readonly perRun: number };
}

const EVENTS = "SELECT count(*) FROM events WHERE type = 'StepCompleted'";
const CHECKPOINTS = 'SELECT count(*) FROM checkpoints';
/** A checkpoint of the input, of the start, of each model call and of each tool call. */
const CHECKPOINTS_PER_RUN = 2 * STEPS + 3;
const OURS = 'PyGent Factory, `read` tools';
const MEMORY_PEER = 'AI SDK, in memory';

function entries(): readonly Entry[] {
  const factory = { database: 'factory', count: EVENTS, perRun: 2 * STEPS + 1 } as const;
  const checkpoints = { database: 'peers', count: CHECKPOINTS, perRun: CHECKPOINTS_PER_RUN } as const;
  const langgraph = { program: './peers/langgraph.mjs' };
  return [
    { name: OURS, program: './pygent.ts', variant: 'read', kept: factory },
    { name: 'PyGent Factory, `once` tools', program: './pygent.ts', variant: 'once', kept: factory },
    { name: MEMORY_PEER, program: './peers/ai-sdk.mjs', variant: 'checked' },
    { name: 'AI SDK, in memory, arguments unchecked', program: './peers/ai-sdk.mjs', variant: 'unchecked' },
    { name: 'LangGraph.js, in memory', ...langgraph, variant: 'memory' },
    { name: 'LangGraph.js, durability async', ...langgraph, variant: 'async', kept: checkpoints },
    { name: 'LangGraph.js, durability sync', ...langgraph, variant: 'sync', kept: checkpoints },
    {
      name: 'Bare loop, one INSERT a step',
      program: './peers/bare-loop.mjs',
      variant: 'insert',
      kept: { database: 'peers', count: 'SELECT count(*) FROM bare_steps', perRun: STEPS },
    },
  ];
}

interface Measure extends Spread {
  /** Steps a second of ours over this one's, the median over the rounds. */
  readonly ours: number;
}

interface StepsFigures {
  readonly versions: Readonly<Record<string, string>>;
  readonly entries: readonly {
    readonly name: string;
    readonly durable: boolean;
    readonly stepsPerSecond: Readonly<Record<Concurrency, Measure>>;
  }[];
}

/** Durable steps a second, beside loops that keep nothing and others that keep everything. */
export const steps: Part<StepsFigures> = { name: 'steps', measure: measureSteps, render };

async function measureSteps(): Promise<StepsFigures> {
  const dataDir = mkdtempSync(join(tmpdir(), 'pygent-bench-'));
  await using stage = await openStage(dataDir);
  const speeds = new Map<string, number[]>();
  for (const concurrency of CONCURRENCIES) {
    const runs = await calibrate(stage, concurrency);
    for (let round = 0; round < ROUNDS; round += 1) {
      progress(`steps: ${concurrency} at once, round ${round + 1} of ${ROUNDS}`);
      for (const entry of entries()) {
        const speed = await play(stage, { entry, concurrency, runs: runs.get(entry.name) ?? concurrency });
        const key = speedKey(entry.name, concurrency);
        speeds.set(key, [...(speeds.get(key) ?? []), speed]);
      }
    }
  }
  return toFigures(speeds);
}

const speedKey = (name: string, concurrency: number): string => `${name}/${concurrency}`;

interface Stage extends AsyncDisposable {
  readonly contenders: ReadonlyMap<string, RunningContender>;
  readonly databases: Readonly<Record<'factory' | 'peers', Client>>;
}

/** The factory first, as its server serves the others; then a process for each other program. */
async function openStage(dataDir: string): Promise<Stage> {
  await using started = new AsyncDisposableStack();
  started.defer(() => rmSync(dataDir, { recursive: true, force: true }));
  const contenders = new Map<string, RunningContender>();
  const start = async (program: string, argument: string): Promise<void> => {
    const contender = await startContender(program, argument);
    contenders.set(program, contender);
    started.defer(() => contender.close());
  };
  await start('./pygent.ts', dataDir);
  const factory = started.adopt(new Client(embeddedConnection(dataDir)), (client) => client.end());
  await factory.connect();
  await assertDurable(factory);
  await factory.query('CREATE DATABASE bench_peers');
  const connection = embeddedConnection(dataDir, 'bench_peers');
  const peers = started.adopt(new Client(connection), (client) => client.end());
  await peers.connect();
  for (const program of new Set(entries().map((entry) => entry.program))) {
    if (!contenders.has(program)) await start(program, JSON.stringify(connection));
  }
  const opened = started.move();
  return { contenders, databases: { factory, peers }, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** How many runs make a round of about the wanted length; the rounds that tell it warm the contenders up. */
async function calibrate(stage: Stage, concurrency: Concurrency): Promise<ReadonlyMap<string, number>> {
  progress(`steps: ${concurrency} at once, warming up`);
  const runs = new Map<string, number>();
  for (const entry of entries()) {
    let wanted = concurrency * WARM_UP_RUNS;
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const speed = await play(stage, { entry, concurrency, runs: wanted });
      const fitting = (speed * ROUND_MILLISECONDS) / 1000 / STEPS / concurrency;
      wanted = concurrency * Math.max(LEAST_RUNS, Math.round(fitting));
    }
    runs.set(entry.name, wanted);
  }
  return runs;
}

interface Play {
  readonly entry: Entry;
  readonly concurrency: number;
  readonly runs: number;
}

/** One round; answers steps a second. @throws Error where the steps are not all on the disk afterwards */
async function play(stage: Stage, { entry, concurrency, runs }: Play): Promise<number> {
  const contender = stage.contenders.get(entry.program);
  if (contender === undefined) throw new Error(`${entry.program} was not started`);
  const { kept } = entry;
  const count = async (): Promise<number> =>
    kept === undefined ? 0 : await queryNumber(stage.databases[kept.database], kept.count);
  const before = await count();
  const milliseconds = await contender.play({ variant: entry.variant, concurrency, runs, steps: STEPS });
  const added = (await count()) - before;
  const expected = runs * (kept?.perRun ?? 0);
  if (added !== expected) throw new Error(`${entry.name}: ${added} rows on the disk, ${expected} expected`);
  return (runs * STEPS * 1000) / milliseconds;
}

function toFigures(speeds: ReadonlyMap<string, readonly number[]>): StepsFigures {
  const measure = (name: string, concurrency: Concurrency): Measure => {
    const own = speeds.get(speedKey(name, concurrency)) ?? [];
    const ours = speeds.get(speedKey(OURS, concurrency)) ?? [];
    return { ...spread(own), ours: median(own.map((speed, round) => (ours[round] ?? Number.NaN) / speed)) };
  };
  return {
    versions: {
      'AI SDK': installedVersion('ai', { peer: true }),
      'LangGraph.js': installedVersion('@langchain/langgraph', { peer: true }),
      'its PostgreSQL checkpoints': installedVersion('@langchain/langgraph-checkpoint-postgres', { peer: true }),
    },
    entries: entries().map(({ name, kept }) => ({
      name,
      durable: kept !== undefined,
      stepsPerSecond: { 1: measure(name, 1), 64: measure(name, 64) },
    })),
  };
}

function render({ entries: measured, versions }: StepsFigures): string {
  const rows = measured.map(({ name, durable, stepsPerSecond: { 1: one, 64: many } }) => [
    name,
    durable ? 'yes' : 'no',
    readableSpread(one),
    `${readable(one.ours)}×`,
    readableSpread(many),
    `${readable(many.ours)}×`,
  ]);
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${table(['Steps a second', 'on disk', '1 run', 'ours', '64 runs', 'ours'], rows)}

Median of ${ROUNDS} rounds (lowest–highest); *ours* is how many times as fast the first row was in the same round. ${named.join(', ')}.`;
}
