import { describe, expect, it } from 'vitest';

import type { RecordedEvent } from '../kernel/event.ts';
import { DEFAULT_TENANT } from '../kernel/ids.ts';
import type { ProjectionLag } from '../kernel/projection.ts';
import { createHealthChecks, type DependencyChecks } from './health-checks.ts';
import { createLogger } from './logger.ts';
import { createMetrics } from './metrics.ts';
import { observeEvents } from './observe-events.ts';
import { addProjectionMetrics } from './projection-metrics.ts';

describe('logs', () => {
  const lines: string[] = [];
  const logger = createLogger({
    level: 'info',
    serviceVersion: '1',
    destination: { write: (line) => void lines.push(line) },
  });
  const last = () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, any>;

  it('speak ECS', () => {
    logger.info({ 'trace.id': 't1' }, 'hello');
    expect(last()).toMatchObject({
      'log.level': 'info',
      'service.name': 'pygent-factory',
      'trace.id': 't1',
      message: 'hello',
      '@timestamp': expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });

  it('hold no secret, in a field, in a text or in an error and its cause', () => {
    const secret = 'sk-abcdefghijklmnopqrstuvwx';
    logger.info({ headers: { authorization: `Bearer ${secret}` }, apiKey: secret }, `called with ${secret}`);
    logger.error({ err: new Error(`bad ${secret}`, { cause: new Error(`inner ${secret}`) }) }, 'failed');
    expect(lines.join('')).not.toContain(secret);
    expect(last()).toMatchObject({
      err: { type: 'Error', message: 'bad [redacted]', causes: ['Error: inner [redacted]'] },
    });
  });
});

describe('metrics', () => {
  it('count what the log tells of', async () => {
    const metrics = createMetrics({ process: false });
    let tell: (events: readonly RecordedEvent[]) => void = () => undefined;
    const stop = observeEvents(
      { onRecorded: (listener) => ((tell = listener), () => (tell = () => undefined)) },
      metrics,
    );
    const event = (type: string, data = {}): RecordedEvent => ({
      globalPosition: 1n,
      streamId: 's',
      version: 1,
      type,
      data,
      metadata: { actor: 'x' },
      tenantId: DEFAULT_TENANT,
      recordedAt: new Date(0),
    });
    tell([event('TaskSubmitted'), event('StepCompleted', { kind: 'tool' }), event('TaskCompleted')]);
    const usage = { inputTokens: 100, outputTokens: 20 };
    const call = { kind: 'model', name: 'a/b', durationMilliseconds: 250 };
    tell([
      event('StepCompleted', { ...call, usage, costMicrodollars: 1_500_000 }),
      event('StepFailed', call),
      event('StepAttemptFailed', call),
    ]);
    stop();
    tell([event('TaskSubmitted')]);
    const text = await metrics.registry.metrics();
    expect(text).toContain('pygent_tasks_total{state="submitted"} 1');
    expect(text).toContain('pygent_tasks_total{state="completed"} 1');
    expect(text).toContain('pygent_steps_total{kind="tool",status="completed"} 1');
    expect(text).toContain('pygent_events_appended_total 6');
    expect(text).toContain('pygent_model_call_duration_seconds_sum{model="a/b",outcome="completed"} 0.25');
    expect(text).toContain('pygent_model_call_duration_seconds_count{model="a/b",outcome="failed"} 1');
    expect(text).toContain('pygent_model_tokens_total{model="a/b",direction="input"} 100');
    expect(text).toContain('pygent_model_tokens_total{model="a/b",direction="output"} 20');
    expect(text).toContain('pygent_model_cost_dollars_total{model="a/b"} 1.5');
  });
});

describe('metrics of projections', () => {
  it('are read at each scrape, and left out while the database is away', async () => {
    const { registry } = createMetrics({ process: false });
    const since = new Date(1_000);
    let answer = async (): Promise<readonly ProjectionLag[]> => [{ name: 'usage', position: 3n, events: 4, since }];
    let asked = 0;
    addProjectionMetrics({ registry, lags: () => ((asked += 1), answer()), now: () => new Date(3_500) });
    const text = await registry.metrics();
    expect(text).toContain('pygent_projection_lag_events{projection="usage"} 4');
    expect(text).toContain('pygent_projection_lag_seconds{projection="usage"} 2.5');
    expect(asked).toBe(1);
    answer = () => Promise.reject(new Error('away'));
    expect(await registry.metrics()).not.toContain('projection="usage"');
  });
});

// requirement: R-API-HEALTH
describe('health', () => {
  const blobs = new Map<string, Uint8Array>();
  const checks = (overrides: Partial<DependencyChecks> = {}) =>
    createHealthChecks({
      pingDatabase: async () => 'PostgreSQL 18',
      eventStore: { readAll: async () => [] },
      blobStore: {
        put: async (bytes) => (blobs.set('h', bytes), 'h'),
        get: async (hash) => blobs.get(hash) ?? new Uint8Array(),
        has: async (hash) => blobs.has(hash),
      },
      inspectJobQueue: async () => '0 waiting',
      models: { list: () => [], defaultModel: { model: 'local/rules', reason: '' } },
      projectionLags: async () => [],
      now: () => new Date(100_000),
      timeoutMilliseconds: 20,
      ...overrides,
    });

  it('tells of every dependency', async () => {
    const { status, dependencies } = await checks().deep();
    expect(status).toBe('ok');
    expect(dependencies.map(({ name }) => name)).toEqual([
      'database',
      'event-store',
      'blob-store',
      'job-queue',
      'models',
      'projections',
    ]);
  });

  it('tells how far projections are behind, and fails where one is stuck', async () => {
    const lag = (since: number) => [
      { name: 'idle', position: 7n, events: 0 },
      { name: 'usage', position: 3n, events: 4, since: new Date(since) },
    ];
    const found = async (since: number) => {
      const { dependencies } = await checks({ projectionLags: async () => lag(since) }).deep();
      return dependencies.find(({ name }) => name === 'projections');
    };
    expect(await found(98_000)).toMatchObject({
      status: 'ok',
      detail: 'idle is up to date, usage is 4 events and 2 s behind',
    });
    expect(await found(39_000)).toMatchObject({ status: 'failed', detail: expect.stringContaining('61 s behind') });
  });

  it('finds what fails, lies or hangs, and shows no inner message', async () => {
    const { status, dependencies } = await checks({
      pingDatabase: () => Promise.reject(new Error('password')),
      blobStore: { put: async () => 'h', get: async () => new Uint8Array([1]), has: async () => true },
      inspectJobQueue: () => new Promise(() => {}),
    }).deep();
    expect(status).toBe('failed');
    const failed = dependencies.filter((dependency) => dependency.status === 'failed');
    expect(failed.map(({ name, detail }) => [name, detail])).toEqual([
      ['database', 'INTERNAL'],
      ['blob-store', 'INTERNAL'],
      ['job-queue', 'STEP_TIMEOUT'],
    ]);
    await expect(checks({ pingDatabase: () => new Promise(() => {}) }).ready()).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
    });
  });
});
