import { FINAL_TASK_STATES, type TaskView, type Waiting } from '#contract';
import { type Selectable, sql } from 'kysely';
import { z } from 'zod';

import type { CallContext } from '../../kernel/call-context.ts';
import { decodeCursor, toPage } from '../../kernel/cursor.ts';
import { AppError } from '../../kernel/errors.ts';
import type { TenantId } from '../../kernel/ids.ts';
import type { Page, PageRequest } from '../../kernel/page.ts';
import type { Queries, TasksTable } from '../../kernel/ports/database.ts';
import { holdsNul } from '../../utils/holds-nul.ts';
import { Batcher } from '../../utils/batcher.ts';
import type { StoredWaiting } from './pg-tasks-projection.ts';
import { taskStream } from './task.ts';
import type { TaskFilter, TaskQueries } from './task-service.ts';

const listCursor = z.strictObject({ task: z.string().regex(/^\w{1,64}$/) });
const conversationCursor = z.strictObject({ turn: z.int().min(1).max(2_147_483_647) });

export interface PgTaskQueries extends TaskQueries {
  /** How many tasks of the agent have not ended, of whatever version. */
  unfinishedTasks(tenantId: TenantId, agentName: string): Promise<number>;
}

export interface PgTaskQueriesDependencies {
  readonly queries: Queries;
  /** The stream of an execution, by its id. */
  readonly executionStream: (id: string) => string;
}

/** Answers from the tables that the projections of tasks and executions keep in the transaction of each append. */
export function createPgTaskQueries({ queries, executionStream }: PgTaskQueriesDependencies): PgTaskQueries {
  const batcher = new Batcher({ load: (ids) => readTasks(queries, ids) });
  const read = async ({ tenantId }: CallContext, id: string): Promise<TaskView> => {
    const row = holdsNul(id) ? undefined : await batcher.get(id);
    if (row?.tenant_id !== tenantId) throw new AppError('TASK_NOT_FOUND', `there is no task ${id}`);
    return toTaskView(row);
  };
  return {
    get: read,
    // oxlint-disable-next-line max-params -- the interface's own
    list: (context, filter, page) => list(queries, { context, filter, page }),
    async streamsOf(context, id) {
      await read(context, id);
      const executions = await queries
        .selectFrom('executions')
        .select('id')
        .where('tenant_id', '=', context.tenantId)
        .where('task_id', '=', id)
        .orderBy('id')
        .execute();
      return [taskStream(id), ...executions.map((execution) => executionStream(execution.id))];
    },
    async unfinishedTasks(tenantId, agentName) {
      if (holdsNul(agentName)) return 0;
      const { count } = await queries
        .selectFrom('tasks')
        .select((select) => select.fn.countAll().as('count'))
        .where('tenant_id', '=', tenantId)
        .where('agent_name', '=', agentName)
        .where('state', 'not in', FINAL_TASK_STATES)
        .executeTakeFirstOrThrow();
      return Number(count);
    },
  };
}

/** Asked for by everyone who waits for a task, so that many at once share a query. */
async function readTasks(
  queries: Queries,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Selectable<TasksTable>>> {
  const found = await queries
    .selectFrom('tasks')
    .selectAll()
    .where(sql<boolean>`id = ANY(${ids}::text[])`)
    .execute();
  return new Map(found.map((row) => [row.id, row]));
}

interface ListRequest {
  readonly context: CallContext;
  readonly filter: TaskFilter;
  readonly page: PageRequest;
}

async function list(queries: Queries, { context, filter, page }: ListRequest): Promise<Page<TaskView>> {
  const { agent, state, conversationId } = filter;
  if ([agent, conversationId].some(holdsNul)) return { items: [] };
  let select = queries
    .selectFrom('tasks')
    .selectAll()
    .where('tenant_id', '=', context.tenantId)
    .limit(page.limit + 1);
  if (agent !== undefined) select = select.where('agent_name', '=', agent);
  if (state !== undefined) select = select.where('state', '=', state);
  if (conversationId === undefined) {
    if (page.cursor !== undefined) select = select.where('id', '<', decodeCursor(page.cursor, listCursor).task);
    const rows = await select.orderBy('id', 'desc').execute();
    return toPage(rows.map(toTaskView), { limit: page.limit, cursor: ({ id }) => ({ task: id }) });
  }
  // By turns: ids of two processes sort by their clocks, which may differ.
  select = select.where('conversation_id', '=', conversationId).orderBy('turn', 'desc');
  if (page.cursor !== undefined) select = select.where('turn', '<', decodeCursor(page.cursor, conversationCursor).turn);
  const { items, ...next } = toPage(await select.execute(), { limit: page.limit, cursor: ({ turn }) => ({ turn }) });
  return { items: items.map(toTaskView), ...next };
}

function toTaskView(row: Selectable<TasksTable>): TaskView {
  const waiting = (row.waiting ?? []) as readonly StoredWaiting[];
  return {
    id: row.id,
    agent: { name: row.agent_name, version: row.agent_version },
    state: row.state as TaskView['state'],
    input: row.input as string,
    ...(row.output === null ? {} : { output: row.output as NonNullable<TaskView['output']> }),
    ...(row.error === null ? {} : { error: row.error as NonNullable<TaskView['error']> }),
    waiting: waiting.map(({ item }) => JSON.parse(item) as Waiting),
    ...(row.conversation_id === null ? {} : { conversationId: row.conversation_id }),
    ...(row.execution_id === null ? {} : { executionId: row.execution_id }),
    ...(row.parent_execution_id === null ? {} : { parentExecutionId: row.parent_execution_id }),
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
