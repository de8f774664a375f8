import type { Waiting } from '#contract';

import type { SqlStatement } from '../../kernel/ports/database.ts';
import type { InlineProjection, ProjectedEvent } from '../../kernel/projection.ts';
import { type TaskEvent, taskStream } from './task.ts';

const HANDLES = [
  'TaskSubmitted',
  'TaskStarted',
  'TaskInputRequired',
  'TaskInputProvided',
  'TaskCompleted',
  'TaskFailed',
  'TaskCanceled',
  'TaskForked',
  'TaskForkCanceled',
] as const satisfies readonly TaskEvent['type'][];

/** An event with the id of its task; `data` by its type. */
type Told = ProjectedEvent & { readonly taskId: string; readonly told: TaskEvent };

/**
 * The table `tasks`, in the meaning of the task's `evolve`. What a task waits for depends on what
 * it waited for before, so events of one task may not share a statement: they go by rounds, the
 * first event of each task, then the second of each; a group commit mostly has one round. The
 * stream's version guards every change, so that an event projected again changes nothing.
 */
export const tasksProjection: InlineProjection = {
  name: 'tasks',
  handles: HANDLES,
  tables: ['tasks'],
  project: (events) => rounds(events).flatMap(statementsOf),
};

function rounds(events: readonly ProjectedEvent[]): readonly (readonly Told[])[] {
  const seen = new Map<string, number>();
  const result: Told[][] = [];
  for (const event of events) {
    const round = seen.get(event.streamId) ?? 0;
    seen.set(event.streamId, round + 1);
    const told = { type: event.type, data: event.data } as unknown as TaskEvent;
    (result[round] ??= []).push({ ...event, taskId: event.streamId.slice(taskStream('').length), told });
  }
  return result;
}

function statementsOf(events: readonly Told[]): SqlStatement[] {
  const submitted = events.filter((event) => event.told.type === 'TaskSubmitted');
  const waiting = events.filter(({ told }) => toWaitingChange(told) !== undefined);
  const others = events.filter((event) => !submitted.includes(event) && !waiting.includes(event));
  return [
    ...(submitted.length === 0 ? [] : [insertSubmitted(submitted)]),
    ...(others.length === 0 ? [] : [updateState(others)]),
    ...(waiting.length === 0 ? [] : [updateWaiting(waiting)]),
  ];
}

const INSERT = `
INSERT INTO tasks (id, tenant_id, agent_name, agent_version, conversation_id, turn, parent_execution_id, state, input,
                   execution_id, stream_version, created_by, created_at, updated_at)
SELECT id, tenant_id, agent_name, agent_version, conversation_id, turn, parent_execution_id, 'submitted', input,
       execution_id, version, created_by, at, at
FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::text[], $6::int[], $7::text[], $8::json[], $9::text[],
            $10::int[], $11::text[], $12::timestamptz[])
  AS s (id, tenant_id, agent_name, agent_version, conversation_id, turn, parent_execution_id, input, execution_id,
        version, created_by, at)
ON CONFLICT (id) DO NOTHING`;

function insertSubmitted(events: readonly Told[]): SqlStatement {
  const data = events.flatMap(({ told }) => (told.type === 'TaskSubmitted' ? [told.data] : []));
  return {
    name: 'tasks-submitted',
    text: INSERT,
    values: [
      events.map(({ taskId }) => taskId),
      events.map(({ tenantId }) => tenantId),
      data.map(({ agent }) => agent.name),
      data.map(({ agent }) => agent.version),
      data.map(({ conversationId }) => conversationId ?? null),
      data.map(({ turn }) => turn ?? null),
      data.map(({ parentExecutionId }) => parentExecutionId ?? null),
      data.map(({ input }) => JSON.stringify(input)),
      data.map(({ executionId }) => executionId),
      events.map(({ version }) => version),
      events.map(({ metadata }) => metadata.actor),
      events.map(({ recordedAt }) => recordedAt),
    ],
  };
}

/* What is not told stays. Of what a task waits for, its end leaves only what its forks wait for, a cancel nothing. */
const UPDATE_STATE = `
UPDATE tasks AS t
SET state = coalesce(c.state, t.state), output = coalesce(c.output, t.output), error = coalesce(c.error, t.error),
    waiting = CASE
      WHEN t.waiting IS NULL OR c.keep = 'none' THEN NULL
      WHEN c.keep = 'forks' THEN (
        SELECT json_agg(item ORDER BY place) FROM json_array_elements(t.waiting) WITH ORDINALITY AS w (item, place)
        WHERE item ->> 'executionId' <> t.execution_id)
      ELSE t.waiting END,
    stream_version = c.version, updated_at = coalesce(c.at, t.updated_at)
FROM unnest($1::text[], $2::int[], $3::timestamptz[], $4::text[], $5::json[], $6::json[], $7::text[])
  AS c (id, version, at, state, output, error, keep)
WHERE t.id = c.id AND t.stream_version < c.version`;

interface StateChange {
  readonly state: string | null;
  readonly output?: string;
  readonly error?: string;
  readonly keep: 'all' | 'forks' | 'none';
}

function stateChange(event: TaskEvent): StateChange {
  switch (event.type) {
    case 'TaskStarted':
      return { state: 'working', keep: 'all' };
    case 'TaskCompleted':
      return { state: 'completed', output: JSON.stringify({ text: event.data.text }), keep: 'forks' };
    case 'TaskFailed':
      return { state: 'failed', error: JSON.stringify(event.data.error), keep: 'forks' };
    case 'TaskCanceled':
      return { state: 'canceled', keep: 'none' };
    default:
      return { state: null, keep: 'all' };
  }
}

function updateState(events: readonly Told[]): SqlStatement {
  const changes = events.map(({ told }) => stateChange(told));
  return {
    name: 'tasks-state',
    text: UPDATE_STATE,
    values: [
      events.map(({ taskId }) => taskId),
      events.map(({ version }) => version),
      // A fork changes nothing that a reader of the task sees.
      events.map(({ told, recordedAt }) => (told.type === 'TaskForked' ? null : recordedAt)),
      changes.map(({ state }) => state),
      changes.map(({ output }) => output ?? null),
      changes.map(({ error }) => error ?? null),
      changes.map(({ keep }) => keep),
    ],
  };
}

/* Takes out what is settled or told anew, puts the new behind it, and derives the state from what is left. */
const UPDATE_WAITING = `
UPDATE tasks AS t
SET waiting = w.items, stream_version = w.version, updated_at = w.at,
    state = CASE
      WHEN t.state IN ('completed', 'failed', 'canceled', 'rejected') THEN t.state
      WHEN w.primary_waits THEN 'input-required'
      ELSE 'working' END
FROM (
  SELECT c.id, c.version, c.at, left_over.items, coalesce(left_over.primary_waits, false) AS primary_waits
  FROM unnest($1::text[], $2::int[], $3::timestamptz[], $4::text[], $5::text[], $6::json[])
    AS c (id, version, at, execution_id, step, added)
  JOIN tasks AS before ON before.id = c.id
  CROSS JOIN LATERAL (
    SELECT json_agg(item ORDER BY part, place) AS items,
           bool_or(item ->> 'executionId' = before.execution_id) AS primary_waits
    FROM (
      SELECT 1 AS part, place, item FROM json_array_elements(before.waiting) WITH ORDINALITY AS old (item, place)
      WHERE item ->> 'executionId' <> c.execution_id OR item ->> 'step' <> c.step
      UNION ALL
      SELECT 2, place, item FROM json_array_elements(c.added) WITH ORDINALITY AS new (item, place)
    ) AS items
  ) AS left_over
) AS w
WHERE t.id = w.id AND t.stream_version < w.version`;

interface WaitingChange {
  readonly executionId: string;
  /** Taken out; all that the execution waited for where none is named. */
  readonly step?: string;
  readonly added?: readonly Waiting[];
}

function toWaitingChange({ type, data }: TaskEvent): WaitingChange | undefined {
  switch (type) {
    case 'TaskInputRequired':
      return { executionId: data.executionId, added: data.waiting };
    case 'TaskInputProvided':
      return { executionId: data.executionId, step: data.step };
    case 'TaskForkCanceled':
      return { executionId: data.executionId };
    default:
      return undefined;
  }
}

function updateWaiting(events: readonly Told[]): SqlStatement {
  const changes = events.flatMap(({ told }) => toWaitingChange(told) ?? []);
  return {
    name: 'tasks-waiting',
    text: UPDATE_WAITING,
    values: [
      events.map(({ taskId }) => taskId),
      events.map(({ version }) => version),
      events.map(({ recordedAt }) => recordedAt),
      changes.map(({ executionId }) => executionId),
      changes.map(({ step }) => step ?? null),
      changes.map(({ added }) => (added === undefined ? null : JSON.stringify(added.map(toStored)))),
    ],
  };
}

/**
 * An entry of the column `waiting`. The item itself is text inside of the JSON: PostgreSQL unescapes
 * every string of a JSON value it looks into, and refuses what a text can't hold (`\u0000`).
 */
export interface StoredWaiting {
  readonly executionId: string;
  readonly step: string;
  /** A `Waiting` as JSON. */
  readonly item: string;
}

function toStored(waiting: Waiting): StoredWaiting {
  return { executionId: waiting.executionId, step: waiting.step, item: JSON.stringify(waiting) };
}
