-- The same rules with less work at each change: a refund counts in one of its payment's sums or in none, and who needs no person is not
-- looked at by the rule for those who do.

CREATE FUNCTION counts_as(kind text, state text, held_until timestamptz) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN state IN ('requested', 'submitting', 'pending', 'unknown') THEN 'under_way'
    WHEN state = 'succeeded' AND kind = 'refund' THEN 'refunded'
    WHEN state = 'failed' AND held_until IS NOT NULL THEN 'held'
  END
$$;

CREATE OR REPLACE FUNCTION keep_books() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  after text := counts_as(NEW.kind, NEW.state, NEW.held_until);
  before text;
  was text;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    before := counts_as(OLD.kind, OLD.state, OLD.held_until);
    was := OLD.state;
  END IF;
  IF after IS DISTINCT FROM before OR NEW.kind IN ('void', 'undo') THEN
    UPDATE payments SET
      refunded = refunded + CASE after WHEN 'refunded' THEN NEW.amount ELSE 0 END
        - CASE before WHEN 'refunded' THEN NEW.amount ELSE 0 END,
      under_way = under_way + CASE after WHEN 'under_way' THEN NEW.amount ELSE 0 END
        - CASE before WHEN 'under_way' THEN NEW.amount ELSE 0 END,
      held = held + CASE after WHEN 'held' THEN NEW.amount ELSE 0 END
        - CASE before WHEN 'held' THEN NEW.amount ELSE 0 END,
      voided = CASE WHEN NEW.kind IN ('void', 'undo') THEN EXISTS (
        SELECT FROM refunds r WHERE r.org_id = NEW.org_id AND r.payment_id = NEW.payment_id
          AND r.kind IN ('void', 'undo') AND r.state = 'succeeded'
      ) ELSE voided END
    WHERE org_id = NEW.org_id AND payment_id = NEW.payment_id;
  END IF;
  IF NEW.state IS DISTINCT FROM was THEN
    INSERT INTO refund_changes (refund_id, from_state, to_state, evidence) VALUES (NEW.id, was, NEW.state, NEW.evidence);
  END IF;
  RETURN NULL;
END $$;

-- Waits for whoever is writing, and with that for what is at work in the old functions.
CREATE OR REPLACE TRIGGER follow_attention BEFORE UPDATE OF state, attention, attention_code, attention_at ON refunds FOR EACH ROW
  WHEN (OLD.attention IS NOT NULL OR NEW.attention IS NOT NULL OR NEW.attention_code IS NOT NULL OR NEW.attention_at IS NOT NULL)
  EXECUTE FUNCTION follow_attention();
DROP FUNCTION refund_shares(refunds);
