import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { inBatches } from '../../../tests/support/in-batches.ts';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.ts';
import { DEFAULT_TENANT } from '../../kernel/ids.ts';
import type { ProjectedEvent } from '../../kernel/projection.ts';
import type { ExecutionEvent, ExecutionTotals } from './execution-events.ts';
import { executionsProjection } from './pg-executions-projection.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.close();
});

async function project(events: readonly ProjectedEvent[]): Promise<void> {
  for (const { name, text, values } of executionsProjection.project(events)) {
    await database.pool.query({ name, text, values: [...values] });
  }
}

async function projected(batches: readonly (readonly ProjectedEvent[])[]): Promise<Record<string, unknown>[]> {
  await database.pool.query('TRUNCATE executions');
  for (const batch of batches) await project(batch);
  const { rows } = await database.pool.query<Record<string, unknown>>('SELECT * FROM executions ORDER BY id');
  return rows;
}

const totals: fc.Arbitrary<ExecutionTotals> = fc.record({
  steps: fc.nat(100_000),
  inputTokens: fc.maxSafeNat(),
  outputTokens: fc.maxSafeNat(),
  costMicrodollars: fc.maxSafeNat(),
});
const error = fc.constant({ code: 'INTERNAL', message: 'x' });
const event = fc.oneof(
  fc.record({ type: fc.constant('ExecutionResumed'), data: fc.record({ worker: fc.constant('w') }) }),
  fc.record({
    type: fc.constant('ExecutionSuspended'),
    data: fc.record({ totals, wakeAt: fc.constant('2030-01-01T00:00:00.000Z') }, { requiredKeys: ['totals'] }),
  }),
  fc.record({ type: fc.constant('ExecutionCompleted'), data: fc.record({ totals, content: fc.constant([]) }) }),
  fc.record({ type: fc.constant('ExecutionFailed'), data: fc.record({ totals, error }) }),
  fc.record({ type: fc.constant('ExecutionCanceled'), data: fc.record({ totals, reason: fc.string() }) }),
) as unknown as fc.Arbitrary<ExecutionEvent>;
const stories = fc.array(fc.array(event, { maxLength: 6 }), { minLength: 1, maxLength: 4 });
const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });

function toStream(number: number, events: readonly ExecutionEvent[]): ProjectedEvent[] {
  const started = {
    type: 'ExecutionStarted',
    data: {
      taskId: `task_${number}`,
      agent: { name: 'a', version: 3 },
      primary: number === 0,
      ...(number === 0 ? {} : { fork: { of: 'exec_0', at: '1' }, parent: { executionId: 'exec_parent' } }),
    },
  };
  return [started, ...events].map(({ type, data }, index) => ({
    streamId: `execution-exec_${number}`,
    version: index + 1,
    type,
    data: data as unknown as ProjectedEvent['data'],
    metadata: { actor: 'key_1' },
    tenantId: DEFAULT_TENANT,
    recordedAt: new Date(1_700_000_000_000 + index),
  }));
}

const STATUS: Record<string, string> = {
  ExecutionStarted: 'running',
  ExecutionResumed: 'running',
  ExecutionSuspended: 'suspended',
  ExecutionCompleted: 'completed',
  ExecutionFailed: 'failed',
  ExecutionCanceled: 'canceled',
};

function expectedRow(number: number, stream: readonly ProjectedEvent[]): Record<string, unknown> {
  const last = stream.at(-1)!;
  const told = stream.findLast(({ data }) => 'totals' in data)?.data['totals'] as ExecutionTotals | undefined;
  const isEnd = ['completed', 'failed', 'canceled'].includes(STATUS[last.type]!);
  const wakeAt = last.data['wakeAt'] as string | undefined;
  return {
    id: `exec_${number}`,
    tenant_id: DEFAULT_TENANT,
    task_id: `task_${number}`,
    agent_name: 'a',
    agent_version: 3,
    status: STATUS[last.type],
    primary_execution: number === 0,
    fork_of: number === 0 ? null : 'exec_0',
    parent_execution_id: number === 0 ? null : 'exec_parent',
    steps: told?.steps ?? 0,
    input_tokens: String(told?.inputTokens ?? 0),
    output_tokens: String(told?.outputTokens ?? 0),
    cost_microdollars: String(told?.costMicrodollars ?? 0),
    wake_at: wakeAt === undefined ? null : new Date(wakeAt),
    created_at: stream[0]!.recordedAt,
    updated_at: last.recordedAt,
    ended_at: isEnd ? last.recordedAt : null,
  };
}

describe('executionsProjection', () => {
  it('keeps the last word of every execution, in whatever batches and however often', async () => {
    await fc.assert(
      fc.asyncProperty(stories, sizes, async (all, batchSizes) => {
        const streams = all.map((events, number) => toStream(number, events));
        const longest = Math.max(...streams.map((stream) => stream.length));
        // Interleaved: the first event of each stream, then the second of each.
        const log = Array.from({ length: longest }, (_, index) =>
          streams.flatMap((stream) => stream[index] ?? []),
        ).flat();
        const expected = streams.map((stream, number) => expectedRow(number, stream));
        const batches = inBatches(log, batchSizes);
        expect(await projected(batches)).toEqual(expected);
        expect(await projected([log])).toEqual(expected);
        expect(await projected([...batches, ...batches])).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  it('writes nothing for a step, and one statement a kind for a batch', () => {
    expect(executionsProjection.handles.filter((type) => type.startsWith('Step'))).toEqual([]);
    const batch = Array.from({ length: 64 }, (_, number) => toStream(number, [])[0]!);
    expect(executionsProjection.project(batch)).toHaveLength(1);
  });
});
