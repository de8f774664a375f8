-- The log. Everything else can be made again from it.
CREATE TABLE events (
  global_position bigint GENERATED ALWAYS AS IDENTITY,
  stream_id       text        NOT NULL COLLATE "C",
  version         integer     NOT NULL,
  type            text        NOT NULL,
  data            json        NOT NULL,
  metadata        json        NOT NULL,
  tenant_id       text        NOT NULL,
  recorded_at     timestamptz NOT NULL,
  -- The writing transaction: readers of the global order stop before the oldest one in flight.
  transaction_id  xid8        NOT NULL DEFAULT pg_current_xact_id(),
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
