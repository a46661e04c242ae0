-- For whoever runs it: how many refunds are open without reading those that ended, and proof that a write is taken.

CREATE INDEX refunds_open ON refunds (gateway, state) INCLUDE (requested_at)
  WHERE state IN ('requested', 'submitting', 'pending', 'unknown');

-- One row, written by the readiness check of whichever process asks.
CREATE TABLE write_probe (
  id integer PRIMARY KEY CHECK (id = 1),
  written_at timestamptz NOT NULL
);
