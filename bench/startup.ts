import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { installedVersion } from './machine.ts';
import { type Part, progress, table } from './part.ts';
import { median, readable, readableSpread, type Spread, spread } from './statistics.ts';

const ROUNDS = 9;
const MEBIBYTE = 2 ** 20;
const OURS = 'PyGent Factory';
const BASIS = 'AI SDK';
const EMPTY = 'Node.js, empty program';

const PROGRAMS: Readonly<Record<string, string>> = {
  [OURS]: './startup-pygent.mjs',
  [BASIS]: './peers/startup-ai-sdk.mjs',
  'LangGraph.js': './peers/startup-langgraph.mjs',
  Mastra: './peers/startup-mastra.mjs',
  [EMPTY]: './peers/startup-empty.mjs',
};

interface StartupReport {
  readonly milliseconds: number;
  readonly residentBytes: number;
}

interface StartupFigures {
  readonly versions: Readonly<Record<string, string>>;
  readonly entries: readonly {
    readonly name: string;
    readonly milliseconds: Spread;
    readonly residentMebibytes: Spread;
    /** Times as long as the AI SDK's in the same round, the median. */
    readonly timesBasis: number;
  }[];
}

/** Import of a library and creation of an agent with one tool, each in a fresh process. */
export const startup: Part<StartupFigures> = { name: 'startup', measure: measureStartup, render };

async function measureStartup(): Promise<StartupFigures> {
  const reports = new Map<string, StartupReport[]>(Object.keys(PROGRAMS).map((name) => [name, []]));
  // The round before the first fills the system's file cache.
  for (let round = 0; round <= ROUNDS; round += 1) {
    progress(`startup: round ${round} of ${ROUNDS}`);
    for (const [name, program] of Object.entries(PROGRAMS)) {
      const report = await runProgram(program);
      if (round > 0) reports.get(name)?.push(report);
    }
  }
  const basis = reports.get(BASIS) ?? [];
  return {
    versions: {
      [BASIS]: installedVersion('ai', { peer: true }),
      'LangGraph.js': installedVersion('@langchain/langgraph', { peer: true }),
      Mastra: installedVersion('@mastra/core', { peer: true }),
    },
    entries: [...reports].map(([name, own]) => ({
      name,
      milliseconds: spread(own.map(({ milliseconds }) => milliseconds)),
      residentMebibytes: spread(own.map(({ residentBytes }) => residentBytes / MEBIBYTE)),
      timesBasis: median(
        own.map(({ milliseconds }, round) => milliseconds / (basis[round]?.milliseconds ?? Number.NaN)),
      ),
    })),
  };
}

async function runProgram(program: string): Promise<StartupReport> {
  const path = fileURLToPath(new URL(program, import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [path], { timeout: 60_000 });
  return JSON.parse(stdout) as StartupReport;
}

function render({ entries, versions }: StartupFigures): string {
  const rows = entries.map(({ name, milliseconds, residentMebibytes, timesBasis }) => [
    name,
    name === EMPTY ? '–' : readableSpread(milliseconds),
    name === EMPTY ? '–' : `${readable(timesBasis)}×`,
    readableSpread(residentMebibytes),
  ]);
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${table(['Import, and an agent with one tool', 'ms', 'of the AI SDK', 'resident memory, MiB'], rows)}

Median of ${ROUNDS} fresh processes each (lowest–highest), one after the other in turns. ${named.join(', ')}.`;
}
