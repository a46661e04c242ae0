-- Who asked for which refund in the last day, kept only for orgs that limit their users. It finds the refunds of one user, for which
-- `refunds` would need an index that every refund of every org had to keep; state and amount stay where they are.
CREATE TABLE limited_requests (
  org_id text NOT NULL,
  user_id text NOT NULL,
  requested_at timestamptz NOT NULL DEFAULT relay_now(),
  refund_id uuid NOT NULL,
  PRIMARY KEY (org_id, user_id, requested_at, refund_id)
);
