import { executionDetailSchema, executionSchema } from '#contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.ts';
import { openTestEventStore, type TestEventStore } from '../../../tests/support/test-event-store.ts';
import { systemContext } from '../../kernel/call-context.ts';
import type { DomainEvent } from '../../kernel/event.ts';
import { DEFAULT_TENANT, newExecutionId, type TenantId } from '../../kernel/ids.ts';
import type { Message } from '../../kernel/ports/language-model.ts';
import type { ExecutionQueries } from './execution-service.ts';
import { createLoadExecution } from './load-execution.ts';
import { createPgExecutionQueries } from './pg-execution-queries.ts';
import { executionsProjection } from './pg-executions-projection.ts';

const OTHER = 'other' as TenantId;
const context = systemContext();
const initial: readonly Message[] = [{ role: 'user', content: [{ type: 'text', text: 'hello' }] }];
let database: TestDatabase;
let log: TestEventStore;
let queries: ExecutionQueries;
beforeAll(async () => {
  database = await createTestDatabase();
  log = await openTestEventStore(database, { projections: [executionsProjection] });
  queries = createPgExecutionQueries({
    queries: database.queries,
    eventStore: log.store,
    loadExecution: createLoadExecution(log.store),
    initialMessages: async () => initial,
  });
});
afterAll(async () => {
  await log.close();
  await database.close();
});

interface Begin {
  readonly tenantId?: TenantId;
  readonly taskId?: string;
  readonly agent?: string;
  readonly fork?: { readonly of: string; readonly at: string };
}

async function begin(options: Begin = {}): Promise<string> {
  const id = newExecutionId();
  const data = {
    taskId: options.taskId ?? 'task_1',
    agent: { name: options.agent ?? 'a', version: 1 },
    strategy: { name: 'react', version: 1, parameters: {} },
    model: 'local/rules',
    input: 'hello',
    history: [],
    limits: {},
    tools: {},
    primary: options.fork === undefined,
    ...(options.fork === undefined ? {} : { fork: options.fork }),
  };
  await append(id, { version: 0, tenantId: options.tenantId }, { type: 'ExecutionStarted', data });
  return id;
}

function append(
  id: string,
  { version, tenantId = DEFAULT_TENANT }: { readonly version: number; readonly tenantId?: TenantId | undefined },
  ...events: readonly DomainEvent<string, object>[]
) {
  const streams = [{ streamId: `execution-${id}`, expectedVersion: version, events }];
  return log.store.append({ tenantId, metadata: { actor: 'key_1' }, streams });
}

const step = (key: string): DomainEvent<string, object> => ({
  type: 'StepCompleted',
  data: {
    key,
    kind: 'model',
    name: 'local/rules',
    input: { add: ['initial'] },
    startedAt: '2026-01-02T03:04:05.000Z',
    durationMilliseconds: 1,
    output: { content: [{ type: 'text', text: 'x' }], finishReason: 'stop', modelId: 'rules' },
    usage: { inputTokens: 10, outputTokens: 5 },
    costMicrodollars: 250_000,
  },
});
const TOTALS = { steps: 1, inputTokens: 10, outputTokens: 5, costMicrodollars: 250_000 };

describe('get', () => {
  it('counts what a running execution has used until now, which lists tell at its next rest', async () => {
    const id = await begin({ taskId: 'task_running' });
    await append(id, { version: 1 }, step('1'));
    const detail = await queries.get(context, id);
    expect(executionDetailSchema.parse(detail)).toEqual(detail);
    expect(detail).toMatchObject({ status: 'running', steps: 1, inputTokens: 10, outputTokens: 5, cost: 0.25 });
    expect(detail.timeline).toMatchObject([{ key: '1', input: { messages: initial } }]);
    const list = () => queries.list(context, { taskId: 'task_running' }, { limit: 1 });
    expect((await list()).items[0]).toMatchObject({ status: 'running', steps: 0 });

    await append(id, { version: 2 }, { type: 'ExecutionSuspended', data: { steps: ['2'], totals: TOTALS } });
    expect((await list()).items[0]).toMatchObject({ status: 'suspended', steps: 1, cost: 0.25 });
    const content = [{ type: 'text', text: 'bye' }];
    await append(id, { version: 3 }, { type: 'ExecutionCompleted', data: { content, totals: TOTALS } });
    expect(await queries.get(context, id)).toMatchObject({ status: 'completed', output: { text: 'bye' } });
    expect((await list()).items[0]?.endedAt).toBe((await queries.get(context, id)).endedAt);
  });

  it('shows what a fork inherited, and counts it not', async () => {
    const origin = await begin();
    await append(origin, { version: 1 }, step('1'), step('2'));
    const detail = await queries.get(context, await begin({ fork: { of: origin, at: '2' } }));
    expect(detail).toMatchObject({ primary: false, forkOf: origin, steps: 0, cost: 0 });
    expect(detail.timeline).toMatchObject([{ key: '1', inherited: true }]);
  });

  // requirement: R-DATA-TENANTS
  it('knows nothing of another tenant’s, of what is not there, and of what cannot be', async () => {
    const foreign = await begin({ tenantId: OTHER });
    for (const id of [foreign, newExecutionId(), 'a\0b', '']) {
      await expect(queries.get(context, id)).rejects.toMatchObject({ code: 'EXECUTION_NOT_FOUND' });
      await expect(queries.events(context, id, { limit: 5 })).rejects.toMatchObject({ code: 'EXECUTION_NOT_FOUND' });
    }
    expect(await queries.get(systemContext({ tenantId: OTHER }), foreign)).toMatchObject({ id: foreign });
  });
});

describe('list', () => {
  it('goes through all of them newest first, by task, agent and status, page by page', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 7; count += 1) ids.push(await begin({ taskId: 'task_list', agent: 'lister' }));
    await begin({ taskId: 'task_list', agent: 'lister', tenantId: OTHER });
    const newest = ids.toSorted().toReversed();
    await append(newest[3]!, { version: 1 }, { type: 'ExecutionCanceled', data: { reason: 'x', totals: TOTALS } });
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await queries.list(
        context,
        { taskId: 'task_list' },
        { limit: 3, ...(cursor === undefined ? {} : { cursor }) },
      );
      for (const item of page.items) expect(executionSchema.parse(item)).toEqual(item);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(newest);
    const canceled = await queries.list(context, { agent: 'lister', status: 'canceled' }, { limit: 9 });
    expect(canceled.items.map(({ id }) => id)).toEqual([newest[3]]);
    expect(await queries.list(context, { agent: 'nobody\0' }, { limit: 9 })).toEqual({ items: [] });
  });

  it('takes no cursor but its own', async () => {
    const id = await begin({ taskId: 'task_cursor' });
    await append(id, { version: 1 }, step('1'), step('2'));
    const { nextCursor } = await queries.events(context, id, { limit: 1 });
    for (const cursor of [nextCursor!, 'x', '', Buffer.from('{"execution":"a\\u0000"}').toString('base64url')]) {
      await expect(queries.list(context, {}, { limit: 1, cursor })).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
    }
  });
});

describe('events', () => {
  it('gives them in their order, page by page, as they stand in the log', async () => {
    const id = await begin();
    await append(id, { version: 1 }, step('1'), step('2'), step('3'));
    const first = await queries.events(context, id, { limit: 2 });
    expect(first.items.map(({ type, version }) => [type, version])).toEqual([
      ['ExecutionStarted', 1],
      ['StepCompleted', 2],
    ]);
    const rest = await queries.events(context, id, { limit: 2, cursor: first.nextCursor! });
    expect(rest.items.map(({ version }) => version)).toEqual([3, 4]);
    expect(rest).not.toHaveProperty('nextCursor');
    expect(rest.items[1]).toMatchObject({
      stream: `execution-${id}`,
      metadata: { actor: 'key_1' },
      data: { key: '3' },
    });
  });
});
