-- The same for the rules about a payment; apart from 0018, so that whoever reads both tables never stands between two locks.

LOCK TABLE payments IN ACCESS EXCLUSIVE MODE;

CREATE FUNCTION guard_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.captured < 0 THEN
    RAISE EXCEPTION 'payment %: less than nothing was captured', NEW.payment_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_sound';
  END IF;
  -- What the bank takes back Salesforce shows.
  IF TG_OP = 'UPDATE' AND NEW.charged_back IS DISTINCT FROM OLD.charged_back THEN
    NEW.version := OLD.version + 1;
    NEW.crm_due_at := least(OLD.crm_due_at, relay_now() + interval '1 second');
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_payment BEFORE INSERT OR UPDATE OF captured, charged_back ON payments FOR EACH ROW EXECUTE FUNCTION guard_payment();
DROP TRIGGER tell_charged_back ON payments;
DROP FUNCTION tell_charged_back();
ALTER TABLE payments DROP CONSTRAINT payments_captured_check;

CREATE OR REPLACE FUNCTION watch_exposure() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  out_twice numeric;
BEGIN
  -- Nothing is out twice before or behind the change: an exposure that is open was one of these before.
  IF NOT (OLD.charged_back > 0 OR NEW.charged_back > 0 OR OLD.refunded > OLD.captured OR NEW.refunded > NEW.captured) THEN
    RETURN NULL;
  END IF;
  out_twice := greatest(0, NEW.refunded + NEW.charged_back - NEW.captured);
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

CREATE OR REPLACE TRIGGER watch_exposure AFTER UPDATE OF captured, refunded, charged_back, voided ON payments
  FOR EACH ROW EXECUTE FUNCTION watch_exposure();
