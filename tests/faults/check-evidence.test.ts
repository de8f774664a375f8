import { describe, expect, it } from 'vitest';

import { expectedAnswer, question } from '../../bench/arithmetic-task.ts';
import { checkEvidence, type FaultKind } from './check-evidence.ts';
import { type Evidence, type EventRow, kindFor, runQuestion } from './evidence.ts';
import { resumeTimes } from './resume-times.ts';

const STEPS = 3;
const STEP_MILLISECONDS = 10;
const FAULTS: readonly FaultKind[] = [
  'lost',
  'repeatedSteps',
  'repeatedEffects',
  'lostEffects',
  'changedKeys',
  'disorder',
  'wrongAnswers',
];

type Draft = Pick<EventRow, 'type'> & { readonly data?: EventRow['data'] };

/** An execution of three steps, as it should be; the n-th event is recorded at n * 10. */
function flawless(): Evidence {
  const input = runQuestion('1', question(STEPS));
  const drafts: Draft[] = [{ type: 'ExecutionStarted', data: { input } }];
  for (let number = 1; number <= STEPS; number += 1) {
    const key = String(2 * number);
    drafts.push({ type: 'StepCompleted', data: { key: String(2 * number - 1), kind: 'model' } });
    drafts.push({ type: 'StepIntended', data: { key, kind: 'tool' } }, { type: 'StepCompleted', data: { key } });
  }
  drafts.push({ type: 'StepCompleted', data: { key: String(2 * STEPS + 1), kind: 'model' } });
  drafts.push({ type: 'ExecutionCompleted' });
  const task: Draft[] = [
    { type: 'TaskSubmitted', data: { input } },
    { type: 'TaskCompleted', data: { text: expectedAnswer(STEPS) } },
  ];
  const numbers = Array.from({ length: STEPS }, (_, index) => index + 1);
  return {
    steps: STEPS,
    acknowledged: ['t'],
    events: [...toRows('execution-e', drafts), ...toRows('task-t', task)],
    effects: numbers
      .filter((number) => kindFor(number) === 'once')
      .map((number) => ({ executionId: 'e', stepKey: String(2 * number), number, square: number * number })),
    calls: numbers.flatMap((number) => [
      { kind: 'model' as const, at: 0, run: '1', results: number - 1 },
      { kind: kindFor(number), at: 0, executionId: 'e', stepKey: String(2 * number), idempotencyKey: `k${number}` },
    ]),
  };
}

function toRows(streamId: string, drafts: readonly Draft[]): EventRow[] {
  return drafts.map(({ type, data = {} }, index) => ({
    position: index + 1,
    streamId,
    version: index + 1,
    type,
    data,
    recordedAt: (index + 1) * STEP_MILLISECONDS,
  }));
}

function faultsOf(evidence: Evidence): FaultKind[] {
  const verdict = checkEvidence(evidence);
  return FAULTS.filter((kind) => verdict[kind].length > 0);
}

describe('checkEvidence', () => {
  it('finds nothing where nothing is wrong, and has looked at everything', () => {
    const verdict = checkEvidence(flawless());
    expect(faultsOf(flawless())).toEqual([]);
    expect(verdict).toMatchObject({ executions: 1, steps: 2 * STEPS + 1, onceEffects: 1 });
  });

  it('finds an execution without an end', () => {
    const { events, ...rest } = flawless();
    expect(faultsOf({ ...rest, events: events.filter(({ type }) => type !== 'ExecutionCompleted') })).toEqual(['lost']);
  });

  it('finds a confirmed task that is not there', () => {
    expect(faultsOf({ ...flawless(), acknowledged: ['t', 'gone'] })).toEqual(['lost']);
  });

  it.each(['model', 'tool'] as const)('finds a %s called again after its end', (kind) => {
    const evidence = flawless();
    const call = evidence.calls[kind === 'model' ? 0 : 1]!;
    expect(faultsOf({ ...evidence, calls: [...evidence.calls, { ...call, at: 1_000 }] })).toEqual(['repeatedSteps']);
  });

  it('allows a call again where the end was not recorded yet', () => {
    const evidence = flawless();
    expect(faultsOf({ ...evidence, calls: [...evidence.calls, evidence.calls[1]!] })).toEqual([]);
  });

  it('finds a repeated and a lost effect', () => {
    const evidence = flawless();
    expect(faultsOf({ ...evidence, effects: [...evidence.effects, ...evidence.effects] })).toEqual(['repeatedEffects']);
    expect(faultsOf({ ...evidence, effects: [] })).toEqual(['lostEffects']);
  });

  it('finds another idempotency key for the same step', () => {
    const evidence = flawless();
    const call = { ...evidence.calls[1]!, idempotencyKey: 'other' };
    expect(faultsOf({ ...evidence, calls: [...evidence.calls, call] })).toEqual(['changedKeys']);
  });

  it('finds a hole, an event behind the end, and an event of an ended step', () => {
    const evidence = flawless();
    const add = (...rows: EventRow[]): Evidence => ({ ...evidence, events: [...evidence.events, ...rows] });
    const row = { ...evidence.events.at(-1)!, streamId: 'execution-e' };
    const length = evidence.events.filter(({ streamId }) => streamId === 'execution-e').length;
    expect(faultsOf({ ...evidence, events: evidence.events.filter(({ version }) => version !== 3) })).toEqual([
      'disorder',
    ]);
    expect(faultsOf(add({ ...row, version: length + 1, type: 'ExecutionResumed' }))).toContain('disorder');
    const again = { ...row, version: length + 1, type: 'StepAttemptFailed', data: { key: '2' } };
    expect(checkEvidence(add(again)).disorder).toContain("execution-e: StepAttemptFailed behind a step's end");
  });

  it('finds a wrong answer', () => {
    const evidence = flawless();
    const events = evidence.events.map((event) =>
      event.type === 'TaskCompleted' ? { ...event, data: { text: 'The sum is 13.' } } : event,
    );
    expect(faultsOf({ ...evidence, events })).toEqual(['wrongAnswers']);
  });
});

describe('resumeTimes', () => {
  const story = (streamId: string, times: readonly number[], type = 'StepCompleted'): EventRow[] =>
    times.map((recordedAt, index) => ({ position: index, streamId, version: index + 1, type, data: {}, recordedAt }));

  it('measures from a start to the first event of what was under way', () => {
    const events = [...story('execution-a', [10, 130]), ...story('execution-b', [20, 260])];
    expect(resumeTimes(events, [0, 100, 200])).toEqual([30, 60]);
  });

  it('leaves out what was over, suspended, or began later', () => {
    const events = [
      ...story('execution-a', [10], 'ExecutionCompleted'),
      ...story('execution-b', [10, 120], 'ExecutionSuspended'),
      ...story('execution-c', [120]),
    ];
    expect(resumeTimes(events, [0, 100])).toEqual([]);
  });
});
