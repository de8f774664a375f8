import type { SqlStatement } from '../../kernel/ports/database.ts';
import type { CatchUpProjection } from '../../kernel/projection.ts';
import { COUNTED_EVENTS, type ExecutionUsage, type ModelCallUsage, usageOfEvent } from './usage-of-event.ts';

/*
 * The agent of an execution stands in its first event alone, and so in the table `executions`, whose
 * row is there before any event of the execution can be read and never changes its agent. Where it is
 * missing all the same, the statement fails for want of an agent, and no call is left out in silence.
 */
const ADD_CALLS = `
INSERT INTO model_usage AS u (tenant_id, day, agent_name, agent_version, model, calls, failed_calls, input_tokens,
                              output_tokens, cached_input_tokens, reasoning_tokens, cost_microdollars)
SELECT e.tenant_id, c.day, e.agent_name, e.agent_version, c.model, sum(c.calls), sum(c.failed_calls),
       sum(c.input_tokens), sum(c.output_tokens), sum(c.cached_input_tokens), sum(c.reasoning_tokens),
       sum(c.cost_microdollars)
FROM unnest($1::text[], $2::date[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
            $9::bigint[], $10::bigint[])
  AS c (execution_id, day, model, calls, failed_calls, input_tokens, output_tokens, cached_input_tokens,
        reasoning_tokens, cost_microdollars)
LEFT JOIN executions AS e ON e.id = c.execution_id
GROUP BY e.tenant_id, c.day, e.agent_name, e.agent_version, c.model
ON CONFLICT (tenant_id, day, agent_name, agent_version, model) DO UPDATE
SET calls = u.calls + excluded.calls, failed_calls = u.failed_calls + excluded.failed_calls,
    input_tokens = u.input_tokens + excluded.input_tokens, output_tokens = u.output_tokens + excluded.output_tokens,
    cached_input_tokens = u.cached_input_tokens + excluded.cached_input_tokens,
    reasoning_tokens = u.reasoning_tokens + excluded.reasoning_tokens,
    cost_microdollars = u.cost_microdollars + excluded.cost_microdollars`;

const ADD_EXECUTIONS = `
INSERT INTO execution_usage AS u (tenant_id, day, agent_name, agent_version, started, completed, failed, canceled)
SELECT e.tenant_id, c.day, e.agent_name, e.agent_version,
       count(*) FILTER (WHERE c.became = 'started'), count(*) FILTER (WHERE c.became = 'completed'),
       count(*) FILTER (WHERE c.became = 'failed'), count(*) FILTER (WHERE c.became = 'canceled')
FROM unnest($1::text[], $2::date[], $3::text[]) AS c (execution_id, day, became)
LEFT JOIN executions AS e ON e.id = c.execution_id
GROUP BY e.tenant_id, c.day, e.agent_name, e.agent_version
ON CONFLICT (tenant_id, day, agent_name, agent_version) DO UPDATE
SET started = u.started + excluded.started, completed = u.completed + excluded.completed,
    failed = u.failed + excluded.failed, canceled = u.canceled + excluded.canceled`;

/**
 * The tables `model_usage` and `execution_usage`: sums by tenant, day, agent and version, those of
 * models by model too. It reads the table `executions`, so a rebuild makes that one first.
 */
export const usageProjection: CatchUpProjection = {
  name: 'usage',
  handles: COUNTED_EVENTS,
  tables: ['model_usage', 'execution_usage'],
  project(events) {
    const calls: ModelCallUsage[] = [];
    const executions: ExecutionUsage[] = [];
    for (const event of events) {
      const usage = usageOfEvent(event);
      if (usage?.kind === 'model-call') calls.push(usage);
      else if (usage !== undefined) executions.push(usage);
    }
    return [
      ...(calls.length === 0 ? [] : [addCalls(calls)]),
      ...(executions.length === 0 ? [] : [addExecutions(executions)]),
    ];
  },
};

function addCalls(calls: readonly ModelCallUsage[]): SqlStatement {
  return {
    name: 'usage-calls',
    text: ADD_CALLS,
    values: [
      calls.map(({ executionId }) => executionId),
      calls.map(({ day }) => day),
      calls.map(({ model }) => model),
      calls.map((call) => call.calls),
      calls.map(({ failedCalls }) => failedCalls),
      calls.map(({ inputTokens }) => inputTokens),
      calls.map(({ outputTokens }) => outputTokens),
      calls.map(({ cachedInputTokens }) => cachedInputTokens),
      calls.map(({ reasoningTokens }) => reasoningTokens),
      calls.map(({ costMicrodollars }) => costMicrodollars),
    ],
  };
}

function addExecutions(executions: readonly ExecutionUsage[]): SqlStatement {
  return {
    name: 'usage-executions',
    text: ADD_EXECUTIONS,
    values: [
      executions.map(({ executionId }) => executionId),
      executions.map(({ day }) => day),
      executions.map(({ became }) => became),
    ],
  };
}
