import { describe, expect, it } from 'vitest';

import type { RecordedEvent } from '../../kernel/event.ts';
import { DEFAULT_TENANT } from '../../kernel/ids.ts';
import type { JsonObject } from '../../utils/json.ts';
import { usageProjection } from './pg-usage-projection.ts';
import { usageOfEvent } from './usage-of-event.ts';

const event = (type: string, data: JsonObject = {}, at = '2026-01-31T23:59:59.999Z'): RecordedEvent => ({
  globalPosition: 7n,
  streamId: 'execution-exec_1',
  version: 1,
  type,
  data,
  metadata: { actor: 'x' },
  tenantId: DEFAULT_TENANT,
  recordedAt: new Date(at),
});
const call = { kind: 'model', name: 'a/b' };
const NOTHING = { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0, reasoningTokens: 0, costMicrodollars: 0 };

describe('usageOfEvent', () => {
  it('counts a call on its day in UTC, with all its tokens and its price', () => {
    const usage = { inputTokens: 100, outputTokens: 20, cachedInputTokens: 60, reasoningTokens: 15 };
    expect(usageOfEvent(event('StepCompleted', { ...call, usage, costMicrodollars: 12 }))).toEqual({
      kind: 'model-call',
      executionId: 'exec_1',
      day: '2026-01-31',
      model: 'a/b',
      calls: 1,
      failedCalls: 0,
      ...usage,
      costMicrodollars: 12,
    });
    expect(usageOfEvent(event('StepCompleted', call, '2026-02-01T00:00:00.000Z'))?.day).toBe('2026-02-01');
  });

  it('counts each attempt that failed, repeated or not, and none twice', () => {
    const retried = [
      event('StepAttemptFailed', { ...call, attempt: 1 }),
      event('StepAttemptFailed', { ...call, attempt: 2 }),
      event('StepFailed', { ...call, attempts: 3 }),
      event('StepCompleted', { ...call, attempts: 3 }),
    ].map(usageOfEvent);
    expect(retried).toMatchObject([
      { calls: 0, failedCalls: 1, ...NOTHING },
      { calls: 0, failedCalls: 1, ...NOTHING },
      { calls: 0, failedCalls: 1, ...NOTHING },
      { calls: 1, failedCalls: 0, ...NOTHING },
    ]);
  });

  it('takes for nothing what is no count, and of a name what a table can hold', () => {
    const usage = { inputTokens: 1.5, outputTokens: -1, cachedInputTokens: 1e300 };
    const counted = usageOfEvent(event('StepCompleted', { kind: 'model', name: `a\0${'b'.repeat(999)}`, usage }));
    expect(counted).toMatchObject({ ...NOTHING, model: `a\ufffd${'b'.repeat(198)}` });
  });

  it('counts executions as they begin and end, and no step that is no model call', () => {
    const became = ['Started', 'Completed', 'Failed', 'Canceled'].map((type) =>
      usageOfEvent(event(`Execution${type}`)),
    );
    expect(became).toMatchObject(
      ['started', 'completed', 'failed', 'canceled'].map((word) => ({ kind: 'execution', became: word })),
    );
    expect(usageOfEvent(event('StepCompleted', { kind: 'tool', name: 'now' }))).toBeUndefined();
    expect(usageOfEvent(event('StepCompleted', { key: '1' }))).toBeUndefined();
  });
});

describe('usageProjection', () => {
  it('writes nothing where nothing counts, and one statement a table otherwise', () => {
    const names = (...events: RecordedEvent[]) => usageProjection.project(events).map(({ name }) => name);
    expect(names(event('StepCompleted', { kind: 'tool', name: 'now' }))).toEqual([]);
    expect(names(event('ExecutionStarted'), event('StepCompleted', call), event('StepFailed', call))).toEqual([
      'usage-calls',
      'usage-executions',
    ]);
  });
});
