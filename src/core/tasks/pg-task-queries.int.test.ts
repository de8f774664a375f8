import { taskSchema } from '#contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.ts';
import { openTestEventStore, type TestEventStore } from '../../../tests/support/test-event-store.ts';
import { systemContext } from '../../kernel/call-context.ts';
import type { DomainEvent } from '../../kernel/event.ts';
import { DEFAULT_TENANT, newTaskId, type TenantId } from '../../kernel/ids.ts';
import { executionsProjection } from '../executions/index.ts';
import { createPgTaskQueries, type PgTaskQueries } from './pg-task-queries.ts';
import { tasksProjection } from './pg-tasks-projection.ts';
import type { TaskFilter } from './task-service.ts';

const OTHER = 'other' as TenantId;
const context = systemContext();
let database: TestDatabase;
let log: TestEventStore;
let queries: PgTaskQueries;
beforeAll(async () => {
  database = await createTestDatabase();
  log = await openTestEventStore(database, { projections: [tasksProjection, executionsProjection] });
  queries = createPgTaskQueries({ queries: database.queries, executionStream: (id) => `execution-${id}` });
});
afterAll(async () => {
  await log.close();
  await database.close();
});

interface Submit {
  readonly id?: string;
  readonly tenantId?: TenantId;
  readonly agent?: string;
  readonly conversationId?: string;
  readonly turn?: number;
}

async function submit({ id = newTaskId(), tenantId, agent = 'a', ...place }: Submit = {}): Promise<string> {
  const data = { agent: { name: agent, version: 2 }, input: 'hello', executionId: `exec_of_${id}`, ...place };
  await append(`task-${id}`, { version: 0, tenantId }, { type: 'TaskSubmitted', data });
  return id;
}

function append(
  streamId: string,
  { version, tenantId = DEFAULT_TENANT }: { readonly version: number; readonly tenantId?: TenantId | undefined },
  ...events: readonly DomainEvent<string, object>[]
) {
  const streams = [{ streamId, expectedVersion: version, events }];
  return log.store.append({ tenantId, metadata: { actor: 'key_1' }, streams });
}

async function idsOf(filter: TaskFilter, limit: number): Promise<string[]> {
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await queries.list(context, filter, { limit, ...(cursor === undefined ? {} : { cursor }) });
    for (const item of page.items) expect(taskSchema.parse(item)).toEqual(item);
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return seen;
}

describe('get', () => {
  it('gives a task as the wire carries it', async () => {
    const id = await submit({ conversationId: 'conv_get', turn: 1 });
    const executionId = `exec_of_${id}`;
    const waiting = [{ kind: 'approval', executionId, step: '2', question: 'May I?', details: { to: 'x' } }];
    await append(`task-${id}`, { version: 1 }, { type: 'TaskInputRequired', data: { executionId, waiting } });
    const view = await queries.get(context, id);
    expect(taskSchema.parse(view)).toEqual(view);
    expect(view).toMatchObject({
      id,
      agent: { name: 'a', version: 2 },
      state: 'input-required',
      input: 'hello',
      waiting,
      conversationId: 'conv_get',
      executionId,
      createdBy: 'key_1',
    });
  });

  // requirement: R-DATA-TENANTS
  it('knows nothing of another tenant’s, of what is not there, and of what cannot be', async () => {
    const foreign = await submit({ tenantId: OTHER });
    for (const id of [foreign, newTaskId(), 'a\0b', '']) {
      await expect(queries.get(context, id)).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' });
      await expect(queries.streamsOf(context, id)).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' });
    }
    expect(await queries.get(systemContext({ tenantId: OTHER }), foreign)).toMatchObject({ id: foreign });
  });
});

describe('list', () => {
  it('goes through all of them newest first, by agent and state, page by page', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 7; count += 1) ids.push(await submit({ agent: 'lister' }));
    await submit({ agent: 'lister', tenantId: OTHER });
    const newest = ids.toSorted().toReversed();
    await append(`task-${newest[2]}`, { version: 1 }, { type: 'TaskCanceled', data: { reason: 'x', by: 'key_1' } });
    expect(await idsOf({ agent: 'lister' }, 3)).toEqual(newest);
    expect(await idsOf({ agent: 'lister', state: 'canceled' }, 3)).toEqual([newest[2]]);
    expect(await idsOf({ agent: 'nobody\0' }, 3)).toEqual([]);
  });

  it('gives a conversation by its turns, whatever the clocks of those who made the ids', async () => {
    for (const [turn, id] of ['task_z', 'task_a', 'task_m'].entries()) {
      await submit({ id, conversationId: 'conv_turns', turn: turn + 1 });
    }
    expect(await idsOf({ conversationId: 'conv_turns' }, 2)).toEqual(['task_m', 'task_a', 'task_z']);
    expect(await idsOf({ conversationId: 'conv_turns', agent: 'other' }, 2)).toEqual([]);
    expect(
      await queries.list(systemContext({ tenantId: OTHER }), { conversationId: 'conv_turns' }, { limit: 2 }),
    ).toEqual({
      items: [],
    });
  });

  it('takes no cursor but its own', async () => {
    for (const turn of [1, 2]) await submit({ conversationId: 'conv_cursor', turn });
    const { nextCursor: ofTurns } = await queries.list(context, { conversationId: 'conv_cursor' }, { limit: 1 });
    const { nextCursor: ofAll } = await queries.list(context, {}, { limit: 1 });
    const refused = { code: 'CURSOR_INVALID' };
    for (const cursor of [ofTurns!, 'x', '']) {
      await expect(queries.list(context, {}, { limit: 1, cursor })).rejects.toMatchObject(refused);
    }
    const filter = { conversationId: 'conv_cursor' };
    await expect(queries.list(context, filter, { limit: 1, cursor: ofAll! })).rejects.toMatchObject(refused);
  });
});

describe('what the runtime asks', () => {
  it('names the streams of a task and all its executions', async () => {
    const id = await submit();
    const started = { taskId: id, agent: { name: 'a', version: 2 }, primary: true };
    for (const execution of ['exec_s2', 'exec_s1']) {
      await append(`execution-${execution}`, { version: 0 }, { type: 'ExecutionStarted', data: started });
    }
    expect(await queries.streamsOf(context, id)).toEqual([`task-${id}`, 'execution-exec_s1', 'execution-exec_s2']);
  });

  it('counts the tasks of an agent that have not ended', async () => {
    const executionId = 'exec_x';
    const ids = [await submit({ agent: 'busy' }), await submit({ agent: 'busy' }), await submit({ agent: 'busy' })];
    await submit({ agent: 'busy', tenantId: OTHER });
    await append(`task-${ids[0]}`, { version: 1 }, { type: 'TaskCompleted', data: { executionId, text: 'y' } });
    expect(await queries.unfinishedTasks(DEFAULT_TENANT, 'busy')).toBe(2);
    expect(await queries.unfinishedTasks(OTHER, 'busy')).toBe(1);
    expect(await queries.unfinishedTasks(DEFAULT_TENANT, 'idle\0')).toBe(0);
  });

  it('refuses the second of two tasks in one place of a conversation as a lost race', async () => {
    await submit({ conversationId: 'conv_race', turn: 1 });
    const results = await Promise.allSettled([
      submit({ conversationId: 'conv_race', turn: 2 }),
      submit({ conversationId: 'conv_race', turn: 2 }),
      submit(),
    ]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'CONCURRENCY_CONFLICT' },
    });
    expect(results[2]?.status).toBe('fulfilled');
  });
});
