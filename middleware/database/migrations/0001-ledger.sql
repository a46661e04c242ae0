-- The ledger. Money is numeric with three decimals, the most that any ISO 4217 currency in use has.

-- The one clock of leases and back-offs. Tests move it with the setting; nothing else does.
CREATE FUNCTION relay_now() RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT statement_timestamp() + coalesce(nullif(current_setting('relay.clock_offset', true), ''), '0')::interval
$$;

CREATE TABLE orgs (
  org_id text PRIMARY KEY,
  permitted_users text[] NOT NULL DEFAULT '{}',
  credit_users text[] NOT NULL DEFAULT '{}',
  -- When Salesforce last said who may refund.
  permissions_at timestamptz,
  -- One process at a time writes to an org, so that one payment is never written in parallel.
  crm_lease_number integer NOT NULL DEFAULT 0,
  crm_lease_until timestamptz,
  crm_tries integer NOT NULL DEFAULT 0
);

CREATE TABLE payments (
  org_id text NOT NULL,
  payment_id text NOT NULL,
  gateway text NOT NULL,
  gateway_account text NOT NULL,
  gateway_reference text NOT NULL,
  currency text NOT NULL,
  captured numeric(19, 3) NOT NULL CHECK (captured >= 0),
  -- The sum of what the gateway told of captures; only this may raise what the org said at first.
  captured_proven numeric(19, 3) NOT NULL DEFAULT 0,
  -- Sums over this payment's refunds, kept by the trigger in 0002.
  refunded numeric(19, 3) NOT NULL DEFAULT 0,
  under_way numeric(19, 3) NOT NULL DEFAULT 0,
  held numeric(19, 3) NOT NULL DEFAULT 0,
  charged_back numeric(19, 3) NOT NULL DEFAULT 0,
  voided boolean NOT NULL DEFAULT false,
  -- At a gateway that wants one refund at a time: when the next of this payment may go out.
  next_send_at timestamptz,
  last_sent_at timestamptz,
  -- When the gateway was asked for the record of it that was last taken into the books; an older look says nothing.
  looked_at timestamptz,
  first_seen_at timestamptz NOT NULL DEFAULT relay_now(),
  -- Of what the payment record in Salesforce shows from here: the amount charged back. The same columns as on refunds.
  version integer NOT NULL DEFAULT 0,
  crm_version integer NOT NULL DEFAULT 0,
  crm_due_at timestamptz,
  crm_tries integer NOT NULL DEFAULT 0,
  crm_refusal text,
  PRIMARY KEY (org_id, payment_id),
  CONSTRAINT payment_reference_bound UNIQUE (gateway, gateway_account, gateway_reference)
);

CREATE INDEX payments_crm_due ON payments (org_id, crm_due_at) WHERE crm_due_at IS NOT NULL;

CREATE TABLE refunds (
  id uuid PRIMARY KEY,
  org_id text NOT NULL,
  -- Only a credit goes out without a payment.
  payment_id text CHECK ((payment_id IS NULL) = (kind = 'credit')),
  gateway text NOT NULL,
  gateway_account text NOT NULL,
  currency text NOT NULL,
  -- What is being asked of the gateway. An undo may turn from void to refund, or back, after a definite refusal.
  kind text NOT NULL CHECK (kind IN ('refund', 'void', 'undo', 'credit')),
  -- The agent wants the whole payment undone, whichever way.
  undo boolean NOT NULL DEFAULT false,
  -- Where a credit goes; the account itself stands only in the attempt's body, sealed.
  target text CHECK ((target IS NOT NULL) = (kind = 'credit')),
  origin text NOT NULL CHECK (origin IN ('here', 'gateway_console')),
  state text NOT NULL,
  version integer NOT NULL DEFAULT 1,
  amount numeric(19, 3) NOT NULL CHECK (amount > 0),
  reason text,
  note text,
  line_items json,
  requested_by text,
  -- The agent said that the payer was asked not to claim this debit from the bank.
  payer_asked boolean NOT NULL DEFAULT false,
  direct_debit boolean NOT NULL DEFAULT false,
  -- Why it waits, as a code of errors.ts, while it is requested.
  waiting_for text,
  idempotency_key text,
  request_digest text,
  gateway_reference text,
  error_code text,
  gateway_message text,
  attention text,
  held_until timestamptz,
  -- What the present state rests on: request, attempt, event, lease or person, and its id.
  evidence text NOT NULL,
  -- When that happened by the gateway's clock, where it says.
  evidence_at timestamptz,
  requested_at timestamptz NOT NULL DEFAULT relay_now(),
  sent_at timestamptz,
  decided_at timestamptz,
  updated_at timestamptz NOT NULL DEFAULT relay_now(),
  -- When somebody must look at this refund next. While it is leased, the end of the lease: a dead process's work is due by itself.
  due_at timestamptz,
  lease_number integer NOT NULL DEFAULT 0,
  tries integer NOT NULL DEFAULT 0,
  -- The version that Salesforce holds, and when the present one is to be written.
  crm_version integer NOT NULL DEFAULT 0,
  crm_due_at timestamptz DEFAULT relay_now() + interval '1 second',
  crm_tries integer NOT NULL DEFAULT 0,
  crm_refusal text,
  FOREIGN KEY (org_id, payment_id) REFERENCES payments,
  CONSTRAINT refund_requested_once UNIQUE (org_id, idempotency_key),
  -- A refund made elsewhere is adopted once, and ours is never taken for one.
  CONSTRAINT refund_reference_once UNIQUE (gateway, gateway_account, gateway_reference)
);
CREATE INDEX refunds_of_payment ON refunds (org_id, payment_id);
CREATE INDEX refunds_due ON refunds (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX refunds_crm_due ON refunds (org_id, crm_due_at) WHERE crm_due_at IS NOT NULL;

-- One row per gateway key: the exact body, stored before it is sent and re-sent unchanged (json, not jsonb: the text is kept).
CREATE TABLE attempts (
  id uuid PRIMARY KEY,
  refund_id uuid NOT NULL REFERENCES refunds,
  operation text NOT NULL,
  key text NOT NULL UNIQUE,
  body json NOT NULL,
  sends integer NOT NULL DEFAULT 0,
  first_sent_at timestamptz,
  answer text,
  detail text,
  answered_at timestamptz
);
CREATE INDEX attempts_of_refund ON attempts (refund_id);

-- Every verified fact from a gateway, once.
CREATE TABLE gateway_events (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  gateway text NOT NULL,
  gateway_account text NOT NULL,
  identity text NOT NULL,
  kind text NOT NULL,
  gateway_kind text NOT NULL,
  occurred_at timestamptz,
  payment_reference text,
  refund_reference text,
  refund_id text,
  amount text,
  currency text,
  error_code text,
  gateway_message text,
  payload jsonb NOT NULL,
  received_at timestamptz NOT NULL DEFAULT relay_now(),
  due_at timestamptz,
  lease_number integer NOT NULL DEFAULT 0,
  tries integer NOT NULL DEFAULT 0,
  outcome text,
  CONSTRAINT gateway_event_once UNIQUE (gateway, gateway_account, identity)
);
CREATE INDEX gateway_events_of_payment ON gateway_events (gateway, gateway_account, payment_reference);
CREATE INDEX gateway_events_due ON gateway_events (due_at) WHERE due_at IS NOT NULL;

-- Up to when the events of a gateway that keeps them were fetched.
CREATE TABLE event_cursors (
  gateway text NOT NULL,
  gateway_account text NOT NULL,
  fetched_until timestamptz NOT NULL,
  PRIMARY KEY (gateway, gateway_account)
);

-- One row per dispute; what it took, and whether it gave it back.
CREATE TABLE chargebacks (
  gateway text NOT NULL,
  gateway_account text NOT NULL,
  reference text NOT NULL,
  org_id text NOT NULL,
  payment_id text NOT NULL,
  amount numeric(19, 3) NOT NULL CHECK (amount > 0),
  open boolean NOT NULL,
  -- When the present word on it was spoken, by the gateway's clock.
  evidence_at timestamptz,
  PRIMARY KEY (gateway, gateway_account, reference),
  FOREIGN KEY (org_id, payment_id) REFERENCES payments
);

-- Money that is out twice: refunded and taken back by the bank, or refunded and never collected. Kept by the trigger in 0003.
CREATE TABLE exposures (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  org_id text NOT NULL,
  payment_id text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('double_refund', 'unfunded_refund')),
  amount numeric(19, 3) NOT NULL,
  at_risk boolean NOT NULL DEFAULT true,
  opened_at timestamptz NOT NULL DEFAULT relay_now(),
  closed_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  crm_version integer NOT NULL DEFAULT 0,
  crm_due_at timestamptz DEFAULT relay_now() + interval '1 second',
  crm_tries integer NOT NULL DEFAULT 0,
  crm_refusal text,
  FOREIGN KEY (org_id, payment_id) REFERENCES payments,
  CONSTRAINT exposure_once UNIQUE (org_id, payment_id, kind)
);
CREATE INDEX exposures_crm_due ON exposures (org_id, crm_due_at) WHERE crm_due_at IS NOT NULL;

-- Who changed what, from, to, and on which evidence. Append-only.
CREATE TABLE refund_changes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  refund_id uuid NOT NULL,
  from_state text,
  to_state text NOT NULL,
  evidence text NOT NULL,
  instance text NOT NULL DEFAULT current_setting('application_name'),
  changed_at timestamptz NOT NULL DEFAULT relay_now()
);
CREATE INDEX refund_changes_of_refund ON refund_changes (refund_id);
