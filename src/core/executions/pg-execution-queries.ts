import type { ExecutionView } from '#contract';
import type { Selectable } from 'kysely';
import { z } from 'zod';

import type { CallContext } from '../../kernel/call-context.ts';
import { decodeCursor, toPage } from '../../kernel/cursor.ts';
import { AppError } from '../../kernel/errors.ts';
import { toEventView } from '../../kernel/event-view.ts';
import type { TenantId } from '../../kernel/ids.ts';
import type { Page, PageRequest } from '../../kernel/page.ts';
import type { ExecutionsTable, Queries } from '../../kernel/ports/database.ts';
import type { EventStore } from '../../kernel/ports/event-store.ts';
import type { Message } from '../../kernel/ports/language-model.ts';
import { holdsNul } from '../../utils/holds-nul.ts';
import { type ExecutionStarted, executionStream } from './execution-events.ts';
import type { ExecutionFilter, ExecutionQueries } from './execution-service.ts';
import { executionDetail, toDollars } from './execution-timeline.ts';
import type { LoadExecution } from './load-execution.ts';

const listCursor = z.strictObject({ execution: z.string().regex(/^\w{1,64}$/) });
const eventsCursor = z.strictObject({ version: z.int().min(1).max(2_147_483_646) });

export interface PgExecutionQueriesDependencies {
  readonly queries: Queries;
  readonly eventStore: Pick<EventStore, 'readStream'>;
  readonly loadExecution: LoadExecution;
  /** What the execution's first model call was given: instructions, conversation, the user's message. */
  readonly initialMessages: (tenantId: TenantId, started: ExecutionStarted['data']) => Promise<readonly Message[]>;
}

export interface PgExecutionQueries extends ExecutionQueries {
  /** The execution as its row in the read model has it. @throws AppError EXECUTION_NOT_FOUND */
  stored(context: CallContext, id: string): Promise<ExecutionView>;
}

/**
 * Answers from the table that `executionsProjection` keeps in the transaction of each append, and
 * from the log. In lists the totals of a running execution are those of its last suspension;
 * `get` counts what its stream holds now.
 */
export function createPgExecutionQueries(dependencies: PgExecutionQueriesDependencies): PgExecutionQueries {
  const { queries, eventStore, loadExecution, initialMessages } = dependencies;
  const read = async ({ tenantId }: CallContext, id: string): Promise<ExecutionView> => {
    const row = holdsNul(id)
      ? undefined
      : await queries
          .selectFrom('executions')
          .selectAll()
          .where('tenant_id', '=', tenantId)
          .where('id', '=', id)
          .executeTakeFirst();
    if (row === undefined) throw notFound(id);
    return toExecutionView(row);
  };
  return {
    stored: read,
    async get(context, id) {
      // Before its stream is touched, since it may be another tenant's; and after, so that it isn't older.
      await read(context, id);
      const { state } = await loadExecution(id);
      if (state.started === undefined) throw notFound(id);
      return executionDetail({
        execution: await read(context, id),
        state,
        started: state.started,
        initialMessages: await initialMessages(context.tenantId, state.started),
      });
    },
    list: (context, filter, page) => list(queries, { context, filter, page }),
    async events(context, id, { limit, cursor }) {
      const after = cursor === undefined ? 0 : decodeCursor(cursor, eventsCursor).version;
      await read(context, id);
      const events = await eventStore.readStream(executionStream(id), { fromVersion: after + 1, limit: limit + 1 });
      return toPage(events.map(toEventView), { limit, cursor: ({ version }) => ({ version }) });
    },
  };
}

interface ListRequest {
  readonly context: CallContext;
  readonly filter: ExecutionFilter;
  readonly page: PageRequest;
}

async function list(queries: Queries, { context, filter, page }: ListRequest): Promise<Page<ExecutionView>> {
  const { taskId, agent, status } = filter;
  if ([taskId, agent].some(holdsNul)) return { items: [] };
  let select = queries.selectFrom('executions').selectAll().where('tenant_id', '=', context.tenantId);
  if (taskId !== undefined) select = select.where('task_id', '=', taskId);
  if (agent !== undefined) select = select.where('agent_name', '=', agent);
  if (status !== undefined) select = select.where('status', '=', status);
  if (page.cursor !== undefined) select = select.where('id', '<', decodeCursor(page.cursor, listCursor).execution);
  const rows = await select
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute();
  return toPage(rows.map(toExecutionView), { limit: page.limit, cursor: ({ id }) => ({ execution: id }) });
}

function notFound(id: string): AppError {
  return new AppError('EXECUTION_NOT_FOUND', `there is no execution ${id}`);
}

function toExecutionView(row: Selectable<ExecutionsTable>): ExecutionView {
  return {
    id: row.id,
    taskId: row.task_id,
    agent: { name: row.agent_name, version: row.agent_version },
    status: row.status as ExecutionView['status'],
    primary: row.primary_execution,
    ...(row.fork_of === null ? {} : { forkOf: row.fork_of }),
    ...(row.parent_execution_id === null ? {} : { parentExecutionId: row.parent_execution_id }),
    steps: row.steps,
    inputTokens: Number(row.input_tokens),
    outputTokens: Number(row.output_tokens),
    cost: toDollars(Number(row.cost_microdollars)),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at.toISOString() }),
  };
}
