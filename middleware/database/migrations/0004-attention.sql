-- What needs a person: why as a code and a sentence, since when, and as of which version Salesforce must show it afresh.

ALTER TABLE refunds
  ADD attention_code text,
  ADD attention_at timestamptz,
  -- The version with which it was raised last: until Salesforce holds that one, a person's closing is of something older.
  ADD attention_version integer NOT NULL DEFAULT 0,
  -- Since when Salesforce refuses this row for a reason that only a person can mend.
  ADD crm_refused_at timestamptz;
ALTER TABLE exposures ADD crm_refused_at timestamptz;
ALTER TABLE payments ADD crm_refused_at timestamptz;

UPDATE refunds SET attention_code = 'gateway_contradicts', attention_at = updated_at, attention_version = version
  WHERE attention IS NOT NULL;
ALTER TABLE refunds ADD CONSTRAINT attention_has_code CHECK ((attention IS NULL) = (attention_code IS NULL));

CREATE INDEX refunds_silent ON refunds (sent_at) WHERE state IN ('unknown', 'pending') AND attention IS NULL;
CREATE INDEX refunds_attention ON refunds (attention_at) WHERE attention IS NOT NULL;
CREATE INDEX refunds_crm_refused ON refunds (crm_refused_at) WHERE crm_refused_at IS NOT NULL;

-- Runs before guard_refund, by its name, so that the version grows with what changes here.
CREATE FUNCTION follow_attention() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Not knowing ends when something is known.
  IF NEW.state NOT IN ('submitting', OLD.state) AND NEW.attention = OLD.attention
     AND NEW.attention_code IN ('unknown_for_long', 'gateway_cannot_tell', 'gateway_silent')
     AND NOT (OLD.state = 'submitting' AND NEW.state = 'unknown') THEN
    NEW.attention := NULL;
  END IF;
  IF NEW.attention IS NULL THEN
    NEW.attention_code := NULL;
    NEW.attention_at := NULL;
  ELSIF (NEW.attention, NEW.attention_code) IS DISTINCT FROM (OLD.attention, OLD.attention_code) THEN
    NEW.attention_at := relay_now();
  END IF;
  IF NEW.attention_at IS DISTINCT FROM OLD.attention_at THEN
    NEW.version := OLD.version + 1;
    NEW.updated_at := relay_now();
    NEW.crm_due_at := least(OLD.crm_due_at, relay_now() + interval '1 second');
    NEW.attention_version := NEW.version;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER follow_attention BEFORE UPDATE OF state, attention, attention_code, attention_at ON refunds
  FOR EACH ROW EXECUTE FUNCTION follow_attention();

-- As before, and its refunds stand in the same list: marked anew when more is out, no longer when it is not.
CREATE OR REPLACE FUNCTION expose(payment payments, exposed_kind text, exposed numeric) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  changed boolean;
BEGIN
  IF exposed > 0 THEN
    INSERT INTO exposures AS e (org_id, payment_id, kind, amount)
    VALUES (payment.org_id, payment.payment_id, exposed_kind, exposed)
    ON CONFLICT ON CONSTRAINT exposure_once DO UPDATE SET
      amount = excluded.amount, at_risk = true, closed_at = NULL,
      opened_at = CASE WHEN e.at_risk THEN e.opened_at ELSE relay_now() END,
      version = e.version + 1, crm_due_at = least(e.crm_due_at, relay_now() + interval '1 second')
    WHERE (e.amount, e.at_risk) IS DISTINCT FROM (excluded.amount, true);
    changed := FOUND;
    UPDATE refunds SET attention_code = exposed_kind, attention_at = relay_now(), attention = CASE exposed_kind
        WHEN 'double_refund' THEN 'The bank took this payment back after it was refunded: the customer has the money twice.'
        ELSE 'More went back to the customer than was taken for this payment.' END
      WHERE org_id = payment.org_id AND payment_id = payment.payment_id AND kind IN ('refund', 'undo') AND state = 'succeeded'
        AND (attention IS NULL OR (changed AND attention_code IN ('double_refund', 'unfunded_refund', 'dispute_announced', 'gateway_delays')));
  ELSE
    UPDATE exposures SET at_risk = false, closed_at = relay_now(), version = version + 1,
      crm_due_at = least(crm_due_at, relay_now() + interval '1 second')
    WHERE org_id = payment.org_id AND payment_id = payment.payment_id AND kind = exposed_kind AND at_risk;
    IF FOUND THEN
      UPDATE refunds SET attention = NULL
        WHERE org_id = payment.org_id AND payment_id = payment.payment_id AND attention_code = exposed_kind;
    END IF;
  END IF;
END $$;
