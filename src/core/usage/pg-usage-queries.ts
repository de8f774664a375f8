import type { UsageGroup, UsageItem, UsageReport } from '#contract';
import { type RawBuilder, sql } from 'kysely';

import type { Queries } from '../../kernel/ports/database.ts';
import type { ProjectionLag } from '../../kernel/projection.ts';
import { holdsNul } from '../../utils/holds-nul.ts';
import { usageProjection } from './pg-usage-projection.ts';
import { usagePeriod } from './usage-period.ts';
import type { UsageQueries } from './usage-queries.ts';

const MICRODOLLARS = 1_000_000;

export interface PgUsageQueriesDependencies {
  readonly queries: Queries;
  /** How far a projection is behind the log now. */
  readonly readLag: (projection: string) => Promise<ProjectionLag>;
}

/** Answers from the tables that `usageProjection` keeps behind the log. */
export function createPgUsageQueries({ queries, readLag }: PgUsageQueriesDependencies): UsageQueries {
  return {
    async report({ tenantId, clock }, { from, to, agent, groupBy }) {
      const now = clock.now();
      const period = usagePeriod({ from, to }, now);
      // Asked first: what is counted between the two questions is more than was promised.
      const { position, since = now } = await readLag(usageProjection.name);
      const rows = holdsNul(agent) ? [] : await sums(queries, { ...period, tenantId, agent, groupBy });
      return {
        ...period,
        groupBy,
        asOf: { position: position.toString(), time: since.toISOString() },
        items: rows.filter((row) => groupBy !== 'model' || row.model !== null).map((row) => toItem(row, groupBy)),
        total: total(rows),
      };
    },
  };
}

/** The columns of the key, before all others. */
const KEYS: Readonly<
  Record<UsageGroup, { readonly columns: RawBuilder<unknown>; readonly places: RawBuilder<unknown> }>
> = {
  day: { columns: sql`to_char(day, 'YYYY-MM-DD') AS day`, places: sql`1` },
  agent: { columns: sql`agent_name AS agent`, places: sql`1` },
  version: { columns: sql`agent_name AS agent, agent_version AS version`, places: sql`1, 2` },
  model: { columns: sql`model`, places: sql`1` },
};

interface Asked {
  readonly from: string;
  readonly to: string;
  readonly tenantId: string;
  readonly agent: string | undefined;
  readonly groupBy: UsageGroup;
}

/** Sums are `numeric`, which the driver gives as text. */
interface SumRow {
  readonly day?: string;
  readonly agent?: string;
  readonly version?: number;
  /** null in the row of what belongs to no model. */
  readonly model?: string | null;
  readonly calls: string;
  readonly failed_calls: string;
  readonly input_tokens: string;
  readonly output_tokens: string;
  readonly cached_input_tokens: string;
  readonly reasoning_tokens: string;
  readonly cost_microdollars: string;
  readonly started: string;
  readonly completed: string;
  readonly failed: string;
  readonly canceled: string;
}

async function sums(queries: Queries, { from, to, tenantId, agent, groupBy }: Asked): Promise<readonly SumRow[]> {
  const ofAgent = agent === undefined ? sql`` : sql` AND agent_name = ${agent}`;
  const where = sql`tenant_id = ${tenantId} AND day BETWEEN ${from}::date AND ${to}::date${ofAgent}`;
  const { columns, places } = KEYS[groupBy];
  const { rows } = await sql<SumRow>`
    SELECT ${columns}, sum(calls) AS calls, sum(failed_calls) AS failed_calls, sum(input_tokens) AS input_tokens,
           sum(output_tokens) AS output_tokens, sum(cached_input_tokens) AS cached_input_tokens,
           sum(reasoning_tokens) AS reasoning_tokens, sum(cost_microdollars) AS cost_microdollars,
           sum(started) AS started, sum(completed) AS completed, sum(failed) AS failed, sum(canceled) AS canceled
    FROM (
      SELECT day, agent_name, agent_version, model, calls, failed_calls, input_tokens, output_tokens,
             cached_input_tokens, reasoning_tokens, cost_microdollars,
             0 AS started, 0 AS completed, 0 AS failed, 0 AS canceled
      FROM model_usage WHERE ${where}
      UNION ALL
      SELECT day, agent_name, agent_version, NULL, 0, 0, 0, 0, 0, 0, 0, started, completed, failed, canceled
      FROM execution_usage WHERE ${where}
    ) AS usage
    GROUP BY ${places} ORDER BY ${places}`.execute(queries);
  return rows;
}

type Amounts = Omit<UsageReport['total'], 'executions'>;

function toItem(row: SumRow, groupBy: UsageGroup): UsageItem {
  return {
    ...(row.day === undefined ? {} : { day: row.day }),
    ...(row.agent === undefined ? {} : { agent: row.agent }),
    ...(row.version === undefined ? {} : { version: row.version }),
    ...(row.model === undefined || row.model === null ? {} : { model: row.model }),
    ...amounts([row]),
    ...(groupBy === 'model' ? {} : { executions: executionCounts([row]) }),
  };
}

function total(rows: readonly SumRow[]): UsageReport['total'] {
  return { ...amounts(rows), executions: executionCounts(rows) };
}

function amounts(rows: readonly SumRow[]): Amounts {
  return {
    modelCalls: sumOf(rows, 'calls'),
    failedModelCalls: sumOf(rows, 'failed_calls'),
    inputTokens: sumOf(rows, 'input_tokens'),
    outputTokens: sumOf(rows, 'output_tokens'),
    cachedInputTokens: sumOf(rows, 'cached_input_tokens'),
    reasoningTokens: sumOf(rows, 'reasoning_tokens'),
    cost: sumOf(rows, 'cost_microdollars') / MICRODOLLARS,
  };
}

function executionCounts(rows: readonly SumRow[]): UsageReport['total']['executions'] {
  return {
    started: sumOf(rows, 'started'),
    completed: sumOf(rows, 'completed'),
    failed: sumOf(rows, 'failed'),
    canceled: sumOf(rows, 'canceled'),
  };
}

function sumOf(rows: readonly SumRow[], column: Exclude<keyof SumRow, 'day' | 'agent' | 'version' | 'model'>): number {
  return rows.reduce((sum, row) => sum + Number(row[column]), 0);
}
