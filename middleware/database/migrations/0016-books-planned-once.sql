-- The same sums. With conditions in it the statement that keeps them was planned anew at each change: they are put together before it.

CREATE OR REPLACE FUNCTION keep_books() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  after text := counts_as(NEW.kind, NEW.state, NEW.held_until);
  before text;
  was text;
  refunded_by numeric := 0;
  under_way_by numeric := 0;
  held_by numeric := 0;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    before := counts_as(OLD.kind, OLD.state, OLD.held_until);
    was := OLD.state;
  END IF;
  IF after IS DISTINCT FROM before THEN
    CASE after
      WHEN 'refunded' THEN refunded_by := NEW.amount;
      WHEN 'under_way' THEN under_way_by := NEW.amount;
      WHEN 'held' THEN held_by := NEW.amount;
      ELSE NULL;
    END CASE;
    CASE before
      WHEN 'refunded' THEN refunded_by := -NEW.amount;
      WHEN 'under_way' THEN under_way_by := -NEW.amount;
      WHEN 'held' THEN held_by := -NEW.amount;
      ELSE NULL;
    END CASE;
    UPDATE payments SET refunded = refunded + refunded_by, under_way = under_way + under_way_by, held = held + held_by
    WHERE org_id = NEW.org_id AND payment_id = NEW.payment_id;
  END IF;
  IF NEW.kind IN ('void', 'undo') THEN
    UPDATE payments SET voided = EXISTS (
      SELECT FROM refunds r WHERE r.org_id = NEW.org_id AND r.payment_id = NEW.payment_id
        AND r.kind IN ('void', 'undo') AND r.state = 'succeeded'
    ) WHERE org_id = NEW.org_id AND payment_id = NEW.payment_id;
  END IF;
  IF NEW.state IS DISTINCT FROM was THEN
    INSERT INTO refund_changes (refund_id, from_state, to_state, evidence) VALUES (NEW.id, was, NEW.state, NEW.evidence);
  END IF;
  RETURN NULL;
END $$;
