import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { table } from '../../bench/part.ts';
import { median, readable } from '../../bench/statistics.ts';
import { READY } from '../support/factory-process.ts';
import { type Program, startProgram } from '../support/program.ts';
import { killDatabase } from './kill-database.ts';
import { between, seededRandom } from './seeded-random.ts';

/** What ends a start: a signal, or SIGKILL for the process and its PostgreSQL. */
const ENDINGS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL', 'both'] as const;
type Ending = (typeof ENDINGS)[number];
/** Moments of a start at which it is ended; the last ones find it ready. */
const FIRST_START_MILLISECONDS = [0, 2_400] as const;
const SECOND_START_MILLISECONDS = [0, 800] as const;
const FIRST_STARTS = 15;
const SECOND_STARTS = 30;
/** Time for processes to notice that what they belong to was killed. */
const LEFTOVER_MILLISECONDS = 5_000;
/** A process that had not got to listening to signals dies of them. */
const STOPPED_CODES = new Set([0, 143]);

interface Ended {
  readonly ending: Ending;
  /** From the signal to the end of the process, in milliseconds. */
  readonly took: number;
  /** From the start of the next one until it was ready. */
  readonly ready: number;
  readonly faults: readonly string[];
}

export interface StartSweep {
  readonly table: string;
  readonly faults: readonly string[];
}

/** Ends the real program at random moments of its first and its second start, and starts it again each time. */
export async function sweepStarts(seed: number): Promise<StartSweep> {
  const random = seededRandom(seed);
  const ended: Ended[] = [];
  const endAt = async (folder: string, span: readonly [number, number]): Promise<void> => {
    const ending = ENDINGS[ended.length % ENDINGS.length] ?? 'SIGTERM';
    ended.push(await endStart({ folder, ending, moment: between(random, span) }));
  };
  for (let round = 0; round < FIRST_STARTS; round += 1) {
    await inNewFolder((folder) => endAt(folder, FIRST_START_MILLISECONDS));
  }
  await inNewFolder(async (folder) => {
    await restart(folder);
    for (let round = 0; round < SECOND_STARTS; round += 1) await endAt(folder, SECOND_START_MILLISECONDS);
  });
  const faults = ended.flatMap((each) => each.faults);
  const asked = ended.filter(({ ending }) => ending !== 'SIGKILL' && ending !== 'both');
  const rows = [
    ['Starts ended', readable(ended.length)],
    ['By SIGTERM, SIGINT or SIGHUP', readable(asked.length)],
    ['From such a signal to the end, ms', medianAndWorst(asked.map(({ took }) => took))],
    ['Next start to ready, ms', medianAndWorst(ended.map(({ ready }) => ready))],
    ['Starts that failed, processes or files left over', readable(faults.length)],
  ];
  return { table: table([`Seed ${seed}`, ''], rows), faults };
}

async function inNewFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pygent-starts-'));
  await use(folder);
  rmSync(folder, { recursive: true, force: true });
}

interface Start {
  readonly folder: string;
  readonly ending: Ending;
  /** Milliseconds after the start of the process. */
  readonly moment: number;
}

async function endStart({ folder, ending, moment }: Start): Promise<Ended> {
  const where = `${ending} after ${moment} ms`;
  const program = up(folder);
  await delay(moment);
  const signaledAt = performance.now();
  if (ending === 'both') killDatabase(join(folder, '.pygent'));
  program.child.kill(ending === 'both' ? 'SIGKILL' : ending);
  const { exitCode, stderr } = await program.ended;
  const took = performance.now() - signaledAt;
  const isKilled = ending === 'SIGKILL' || ending === 'both';
  const faults: string[] = [];
  if (!isKilled && !STOPPED_CODES.has(exitCode)) faults.push(`${where}: exit code ${exitCode}`);
  if (stderr !== '') faults.push(`${where}: ${stderr}`);
  const left = await leftOver(folder, isKilled ? LEFTOVER_MILLISECONDS : 0);
  if (left.length > 0) faults.push(`${where}: processes ${left.join(', ')} are left`);
  const next = await restart(folder);
  return { ending, took, ready: next.ready, faults: [...faults, ...next.faults.map((fault) => `${where}: ${fault}`)] };
}

const up = (folder: string): Program => startProgram({ argv: ['up'], folder, environment: { PORT: '0' } });

/** Starts it to the end, looks whether all is there, and stops it. */
async function restart(folder: string): Promise<Pick<Ended, 'ready' | 'faults'>> {
  const startedAt = performance.now();
  const program = up(folder);
  const faults: string[] = [];
  await program.until(READY).catch((error: unknown) => faults.push(String(error)));
  const ready = performance.now() - startedAt;
  if (faults.length === 0 && !(await agentsOf(folder)).includes('"librarian"')) faults.push('its agent is gone');
  program.child.kill('SIGTERM');
  const { exitCode, stderr } = await program.ended;
  if (exitCode !== 0 || stderr !== '') faults.push(`the next start ended with ${exitCode}: ${stderr}`);
  const unfinished = readdirSync(join(folder, '.pygent', 'postgres')).filter((name) => name.startsWith('unfinished'));
  return { ready, faults: [...faults, ...unfinished] };
}

async function agentsOf(folder: string): Promise<string> {
  const read = (name: string): string => readFileSync(join(folder, '.pygent', name), 'utf8').trim();
  const { url } = JSON.parse(read('server.json')) as { readonly url: string };
  const response = await fetch(`${url}/api/v1/agents`, { headers: { authorization: `Bearer ${read('admin-key')}` } });
  return response.text();
}

/** Processes that name the folder and do not end in so many milliseconds. */
async function leftOver(folder: string, milliseconds: number): Promise<readonly string[]> {
  const deadline = performance.now() + milliseconds;
  for (;;) {
    const found = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandLine(pid).includes(folder));
    if (found.length === 0 || performance.now() > deadline) return found;
    await delay(20);
  }
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

function medianAndWorst(times: readonly number[]): string {
  return `${readable(Math.round(median(times)))}, worst ${readable(Math.round(Math.max(...times)))}`;
}
