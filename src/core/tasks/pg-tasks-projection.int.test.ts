import type { Waiting } from '#contract';
import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { inBatches } from '../../../tests/support/in-batches.ts';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.ts';
import { systemContext } from '../../kernel/call-context.ts';
import { fold } from '../../kernel/decider.ts';
import { DEFAULT_TENANT } from '../../kernel/ids.ts';
import type { InlineProjection, ProjectedEvent } from '../../kernel/projection.ts';
import { createPgTaskQueries } from './pg-task-queries.ts';
import { tasksProjection } from './pg-tasks-projection.ts';
import { taskDecider, type TaskEvent } from './task.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.close();
});
beforeEach(() => database.pool.query('TRUNCATE tasks'));

async function project(projection: InlineProjection, events: readonly ProjectedEvent[]): Promise<void> {
  for (const { name, text, values } of projection.project(events)) {
    await database.pool.query({ name, text, values: [...values] });
  }
}

async function rows(): Promise<string[]> {
  const found = await database.pool.query<{ line: string }>('SELECT t::text AS line FROM tasks AS t ORDER BY id');
  return found.rows.map((row) => row.line);
}

const PRIMARY = 'exec_primary';
const executionId = fc.constantFrom(PRIMARY, 'exec_fork1', 'exec_fork2');
const step = fc.constantFrom('1', '2', '3.0.1');
/** What people and models write: also what only `json` can hold. */
const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 8 }), fc.constantFrom('a\0b', '\ud800', '"\\', 'é'));
const waiting = (of: string) =>
  fc.array(
    fc.record({
      kind: fc.constantFrom('approval' as const, 'outcome-unknown' as const),
      executionId: fc.constant(of),
      step,
      question: text,
      details: fc.record({ note: text }),
    }) satisfies fc.Arbitrary<Waiting>,
    { maxLength: 3 },
  );
const laterEvent = fc.oneof(
  fc.record({ type: fc.constant('TaskStarted'), data: fc.record({ executionId }) }),
  executionId.chain((of) =>
    fc.record({
      type: fc.constant('TaskInputRequired'),
      data: fc.record({ executionId: fc.constant(of), waiting: waiting(of) }),
    }),
  ),
  fc.record({
    type: fc.constant('TaskInputProvided'),
    data: fc.record({ executionId, step, decision: fc.constant('retry'), by: fc.constant('key') }),
  }),
  fc.record({ type: fc.constant('TaskCompleted'), data: fc.record({ executionId, text }) }),
  fc.record({
    type: fc.constant('TaskFailed'),
    data: fc.record({ executionId, error: fc.record({ code: fc.constant('INTERNAL'), message: text }) }),
  }),
  fc.record({ type: fc.constant('TaskCanceled'), data: fc.record({ reason: text, by: fc.constant('key') }) }),
  fc.record({ type: fc.constant('TaskForked'), data: fc.record({ executionId, of: executionId }) }),
  fc.record({
    type: fc.constant('TaskForkCanceled'),
    data: fc.record({ executionId, reason: text, by: fc.constant('key') }),
  }),
) as fc.Arbitrary<TaskEvent>;
const story = fc.record({ input: text, later: fc.array(laterEvent, { maxLength: 12 }) });

/** The streams of several tasks, interleaved as they would stand in the log. */
const log = fc.array(story, { minLength: 1, maxLength: 4 }).chain((stories) => {
  const streams = stories.map(({ input, later }, number) => toStream(`task_${number}`, input, later));
  const order = streams.flatMap((stream, number) => stream.map(() => number));
  return fc.shuffledSubarray(order, { minLength: order.length }).map((shuffled) => {
    const next = streams.map(() => 0);
    return shuffled.map((number) => streams[number]![next[number]!++]!);
  });
});

function toStream(id: string, input: string, later: readonly TaskEvent[]): ProjectedEvent[] {
  const submitted = { type: 'TaskSubmitted', data: { agent: { name: 'a', version: 1 }, input, executionId: PRIMARY } };
  return [submitted, ...later].map(({ type, data }, index) => ({
    streamId: `task-${id}`,
    version: index + 1,
    type,
    data: data as ProjectedEvent['data'],
    metadata: { actor: 'key_1' },
    tenantId: DEFAULT_TENANT,
    recordedAt: new Date(1_700_000_000_000 + index),
  }));
}

const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });

describe('tasksProjection', () => {
  it('means what evolve means, whatever happens in whatever batches', async () => {
    const queries = createPgTaskQueries({ queries: database.queries, executionStream: (id) => id });
    await fc.assert(
      fc.asyncProperty(log, sizes, async (events, batchSizes) => {
        await database.pool.query('TRUNCATE tasks');
        for (const batch of inBatches(events, batchSizes)) await project(tasksProjection, batch);
        for (const id of new Set(events.map((event) => event.streamId))) {
          const own = events.filter((event) => event.streamId === id);
          const task = fold(taskDecider, own as unknown as TaskEvent[]);
          const view = await queries.get(systemContext(), id.slice('task-'.length));
          expect(view).toMatchObject({ state: task.state, input: task.submitted?.input, executionId: PRIMARY });
          expect(view.waiting).toEqual(task.waiting);
          expect(view.output).toEqual(task.text === undefined ? undefined : { text: task.text });
          expect(view.error).toEqual(task.error);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('gives the same bytes in one batch and event by event, and nothing new from any batch that comes again', async () => {
    await fc.assert(
      fc.asyncProperty(log, sizes, async (events, batchSizes) => {
        await database.pool.query('TRUNCATE tasks');
        await project(tasksProjection, events);
        const atOnce = await rows();
        for (const batch of inBatches(events, batchSizes).toReversed()) await project(tasksProjection, batch);
        expect(await rows()).toEqual(atOnce);
        await database.pool.query('TRUNCATE tasks');
        for (const event of events) await project(tasksProjection, [event]);
        expect(await rows()).toEqual(atOnce);
      }),
      { numRuns: 50 },
    );
  });

  it('leaves the time of the last change alone when a fork begins', async () => {
    const [submitted, forked] = toStream('task_f', 'x', [
      { type: 'TaskForked', data: { executionId: 'exec_fork1' as never, of: PRIMARY as never } },
    ]);
    await project(tasksProjection, [submitted!, forked!]);
    const { rows: found } = await database.pool.query('SELECT updated_at, stream_version FROM tasks');
    expect(found).toEqual([{ updated_at: submitted!.recordedAt, stream_version: 2 }]);
  });

  it('handles a batch of many tasks with one statement a kind', () => {
    const streams = Array.from({ length: 64 }, (_, number) =>
      toStream(`task_${number}`, 'x', [
        { type: 'TaskStarted', data: { executionId: PRIMARY as never } },
        { type: 'TaskCompleted', data: { executionId: PRIMARY as never, text: 'y' } },
      ]),
    );
    expect(tasksProjection.project(streams.map((stream) => stream[0]!))).toHaveLength(1);
    expect(tasksProjection.project(streams.map((stream, number) => stream[1 + (number % 2)]!))).toHaveLength(1);
  });
});
