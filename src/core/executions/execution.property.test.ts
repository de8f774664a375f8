import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { fold } from '../../kernel/decider.ts';
import { taskDecider, type TaskEvent } from '../tasks/index.ts';
import { executionDecider } from './execution.ts';
import type { ExecutionEvent } from './execution-events.ts';

const AT = '2026-01-02T03:04:05.000Z';
const key = fc.constantFrom('1', '2', '2.0.1', '2.1.1', '3');
const kind = fc.constantFrom('model', 'tool', 'task', 'timer', 'approval', 'code');
const name = fc.constantFrom('a', 'b');
const error = fc.record({ code: fc.constantFrom('INTERNAL', 'EXECUTION_TIMEOUT', 'UNHEARD_OF'), message: fc.string() });
const totals = fc.constant({ steps: 1, inputTokens: 2, outputTokens: 3, costMicrodollars: 4 });
const usage = fc.record({ inputTokens: fc.nat(), outputTokens: fc.nat() }, { requiredKeys: [] });
const effect = fc.constantFrom('read', 'idempotent', 'once');
const executionId = fc.constantFrom('exec_1', 'exec_2');

const of = (
  type: string,
  data: Record<string, fc.Arbitrary<unknown>>,
  optional: Record<string, fc.Arbitrary<unknown>> = {},
) =>
  fc.record({
    type: fc.constant(type),
    data: fc.record({ ...data, ...optional }, { requiredKeys: Object.keys(data) as never[] }),
  });
const input = fc.constant({ add: ['initial'] });
const startedAt = fc.constant(AT);

const executionEvent = fc.oneof(
  of('ExecutionStarted', { taskId: fc.constant('task_1'), model: fc.constant('m'), input: fc.string() }),
  of('ExecutionResumed', { worker: name }),
  of('ExecutionSuspended', { steps: fc.array(key), totals }, { wakeAt: startedAt }),
  of('StepIntended', { key, kind, name, effect, input, startedAt }),
  of('StepWaiting', { key, kind, name, input, startedAt }, { until: startedAt, childTaskId: fc.constant('task_2') }),
  of('StepAttemptFailed', { key, kind, name, attempt: fc.nat(5), error, retryInMilliseconds: fc.nat() }),
  of(
    'StepCompleted',
    { key, output: fc.jsonValue(), durationMilliseconds: fc.nat() },
    { kind, name, input, startedAt, usage, costMicrodollars: fc.nat() },
  ),
  of('StepFailed', { key, error, durationMilliseconds: fc.nat() }, { kind, name, input, startedAt }),
  of('StepOutcomeUnknown', { key }),
  of('StepRetryAllowed', { key, by: fc.constantFrom('tool', 'key_1') }),
  of('ExecutionCompleted', { content: fc.constant([{ type: 'text', text: 'x' }]), totals }),
  of('ExecutionFailed', { error, totals }),
  of('ExecutionCanceled', { reason: fc.string(), totals }),
) as unknown as fc.Arbitrary<ExecutionEvent>;

const inputRequired = fc
  .tuple(executionId, fc.array(fc.tuple(fc.constantFrom('approval', 'outcome-unknown'), key), { maxLength: 3 }))
  .map(([id, asked]) => ({
    type: 'TaskInputRequired',
    data: {
      executionId: id,
      waiting: asked.map(([what, step]) => ({ kind: what, executionId: id, step, question: 'Well?' })),
    },
  }));
const taskEvent = fc.oneof(
  of('TaskSubmitted', { agent: fc.constant({ name: 'a', version: 1 }), input: fc.string(), executionId }),
  of('TaskStarted', { executionId }),
  inputRequired,
  of('TaskInputProvided', {
    executionId,
    step: key,
    decision: fc.constantFrom('approve', 'reject', 'done', 'retry', 'fail'),
    by: name,
  }),
  of('TaskCompleted', { executionId, text: fc.string() }),
  of('TaskFailed', { executionId, error }),
  of('TaskCanceled', { reason: fc.string(), by: name }),
  of('TaskForked', { executionId, of: executionId }),
  of('TaskForkCanceled', { executionId, reason: fc.string(), by: name }),
) as unknown as fc.Arbitrary<TaskEvent>;

const ENDED = new Set(['completed', 'failed', 'canceled', 'rejected']);

/** The events that `decide` lets through, each decided on the state that those before it made. */
function accepted<State, Event>(
  decider: {
    readonly initialState: () => State;
    readonly decide: (state: State, event: Event) => readonly Event[];
    readonly evolve: (state: State, event: Event) => State;
  },
  events: readonly Event[],
): { readonly states: readonly State[]; readonly events: readonly Event[] } {
  const taken: Event[] = [];
  const states = [decider.initialState()];
  for (const event of events) {
    try {
      const decided = decider.decide(states.at(-1)!, event);
      taken.push(...decided);
      states.push(decided.reduce<State>((state, one) => decider.evolve(state, one), states.at(-1)!));
    } catch (refused) {
      expect(refused).toMatchObject({ name: 'AppError' });
    }
  }
  return { states, events: taken };
}

describe('an execution', () => {
  it('takes any events in any order, and counts its steps', () => {
    fc.assert(
      fc.property(fc.array(executionEvent, { maxLength: 40 }), (events) => {
        const state = fold(executionDecider, events);
        expect(state.totals.steps).toBe(state.steps.size);
        for (const [at, step] of state.steps) expect(step.key).toBe(at);
      }),
    );
  });

  it('is the same from the log as it was while it was written', () => {
    fc.assert(
      fc.property(fc.array(executionEvent, { maxLength: 40 }), (wanted) => {
        const { states, events } = accepted(executionDecider, wanted);
        const stored = JSON.parse(JSON.stringify(events)) as ExecutionEvent[];
        expect(JSON.stringify([...fold(executionDecider, stored).steps])).toBe(
          JSON.stringify([...states.at(-1)!.steps]),
        );
      }),
    );
  });

  it('begins once, ends once, and so does each of its steps', () => {
    fc.assert(
      fc.property(fc.array(executionEvent, { maxLength: 60 }), (wanted) => {
        const { events } = accepted(executionDecider, wanted);
        const types = events.map(({ type }) => type);
        expect(types.filter((type) => type === 'ExecutionStarted').length).toBeLessThanOrEqual(1);
        const end = types.findIndex((type) => /^Execution(?:Completed|Failed|Canceled)$/.test(type));
        if (end !== -1) expect(end).toBe(types.length - 1);
        const ended = events.flatMap(({ type, data }) =>
          type === 'StepCompleted' || type === 'StepFailed' ? [data.key] : [],
        );
        expect(new Set(ended).size).toBe(ended.length);
      }),
    );
  });
});

describe('a task', () => {
  it('takes any events in any order', () => {
    fc.assert(
      fc.property(fc.array(taskEvent, { maxLength: 40 }), (events) => {
        const task = fold(taskDecider, events);
        expect(task.decisions).toHaveLength(events.filter(({ type }) => type === 'TaskInputProvided').length);
      }),
    );
  });

  it('stays in the state in which it ended, and waits for input only as long as somebody is asked', () => {
    fc.assert(
      fc.property(fc.array(taskEvent, { maxLength: 60 }), (wanted) => {
        const { states, events } = accepted(taskDecider, wanted);
        expect(states.at(-1)).toEqual(fold(taskDecider, events));
        for (const [index, { state, waiting: asked, submitted }] of states.entries()) {
          const before = states[index - 1]?.state ?? 'none';
          if (ENDED.has(before)) expect(state).toBe(before);
          const isAsked = asked.some((item) => item.executionId === submitted?.executionId);
          if (state === 'input-required') expect(isAsked).toBe(true);
          if (state === 'working') expect(isAsked).toBe(false);
        }
      }),
    );
  });
});
