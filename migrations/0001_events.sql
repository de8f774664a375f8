-- The log. Everything else can be made again from it.
CREATE TABLE events (
  -- The writing transaction: readers of the global order stop before the oldest one in flight.
  -- It stands before global_position because defaults are made in the order of the columns: a
  -- transaction must be visible as in flight before it draws its first position.
  transaction_id  xid8        NOT NULL DEFAULT pg_current_xact_id(),
  global_position bigint GENERATED ALWAYS AS IDENTITY,
  stream_id       text        NOT NULL COLLATE "C",
  version         integer     NOT NULL,
  type            text        NOT NULL,
  data            json        NOT NULL,
  metadata        json        NOT NULL,
  tenant_id       text        NOT NULL,
  recorded_at     timestamptz NOT NULL,
  -- The optimistic lock, and the fence against a worker that lost its lease.
  PRIMARY KEY (stream_id, version)
);

CREATE INDEX events_global_order ON events (global_position);

-- Where each catch-up projection stands in the log.
CREATE TABLE projections (
  name       text        PRIMARY KEY,
  position   bigint      NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now()
);
