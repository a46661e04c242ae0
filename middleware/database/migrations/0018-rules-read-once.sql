-- The same rules about a refund, with less work at each change. PostgreSQL reads the condition of a CHECK, and that of a trigger, anew from
-- its text at every statement: a tenth of what a refund cost. In a function a connection reads it once.

-- At once as strong as it is needed, and of this table alone: whoever is at work in both goes on.
LOCK TABLE refunds IN ACCESS EXCLUSIVE MODE;

-- The rows of refund_transitions. The table stays, as every table does; nothing is decided by it any more.
CREATE FUNCTION may_become(before text, after text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT before || ' ' || after IN (
    'requested submitting', 'requested rejected',
    'submitting requested', 'submitting pending', 'submitting succeeded', 'submitting rejected', 'submitting failed', 'submitting unknown',
    'unknown submitting', 'unknown pending', 'unknown succeeded', 'unknown rejected', 'unknown failed',
    'pending succeeded', 'pending failed', 'pending reversed',
    'succeeded failed', 'succeeded reversed',
    'failed succeeded')
$$;

CREATE OR REPLACE FUNCTION guard_refund() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  is_news boolean := true;
BEGIN
  IF OLD.attention IS NOT NULL OR NEW.attention IS NOT NULL OR NEW.attention_code IS NOT NULL OR NEW.attention_at IS NOT NULL THEN
    -- Not knowing ends when something is known.
    IF NEW.state NOT IN ('submitting', OLD.state) AND NEW.attention = OLD.attention
       AND NEW.attention_code IN ('unknown_for_long', 'gateway_cannot_tell', 'gateway_silent')
       AND NOT (OLD.state = 'submitting' AND NEW.state = 'unknown') THEN
      NEW.attention := NULL;
    END IF;
    IF NEW.attention IS NULL THEN
      NEW.attention_code := NULL;
      NEW.attention_at := NULL;
    ELSIF NEW.attention_code IS NULL THEN
      RAISE EXCEPTION 'refund %: attention has a code', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'attention_has_code';
    ELSIF (NEW.attention, NEW.attention_code) IS DISTINCT FROM (OLD.attention, OLD.attention_code) THEN
      NEW.attention_at := relay_now();
    END IF;
    IF NEW.attention_at IS DISTINCT FROM OLD.attention_at THEN
      NEW.attention_version := OLD.version + 1;
    END IF;
  END IF;
  -- Only an undo that was refused one way goes the other way.
  IF NEW.kind <> OLD.kind
     AND NOT (OLD.undo AND OLD.kind <> 'credit' AND NEW.kind IN ('refund', 'void', 'undo')
       AND OLD.state = 'submitting' AND NEW.state = 'requested') THEN
    RAISE EXCEPTION 'refund %: what was asked for never changes', OLD.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_request_immutable';
  END IF;
  IF NEW.state = OLD.state THEN
    is_news := (NEW.gateway_reference, NEW.error_code, NEW.gateway_message, NEW.attention, NEW.attention_at, NEW.held_until)
      IS DISTINCT FROM (OLD.gateway_reference, OLD.error_code, OLD.gateway_message, OLD.attention, OLD.attention_at, OLD.held_until);
  ELSIF NOT may_become(OLD.state, NEW.state) THEN
    RAISE EXCEPTION 'refund %: % never becomes %', OLD.id, OLD.state, NEW.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_transition_allowed';
  END IF;
  -- Whatever Salesforce shows gets a new version, and is due to be written.
  IF is_news THEN
    NEW.version := OLD.version + 1;
    NEW.updated_at := relay_now();
    NEW.crm_due_at := least(OLD.crm_due_at, NEW.updated_at + interval '1 second');
  END IF;
  RETURN NEW;
END $$;

-- What a new refund may be. Of this nothing changes later, but for the kind.
CREATE FUNCTION guard_new_refund() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.amount <= 0 OR NEW.kind NOT IN ('refund', 'void', 'undo', 'credit') OR NEW.origin NOT IN ('here', 'gateway_console')
     -- Only a credit goes out without a payment, and to a target.
     OR (NEW.payment_id IS NULL) <> (NEW.kind = 'credit') OR (NEW.target IS NOT NULL) <> (NEW.kind = 'credit')
     OR (NEW.attention IS NULL) <> (NEW.attention_code IS NULL) THEN
    RAISE EXCEPTION 'refund %: there is no such refund', NEW.id USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_sound';
  END IF;
  RETURN NEW;
END $$;

DROP TRIGGER follow_attention ON refunds;
DROP FUNCTION follow_attention();
CREATE TRIGGER guard_new_refund BEFORE INSERT ON refunds FOR EACH ROW EXECUTE FUNCTION guard_new_refund();
ALTER TABLE refunds
  DROP CONSTRAINT refunds_check, DROP CONSTRAINT refunds_check1, DROP CONSTRAINT refunds_kind_check, DROP CONSTRAINT refunds_origin_check,
  DROP CONSTRAINT refunds_amount_check, DROP CONSTRAINT attention_has_code;

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
    -- What was erased and has changed since is looked at again.
    IF OLD.erased_at IS NOT NULL THEN
      INSERT INTO kept_longer (subject, id) VALUES ('refunds', NEW.id) ON CONFLICT DO NOTHING;
    END IF;
    IF NEW.state = OLD.state AND NEW.held_until IS NOT DISTINCT FROM OLD.held_until THEN
      RETURN NULL;
    END IF;
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
    IF refunded_by = 0 THEN
      -- Names nothing that an exposure could come from.
      UPDATE payments SET under_way = under_way + under_way_by, held = held + held_by
      WHERE org_id = NEW.org_id AND payment_id = NEW.payment_id;
    ELSE
      UPDATE payments SET refunded = refunded + refunded_by, under_way = under_way + under_way_by, held = held + held_by
      WHERE org_id = NEW.org_id AND payment_id = NEW.payment_id;
    END IF;
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

CREATE OR REPLACE TRIGGER keep_books_update AFTER UPDATE OF state, held_until ON refunds FOR EACH ROW EXECUTE FUNCTION keep_books();
DROP TRIGGER keep_longer ON refunds;
DROP FUNCTION keep_longer();

-- These look only at statements that name the columns.
DROP TRIGGER refund_words_stay ON refunds;
DROP FUNCTION refuse_other_words();
CREATE FUNCTION guard_refund_asked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.org_id, NEW.payment_id, NEW.gateway, NEW.gateway_account, NEW.currency, NEW.undo, NEW.target, NEW.origin, NEW.amount,
      NEW.idempotency_key, NEW.request_digest, NEW.note, NEW.line_items::text)
     IS DISTINCT FROM
     (OLD.id, OLD.org_id, OLD.payment_id, OLD.gateway, OLD.gateway_account, OLD.currency, OLD.undo, OLD.target, OLD.origin, OLD.amount,
      OLD.idempotency_key, OLD.request_digest, OLD.note, OLD.line_items::text) THEN
    RAISE EXCEPTION 'refund %: what was asked for never changes', OLD.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_request_immutable';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_refund_asked BEFORE UPDATE OF id, org_id, payment_id, gateway, gateway_account, currency, undo, target, origin, amount,
  idempotency_key, request_digest, note, line_items ON refunds FOR EACH ROW EXECUTE FUNCTION guard_refund_asked();
