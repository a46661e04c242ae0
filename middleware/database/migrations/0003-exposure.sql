-- What the bank takes back lowers what can be refunded; what is then out twice is an exposure. No code keeps these sums.

CREATE FUNCTION count_chargebacks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE payments SET charged_back = (
    SELECT coalesce(sum(amount), 0) FROM chargebacks
    WHERE org_id = NEW.org_id AND payment_id = NEW.payment_id AND open
  ) WHERE org_id = NEW.org_id AND payment_id = NEW.payment_id;
  RETURN NULL;
END $$;

CREATE TRIGGER count_chargebacks AFTER INSERT OR UPDATE ON chargebacks FOR EACH ROW EXECUTE FUNCTION count_chargebacks();

CREATE FUNCTION tell_charged_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.version := OLD.version + 1;
  NEW.crm_due_at := least(OLD.crm_due_at, relay_now() + interval '1 second');
  RETURN NEW;
END $$;

CREATE TRIGGER tell_charged_back BEFORE UPDATE OF charged_back ON payments FOR EACH ROW
  WHEN (OLD.charged_back IS DISTINCT FROM NEW.charged_back) EXECUTE FUNCTION tell_charged_back();

-- Opens, changes or closes one kind of exposure of a payment.
CREATE FUNCTION expose(payment payments, exposed_kind text, exposed numeric) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF exposed > 0 THEN
    INSERT INTO exposures AS e (org_id, payment_id, kind, amount)
    VALUES (payment.org_id, payment.payment_id, exposed_kind, exposed)
    ON CONFLICT ON CONSTRAINT exposure_once DO UPDATE SET
      amount = excluded.amount, at_risk = true, closed_at = NULL,
      opened_at = CASE WHEN e.at_risk THEN e.opened_at ELSE relay_now() END,
      version = e.version + 1, crm_due_at = least(e.crm_due_at, relay_now() + interval '1 second')
    WHERE (e.amount, e.at_risk) IS DISTINCT FROM (excluded.amount, true);
    UPDATE refunds SET attention = CASE exposed_kind
        WHEN 'double_refund' THEN 'The bank took this payment back after it was refunded: the customer has the money twice.'
        ELSE 'More went back to the customer than was taken for this payment.' END
      WHERE org_id = payment.org_id AND payment_id = payment.payment_id AND kind = 'refund' AND state = 'succeeded'
        AND attention IS NULL;
  ELSE
    UPDATE exposures SET at_risk = false, closed_at = relay_now(), version = version + 1,
      crm_due_at = least(crm_due_at, relay_now() + interval '1 second')
    WHERE org_id = payment.org_id AND payment_id = payment.payment_id AND kind = exposed_kind AND at_risk;
  END IF;
END $$;

CREATE FUNCTION watch_exposure() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  out_twice numeric := greatest(0, NEW.refunded + NEW.charged_back - NEW.captured);
BEGIN
  -- What the bank takes back was captured, so an undo of it was a refund.
  IF NEW.charged_back > 0 AND NEW.voided THEN
    out_twice := greatest(0, NEW.charged_back - NEW.captured + (
      SELECT coalesce(sum(amount), 0) FROM refunds
      WHERE org_id = NEW.org_id AND payment_id = NEW.payment_id AND kind = 'undo' AND state = 'succeeded'));
  END IF;
  IF out_twice = 0 AND NOT EXISTS (
    SELECT FROM exposures WHERE org_id = NEW.org_id AND payment_id = NEW.payment_id AND at_risk
  ) THEN
    RETURN NULL;
  END IF;
  -- What was refunded beyond what was ever collected is unfunded; the rest the bank has taken a second time.
  PERFORM expose(NEW, 'unfunded_refund', CASE WHEN NEW.charged_back = 0 THEN out_twice ELSE 0 END);
  PERFORM expose(NEW, 'double_refund', CASE WHEN NEW.charged_back > 0 THEN out_twice ELSE 0 END);
  RETURN NULL;
END $$;

CREATE TRIGGER watch_exposure AFTER UPDATE OF captured, refunded, charged_back ON payments FOR EACH ROW
  WHEN (OLD.captured IS DISTINCT FROM NEW.captured OR OLD.refunded IS DISTINCT FROM NEW.refunded
    OR OLD.charged_back IS DISTINCT FROM NEW.charged_back)
  EXECUTE FUNCTION watch_exposure();
