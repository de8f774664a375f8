import { table } from '../../bench/part.ts';
import { describeMachine } from '../../bench/machine.ts';
import { writeSection } from '../../bench/publish.ts';
import { median, readable } from '../../bench/statistics.ts';
import type { FaultKind, Verdict } from './check-evidence.ts';
import type { Evidence } from './evidence.ts';
import { resumeTimes } from './resume-times.ts';

const PAGE = new URL('../../docs/reliability.md', import.meta.url);
const SHOWN_FAULTS = 20;

const PROMISES: Readonly<Record<FaultKind, string>> = {
  lost: 'Executions lost',
  repeatedSteps: 'Finished steps called again',
  repeatedEffects: '`once` effects repeated',
  lostEffects: '`once` effects lost',
  changedKeys: 'Steps called with another idempotency key',
  disorder: 'Streams out of order',
  wrongAnswers: 'Wrong answers',
};

export interface Rounds {
  readonly rounds: number;
  readonly seed: number;
  readonly evidence: Evidence;
  /** When each start of the process began, in milliseconds of the epoch. */
  readonly starts: readonly number[];
  /** How long they took until they were ready, in milliseconds. */
  readonly readyTimes: readonly number[];
  readonly verdict: Verdict;
}

export interface Summary {
  readonly rounds: number;
  readonly seed: number;
  readonly table: string;
  /** What was found wrong, in words; the first of each kind. */
  readonly faults: readonly string[];
}

export function summarize({ rounds, seed, evidence, starts, readyTimes, verdict }: Rounds): Summary {
  const times = resumeTimes(evidence.events, starts);
  const kinds = Object.keys(PROMISES) as FaultKind[];
  const unknown = evidence.events.filter(({ type }) => type === 'StepOutcomeUnknown').length;
  const rows = [
    ['Kills, and stops by SIGTERM', readable(rounds)],
    ['Executions', readable(verdict.executions)],
    ['Steps finished', readable(verdict.steps)],
    ['`once` effects', readable(verdict.onceEffects)],
    ['Interrupted `once` calls, given to a person', readable(unknown)],
    ['Executions taken up again', readable(times.length)],
    ...kinds.map((kind) => [PROMISES[kind], readable(verdict[kind].length)]),
    ['Start of the process to ready, ms', medianAndWorst(readyTimes)],
    ['Start of the process to resumption, ms', medianAndWorst(times)],
  ];
  return {
    rounds,
    seed,
    table: table([`Seed ${seed}`, ''], rows),
    faults: kinds.flatMap((kind) => verdict[kind].slice(0, SHOWN_FAULTS).map((fault) => `${PROMISES[kind]}: ${fault}`)),
  };
}

function medianAndWorst(times: readonly number[]): string {
  if (times.length === 0) return '–';
  return `${readable(median(times))}, worst ${readable(times.reduce((worst, time) => Math.max(worst, time)))}`;
}

type Table = Pick<Summary, 'rounds' | 'seed' | 'table'>;

/** Puts the table of the kill rounds into docs/reliability.md. */
export function publishReliability(summary: Table): void {
  publish('faults:kills', summary);
}

/** Puts the table of the starts that were ended into docs/reliability.md. */
export function publishStarts(summary: Table): void {
  publish('faults:starts', summary);
}

function publish(name: string, { rounds, seed, table: text }: Table): void {
  const { date, processor, cores, platform, node, postgres } = describeMachine();
  const measurement =
    `*${date}, \`npm run faults -- --rounds ${rounds} --seed ${seed}\`: ${processor}, ${cores} cores, ${platform}, ` +
    `Node.js ${node}, PostgreSQL ${postgres}.*`;
  writeSection(PAGE, { name, text: `${text}\n\n${measurement}` });
}
