-- What models were used and how executions went, summed up by day (UTC); kept by the catch-up projection `usage`.
CREATE TABLE model_usage (
  tenant_id           text    NOT NULL,
  day                 date    NOT NULL,
  agent_name          text    NOT NULL COLLATE "C",
  agent_version       integer NOT NULL,
  model               text    NOT NULL COLLATE "C",
  -- Calls that were answered, and attempts that failed.
  calls               bigint  NOT NULL,
  failed_calls        bigint  NOT NULL,
  input_tokens        bigint  NOT NULL,
  output_tokens       bigint  NOT NULL,
  -- Parts of the two above.
  cached_input_tokens bigint  NOT NULL,
  reasoning_tokens    bigint  NOT NULL,
  cost_microdollars   bigint  NOT NULL,
  PRIMARY KEY (tenant_id, day, agent_name, agent_version, model)
) WITH (fillfactor = 50);

-- Counted on the day on which they began and ended: not the same for all.
CREATE TABLE execution_usage (
  tenant_id     text    NOT NULL,
  day           date    NOT NULL,
  agent_name    text    NOT NULL COLLATE "C",
  agent_version integer NOT NULL,
  started       bigint  NOT NULL,
  completed     bigint  NOT NULL,
  failed        bigint  NOT NULL,
  canceled      bigint  NOT NULL,
  PRIMARY KEY (tenant_id, day, agent_name, agent_version)
) WITH (fillfactor = 50);
