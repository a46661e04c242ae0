-- What a gateway's own account of itself says otherwise than the ledger, or than Salesforce; kept until a later comparison no longer finds it.

CREATE TABLE reconciliations (
  id uuid PRIMARY KEY,
  org_id text NOT NULL,
  gateway text NOT NULL,
  gateway_account text NOT NULL,
  -- The period that was compared; its end is no longer part of it.
  since timestamptz NOT NULL,
  until timestamptz NOT NULL,
  -- Name of the report's file; null: the gateway was asked.
  report text,
  instance text NOT NULL DEFAULT current_setting('application_name'),
  started_at timestamptz NOT NULL DEFAULT relay_now(),
  -- Null while it runs, and for ever when it did not come to its end.
  ended_at timestamptz,
  lines bigint,
  breaks bigint
);

CREATE TABLE refund_breaks (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  org_id text NOT NULL,
  gateway text NOT NULL,
  gateway_account text NOT NULL,
  kind text NOT NULL
    CHECK (kind IN ('missing_here', 'missing_there', 'other_amount', 'other_currency', 'other_state', 'not_in_salesforce')),
  -- What it is about: the refund's id, or the gateway's reference of what is not here.
  subject text NOT NULL,
  refund_id uuid REFERENCES refunds,
  payment_id text,
  payment_reference text,
  gateway_reference text,
  ledger_says text NOT NULL,
  gateway_says text NOT NULL,
  cause text NOT NULL,
  -- The command that mends it.
  command text NOT NULL,
  -- By the gateway's clock, or by ours for what the gateway does not show.
  happened_at timestamptz,
  -- The last comparison that found it; null: the present one found it and then found better.
  found_in uuid REFERENCES reconciliations,
  opened_at timestamptz NOT NULL DEFAULT relay_now(),
  closed_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  -- As on refunds; nothing is due before the comparison has come to its end.
  crm_version integer NOT NULL DEFAULT 0,
  crm_due_at timestamptz,
  crm_tries integer NOT NULL DEFAULT 0,
  crm_refusal text,
  crm_refused_at timestamptz,
  CONSTRAINT refund_break_once UNIQUE (gateway, gateway_account, subject, kind)
);
CREATE INDEX refund_breaks_crm_due ON refund_breaks (org_id, crm_due_at) WHERE crm_due_at IS NOT NULL;
CREATE INDEX refund_breaks_open ON refund_breaks (gateway, gateway_account, happened_at) WHERE closed_at IS NULL;

-- Which refunds a report has shown, while it is being read: in the database, so that a million of them fill no memory.
CREATE UNLOGGED TABLE reconciled_refunds (
  reconciliation_id uuid NOT NULL,
  refund_id uuid NOT NULL,
  PRIMARY KEY (reconciliation_id, refund_id)
);

-- The other way round: what we count as refunded in a period.
CREATE INDEX refunds_succeeded ON refunds (gateway, gateway_account, decided_at, id) WHERE state = 'succeeded';
