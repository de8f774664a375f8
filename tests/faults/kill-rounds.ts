/**
 * Rounds of kill -9 under load, and what came of them:
 *   npm run faults -- --rounds 200 --seed 1
 * A process runs a factory, keeps tasks under way, and is killed at a moment that the seed draws; the next process on
 * the same data folder has to go on. In the end everything must be finished, and the evidence is judged. Then starts
 * of the program are ended at random moments. Prints what it found, puts the tables into docs/reliability.md, and ends
 * with code 1 where a promise was broken.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { checkEvidence } from './check-evidence.ts';
import type { Evidence } from './evidence.ts';
import { readCalls, readEffects, readEvents } from './read-evidence.ts';
import { killDatabase } from './kill-database.ts';
import { publishReliability, publishStarts, summarize } from './reliability-page.ts';
import { between, seededRandom } from './seeded-random.ts';
import { sweepStarts } from './start-sweep.ts';
import { startVictim, type Victim } from './victim.ts';

const STEPS = 6;
const LOAD = 24;
/** Every fifth kill comes while the process starts or takes up what was under way; the others come under load. */
const EARLY_SHARE = 0.2;
const EARLY_MILLISECONDS = [0, 600] as const;
const UNDER_LOAD_MILLISECONDS = [20, 1_500] as const;
/** So many of the kills are a SIGTERM, at which the process hands over what is under way. */
const STOP_SHARE = 0.2;
/** Before every tenth kill PostgreSQL alone is killed; the factory must start it again and go on. */
const DATABASE_SHARE = 0.1;
/** After so many kills everything is let come to its end. */
const KILLS_BETWEEN_DRAINS = 25;

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' } },
});
const rounds = Number(values.rounds);
const seed = Number(values.seed);
if (!Number.isInteger(rounds) || rounds < 1 || !Number.isInteger(seed)) {
  throw new Error('--rounds and --seed take whole numbers');
}

interface Setting {
  readonly dataDir: string;
  readonly evidenceDir: string;
}

interface Course {
  /** When each process started, in milliseconds of the epoch. */
  readonly starts: readonly number[];
  /** How long those that were let be took until they were ready, in milliseconds. */
  readonly readyTimes: readonly number[];
  readonly acknowledged: readonly string[];
}

async function playRounds(setting: Setting): Promise<Course> {
  const random = seededRandom(seed);
  const starts: number[] = [];
  const readyTimes: number[] = [];
  const acknowledged: string[] = [];
  const start = (): Victim => {
    const incarnation = starts.length + 1;
    const options = { ...setting, incarnation, seed, steps: STEPS, load: LOAD };
    const victim = startVictim(options, (taskId) => acknowledged.push(taskId));
    starts.push(victim.startedAt);
    return victim;
  };
  for (let round = 1; round <= rounds; round += 1) {
    const victim = start();
    if (random() < EARLY_SHARE) {
      await delay(between(random, EARLY_MILLISECONDS));
    } else {
      readyTimes.push(await victim.ready);
      await delay(between(random, UNDER_LOAD_MILLISECONDS));
      if (random() < DATABASE_SHARE) {
        killDatabase(setting.dataDir);
        await delay(between(random, UNDER_LOAD_MILLISECONDS));
      }
    }
    if (random() < STOP_SHARE) await victim.stop();
    else await victim.kill(random() < 0.5 ? 'process' : 'both');
    if (round % KILLS_BETWEEN_DRAINS === 0 || round === rounds) {
      const last = start();
      readyTimes.push(await last.ready);
      const isOver = await last.drain();
      process.stderr.write(`${round} of ${rounds} kills, ${acknowledged.length} tasks confirmed\n`);
      // What does not end shows in the evidence.
      if (!isOver) break;
    }
  }
  return { starts, readyTimes, acknowledged };
}

async function collectEvidence({ dataDir, evidenceDir }: Setting, { acknowledged }: Course): Promise<Evidence> {
  const events = await readEvents(dataDir);
  return { events, acknowledged, steps: STEPS, calls: readCalls(evidenceDir), effects: readEffects(evidenceDir) };
}

const folder = mkdtempSync(join(tmpdir(), 'pygent-faults-'));
const setting: Setting = { dataDir: join(folder, 'data'), evidenceDir: join(folder, 'evidence') };
mkdirSync(setting.evidenceDir);
process.stdout.write(`seed ${seed}, ${rounds} rounds\n`);
const course = await playRounds(setting);
const evidence = await collectEvidence(setting, course);
const summary = summarize({ rounds, seed, evidence, ...course, verdict: checkEvidence(evidence) });
process.stdout.write(`${summary.table}\n${summary.faults.map((fault) => `  ${fault}\n`).join('')}`);
publishReliability(summary);
const starts = await sweepStarts(seed);
process.stdout.write(`${starts.table}\n${starts.faults.map((fault) => `  ${fault}\n`).join('')}`);
publishStarts({ ...summary, table: starts.table });
if (summary.faults.length === 0) rmSync(folder, { recursive: true, force: true });
else process.stdout.write(`The evidence lies in ${folder}\n`);
if (summary.faults.length + starts.faults.length > 0) process.exitCode = 1;
