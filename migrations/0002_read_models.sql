-- Read models: projections of the log, kept in the transaction of each append.
CREATE TABLE agents (
  tenant_id      text        NOT NULL,
  name           text        NOT NULL COLLATE "C",
  version        integer     NOT NULL,
  status         text        NOT NULL,
  description    text        NOT NULL,
  tags           text[]      NOT NULL,
  capabilities   text[]      NOT NULL,
  aliases        json        NOT NULL,
  stream_version integer     NOT NULL,
  created_at     timestamptz NOT NULL,
  updated_at     timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, name)
);
CREATE INDEX agents_tags ON agents USING gin (tags);
CREATE INDEX agents_capabilities ON agents USING gin (capabilities);

CREATE TABLE agent_versions (
  tenant_id       text        NOT NULL,
  name            text        NOT NULL COLLATE "C",
  version         integer     NOT NULL,
  definition      json        NOT NULL,
  definition_hash text        NOT NULL,
  created_at      timestamptz NOT NULL,
  created_by      text        NOT NULL,
  PRIMARY KEY (tenant_id, name, version)
);

CREATE TABLE tasks (
  id                  text        PRIMARY KEY COLLATE "C",
  tenant_id           text        NOT NULL,
  agent_name          text        NOT NULL,
  agent_version       integer     NOT NULL,
  conversation_id     text,
  turn                integer,
  parent_execution_id text,
  state               text        NOT NULL,
  input               json        NOT NULL,
  output              json,
  error               json,
  waiting             json,
  execution_id        text,
  stream_version      integer     NOT NULL,
  created_by          text        NOT NULL,
  created_at          timestamptz NOT NULL,
  updated_at          timestamptz NOT NULL,
  UNIQUE (conversation_id, turn)
);
CREATE INDEX tasks_newest ON tasks (tenant_id, id DESC);
CREATE INDEX tasks_by_agent ON tasks (tenant_id, agent_name, id DESC);

CREATE TABLE executions (
  id                  text        PRIMARY KEY COLLATE "C",
  tenant_id           text        NOT NULL,
  task_id             text        NOT NULL,
  agent_name          text        NOT NULL,
  agent_version       integer     NOT NULL,
  status              text        NOT NULL,
  primary_execution   boolean     NOT NULL,
  fork_of             text,
  parent_execution_id text,
  steps               integer     NOT NULL DEFAULT 0,
  input_tokens        bigint      NOT NULL DEFAULT 0,
  output_tokens       bigint      NOT NULL DEFAULT 0,
  cost_microdollars   bigint      NOT NULL DEFAULT 0,
  wake_at             timestamptz,
  created_at          timestamptz NOT NULL,
  updated_at          timestamptz NOT NULL,
  ended_at            timestamptz
) WITH (fillfactor = 80);
CREATE INDEX executions_newest ON executions (tenant_id, id DESC);
CREATE INDEX executions_by_task ON executions (task_id);
-- What a starting worker looks for: everything that is not over.
CREATE INDEX executions_unfinished ON executions (status) WHERE ended_at IS NULL;

CREATE TABLE keys (
  id          text        PRIMARY KEY COLLATE "C",
  tenant_id   text        NOT NULL,
  name        text        NOT NULL,
  prefix      text        NOT NULL,
  secret_hmac bytea       NOT NULL,
  role        text        NOT NULL,
  scopes      text[]      NOT NULL,
  created_by  text        NOT NULL,
  created_at  timestamptz NOT NULL,
  expires_at  timestamptz,
  revoked_at  timestamptz
);

-- Not projections: facts of the running system that are worthless after it.
CREATE TABLE workers (
  id           text        PRIMARY KEY,
  host         text        NOT NULL,
  pid          integer     NOT NULL,
  heartbeat_at timestamptz NOT NULL
);

-- Who works on which execution now.
CREATE TABLE claims (
  execution_id text        PRIMARY KEY COLLATE "C",
  worker_id    text        NOT NULL,
  claimed_at   timestamptz NOT NULL,
  -- A job came for it since: whoever gives the claim up makes one again.
  woken        boolean     NOT NULL DEFAULT false
) WITH (fillfactor = 50);
CREATE INDEX claims_by_worker ON claims (worker_id);

CREATE TABLE idempotency_keys (
  tenant_id    text        NOT NULL,
  principal_id text        NOT NULL,
  key          text        NOT NULL,
  request_hash text        NOT NULL,
  -- null while the first request is still being answered
  status       integer,
  headers      json,
  body         json,
  created_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, principal_id, key)
);
