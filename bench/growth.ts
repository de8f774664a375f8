import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { Client } from 'pg';

import { type RunningContender, startContender } from './contender.ts';
import { embeddedConnection, queryNumber } from './embedded-server.ts';
import { type Part, progress, table } from './part.ts';
import { readable } from './statistics.ts';

const IDLE_MILLISECONDS = 3_000;
const OURS = 'PyGent Factory';
const DATABASE_SIZE = 'SELECT pg_database_size(current_database())';

/** Sizes of a run in steps, and how many runs of it are measured. */
const FACTORY_RUNS = [
  { steps: 10, runs: 100 },
  { steps: 100, runs: 10 },
  { steps: 1_000, runs: 3 },
] as const;
/** The peers stop at 100: where the cost grows with the square, 1,000 steps take minutes. */
const PEER_RUNS = FACTORY_RUNS.slice(0, 2);

const PEERS = [
  { name: 'LangGraph.js, durability async', program: './peers/langgraph.mjs', variant: 'async' },
  { name: 'Bare loop, one INSERT a step', program: './peers/bare-loop.mjs', variant: 'insert' },
] as const;

/** What one run of a number of steps adds, in bytes, the mean over the runs measured. */
interface Growth {
  readonly steps: number;
  /** Written to the write-ahead log, less what an idle server writes in the same time. */
  readonly logBytes: number;
  /** The whole database: tables, indexes, everything. */
  readonly databaseBytes: number;
}

interface GrowthFigures {
  /** Of the `events` table alone: rows and indexes, a step of the longest run. */
  readonly eventsBytesPerStep: number;
  readonly entries: readonly { readonly name: string; readonly growth: readonly Growth[] }[];
}

/** What a step costs on disk, and that it costs the same in a long run. */
export const growth: Part<GrowthFigures> = { name: 'growth', measure: measureGrowth, render };

async function measureGrowth(): Promise<GrowthFigures> {
  const dataDir = mkdtempSync(join(tmpdir(), 'pygent-bench-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rmSync(dataDir, { recursive: true, force: true }));
  const factory = stack.adopt(await startContender('./pygent.ts', dataDir), (contender) => contender.close());
  const client = await connect(stack, embeddedConnection(dataDir));
  const idle = await idleLogBytesPerMillisecond(client);
  const own = await measureSizes({ contender: factory, variant: 'read', client, idle, sizes: FACTORY_RUNS });
  const eventsBytesPerStep = await measureEvents(factory, client);

  await client.query('CREATE DATABASE bench_peers');
  const connection = embeddedConnection(dataDir, 'bench_peers');
  const peerClient = await connect(stack, connection);
  const entries = [{ name: OURS, growth: own }];
  for (const { name, program, variant } of PEERS) {
    const contender = await startContender(program, JSON.stringify(connection));
    const measured = await measureSizes({ contender, variant, client: peerClient, idle, sizes: PEER_RUNS });
    await contender.close();
    entries.push({ name, growth: measured });
  }
  return { eventsBytesPerStep, entries };
}

async function connect(
  stack: AsyncDisposableStack,
  connection: ReturnType<typeof embeddedConnection>,
): Promise<Client> {
  const client = stack.adopt(new Client(connection), (opened) => opened.end());
  await client.connect();
  return client;
}

const logPosition = (client: Client): Promise<number> =>
  queryNumber(client, "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')");

async function idleLogBytesPerMillisecond(client: Client): Promise<number> {
  const before = await logPosition(client);
  await delay(IDLE_MILLISECONDS);
  return ((await logPosition(client)) - before) / IDLE_MILLISECONDS;
}

interface Sizes {
  readonly contender: RunningContender;
  readonly variant: string;
  readonly client: Client;
  readonly idle: number;
  readonly sizes: readonly { readonly steps: number; readonly runs: number }[];
}

async function measureSizes({ contender, variant, client, idle, sizes }: Sizes): Promise<Growth[]> {
  // Makes the files and the pages that come once, and their whole images in the log.
  await contender.play({ variant, concurrency: 1, runs: 20, steps: 10 });
  const measured: Growth[] = [];
  for (const { steps, runs } of sizes) {
    progress(`growth: ${variant}, runs of ${steps} steps`);
    const logBefore = await logPosition(client);
    const sizeBefore = await queryNumber(client, DATABASE_SIZE);
    const milliseconds = await contender.play({ variant, concurrency: 1, runs, steps });
    measured.push({
      steps,
      logBytes: ((await logPosition(client)) - logBefore - idle * milliseconds) / runs,
      databaseBytes: ((await queryNumber(client, DATABASE_SIZE)) - sizeBefore) / runs,
    });
  }
  return measured;
}

async function measureEvents(contender: RunningContender, client: Client): Promise<number> {
  const size = "SELECT pg_total_relation_size('events')";
  const before = await queryNumber(client, size);
  await contender.play({ variant: 'read', concurrency: 1, runs: 2, steps: 1_000 });
  return ((await queryNumber(client, size)) - before) / 2_000;
}

function times(value: number, before: number | undefined): string {
  return before === undefined ? '' : ` (${readable(value / before)}×)`;
}

function render({ entries, eventsBytesPerStep }: GrowthFigures): string {
  const rows = entries.flatMap(({ name, growth: sizes }) =>
    sizes.map(({ steps, logBytes, databaseBytes }, index) => {
      const shorter = sizes[index - 1];
      return [
        name,
        readable(steps),
        `${readable(logBytes / 1024)}${times(logBytes, shorter?.logBytes)}`,
        `${readable(databaseBytes / 1024)}${times(databaseBytes, shorter?.databaseBytes)}`,
        readable(logBytes / steps),
      ];
    }),
  );
  const heading = ['', 'steps of a run', 'write-ahead log, KiB', 'database, KiB', 'log a step, bytes'];
  return `${table(heading, rows)}

In brackets: times the run of a tenth of the steps. A step takes ${readable(eventsBytesPerStep)} bytes of the \`events\` table with its indexes (two events: the model's answer and the tool's result).`;
}
