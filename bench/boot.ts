import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { startFactoryProcess } from './factory-process.ts';
import { type Part, progress, table } from './part.ts';
import { memoryOfTree } from './process-memory.ts';
import { readableSpread, type Spread, spread } from './statistics.ts';

const ROUNDS = 5;
/** What start leaves behind has settled by then. */
const REST_MILLISECONDS = 5_000;
const MEBIBYTE = 2 ** 20;

interface BootFigures {
  readonly firstStartMilliseconds: Spread;
  readonly secondStartMilliseconds: Spread;
  /** Of the one process of Node.js: everything of the factory but the database. */
  readonly nodeResidentMebibytes: Spread;
  /** Of all processes of PostgreSQL together, shared pages counted once. */
  readonly postgresMebibytes: Spread;
}

/** From the start of the command to the first good answer of /health/ready, and memory at rest. */
export const boot: Part<BootFigures> = { name: 'boot', measure: measureBoot, render };

interface Rest {
  readonly node: number;
  readonly postgres: number;
}

async function measureBoot(): Promise<BootFigures> {
  const first: number[] = [];
  const second: number[] = [];
  const rests: Rest[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    progress(`boot: round ${round} of ${ROUNDS}`);
    const dataDir = mkdtempSync(join(tmpdir(), 'pygent-bench-'));
    try {
      first.push((await startAndStop(dataDir)).readyMilliseconds);
      // Once is enough for what hardly changes.
      const { readyMilliseconds, rest } = await startAndStop(dataDir, { rested: round <= 2 });
      second.push(readyMilliseconds);
      if (rest !== undefined) rests.push(rest);
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  }
  return {
    firstStartMilliseconds: spread(first),
    secondStartMilliseconds: spread(second),
    nodeResidentMebibytes: spread(rests.map(({ node }) => node / MEBIBYTE)),
    postgresMebibytes: spread(rests.map(({ postgres }) => postgres / MEBIBYTE)),
  };
}

async function startAndStop(
  dataDir: string,
  { rested = false } = {},
): Promise<{ readonly readyMilliseconds: number; readonly rest: Rest | undefined }> {
  const factory = await startFactoryProcess(dataDir);
  try {
    if (rested) await delay(REST_MILLISECONDS);
    return { readyMilliseconds: factory.readyMilliseconds, rest: rested ? memoryAtRest(factory.pid) : undefined };
  } finally {
    await factory.stop();
  }
}

function memoryAtRest(pid: number): Rest {
  const tree = memoryOfTree(pid);
  const others = [...tree].filter(([of]) => of !== pid).map(([, { proportional }]) => proportional);
  if (others.length === 0) throw new Error('no process of PostgreSQL was found');
  return { node: tree.get(pid)?.resident ?? Number.NaN, postgres: others.reduce((sum, one) => sum + one, 0) };
}

function render(figures: BootFigures): string {
  return `${table(
    ['`pygent up`', `median of ${ROUNDS} (lowest–highest)`],
    [
      ['First start, empty folder, to ready, ms', readableSpread(figures.firstStartMilliseconds)],
      ['Second start, to ready, ms', readableSpread(figures.secondStartMilliseconds)],
      ['Memory at rest: Node.js, resident, MiB', readableSpread(figures.nodeResidentMebibytes)],
      ['Memory at rest: PostgreSQL, all processes, proportional, MiB', readableSpread(figures.postgresMebibytes)],
    ],
  )}

Memory ${REST_MILLISECONDS / 1000} s after the start, of two starts.`;
}
