-- What no code may get wrong: allowed transitions, what never changes, the sums of a payment, the version and the audit row.

CREATE TABLE refund_transitions (
  from_state text NOT NULL,
  to_state text NOT NULL,
  PRIMARY KEY (from_state, to_state)
);
INSERT INTO refund_transitions VALUES
  ('requested', 'submitting'), ('requested', 'rejected'),
  ('submitting', 'requested'), ('submitting', 'pending'), ('submitting', 'succeeded'),
  ('submitting', 'rejected'), ('submitting', 'failed'), ('submitting', 'unknown'),
  ('unknown', 'submitting'), ('unknown', 'pending'), ('unknown', 'succeeded'), ('unknown', 'rejected'), ('unknown', 'failed'),
  ('pending', 'succeeded'), ('pending', 'failed'), ('pending', 'reversed'),
  ('succeeded', 'failed'), ('succeeded', 'reversed'),
  ('failed', 'succeeded');

CREATE FUNCTION guard_refund() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.org_id, NEW.payment_id, NEW.gateway, NEW.gateway_account, NEW.currency, NEW.undo, NEW.origin, NEW.amount,
      NEW.idempotency_key, NEW.request_digest)
     IS DISTINCT FROM
     (OLD.id, OLD.org_id, OLD.payment_id, OLD.gateway, OLD.gateway_account, OLD.currency, OLD.undo, OLD.origin, OLD.amount,
      OLD.idempotency_key, OLD.request_digest)
     -- Only an undo that was refused one way goes the other way.
     OR (NEW.kind <> OLD.kind AND NOT (OLD.undo AND OLD.state = 'submitting' AND NEW.state = 'requested')) THEN
    RAISE EXCEPTION 'refund %: what was asked for never changes', OLD.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_request_immutable';
  END IF;
  IF NEW.state <> OLD.state AND NOT EXISTS (
    SELECT FROM refund_transitions WHERE from_state = OLD.state AND to_state = NEW.state
  ) THEN
    RAISE EXCEPTION 'refund %: % never becomes %', OLD.id, OLD.state, NEW.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_transition_allowed';
  END IF;
  -- Whatever Salesforce shows gets a new version, and is due to be written.
  IF (NEW.state, NEW.kind, NEW.gateway_reference, NEW.error_code, NEW.gateway_message, NEW.attention, NEW.held_until)
     IS DISTINCT FROM
     (OLD.state, OLD.kind, OLD.gateway_reference, OLD.error_code, OLD.gateway_message, OLD.attention, OLD.held_until) THEN
    NEW.version := OLD.version + 1;
    NEW.updated_at := relay_now();
    NEW.crm_due_at := least(OLD.crm_due_at, relay_now() + interval '1 second');
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_refund BEFORE UPDATE ON refunds FOR EACH ROW EXECUTE FUNCTION guard_refund();

-- The part of a refund that counts as refunded, under way and held.
CREATE FUNCTION refund_shares(refund refunds, OUT refunded numeric, OUT under_way numeric, OUT held numeric)
LANGUAGE sql IMMUTABLE AS $$
  SELECT
    CASE WHEN refund.kind = 'refund' AND refund.state = 'succeeded' THEN refund.amount ELSE 0 END,
    CASE WHEN refund.state IN ('requested', 'submitting', 'pending', 'unknown') THEN refund.amount ELSE 0 END,
    CASE WHEN refund.state = 'failed' AND refund.held_until IS NOT NULL
      THEN refund.amount ELSE 0 END
$$;

CREATE FUNCTION keep_books() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  before record;
  after record;
BEGIN
  SELECT * INTO after FROM refund_shares(NEW);
  IF TG_OP = 'INSERT' THEN
    SELECT 0::numeric AS refunded, 0::numeric AS under_way, 0::numeric AS held INTO before;
  ELSE
    SELECT * INTO before FROM refund_shares(OLD);
  END IF;
  IF after IS DISTINCT FROM before OR NEW.kind IN ('void', 'undo') THEN
    UPDATE payments SET
      refunded = payments.refunded + after.refunded - before.refunded,
      under_way = payments.under_way + after.under_way - before.under_way,
      held = payments.held + after.held - before.held,
      voided = CASE WHEN NEW.kind IN ('void', 'undo') THEN EXISTS (
        SELECT FROM refunds r WHERE r.org_id = NEW.org_id AND r.payment_id = NEW.payment_id
          AND r.kind IN ('void', 'undo') AND r.state = 'succeeded'
      ) ELSE payments.voided END
    WHERE org_id = NEW.org_id AND payment_id = NEW.payment_id;
  END IF;
  IF TG_OP = 'INSERT' OR NEW.state <> OLD.state THEN
    INSERT INTO refund_changes (refund_id, from_state, to_state, evidence)
    VALUES (NEW.id, CASE WHEN TG_OP = 'UPDATE' THEN OLD.state END, NEW.state, NEW.evidence);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER keep_books_insert AFTER INSERT ON refunds FOR EACH ROW EXECUTE FUNCTION keep_books();
-- Only changes of state or hold move money in the books; leases and write-back marks do not.
CREATE TRIGGER keep_books_update AFTER UPDATE OF state, held_until ON refunds FOR EACH ROW
  WHEN (OLD.state IS DISTINCT FROM NEW.state OR OLD.held_until IS DISTINCT FROM NEW.held_until)
  EXECUTE FUNCTION keep_books();

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'check_violation', CONSTRAINT = 'append_only';
END $$;

CREATE TRIGGER refund_changes_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON refund_changes
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refunds_stay BEFORE DELETE OR TRUNCATE ON refunds
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
