-- What people wrote of a refund, and what gateways said of it in words, is erased when nothing waits for it any more. Ids, amounts, states,
-- times, codes and who it was stay. The ids of refunds are in the order of time, so what is old is found by its key: no index is added.

-- When it was erased last; words that it has nevertheless came with a later change.
ALTER TABLE refunds ADD erased_at timestamptz;

-- Nobody works on it, and Salesforce holds its newest state. A mark for a person is no obstacle: it is closed there, of which nothing comes
-- back, and its words are our own.
CREATE FUNCTION is_over(refund refunds) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT refund.state IN ('rejected', 'succeeded', 'failed', 'reversed') AND refund.due_at IS NULL AND refund.held_until IS NULL
    AND refund.crm_due_at IS NULL AND refund.crm_version >= refund.version
$$;

-- Who settled or released it stays, what they wrote about it does not.
CREATE FUNCTION without_words(evidence text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN evidence LIKE 'settled by %: %' OR evidence LIKE 'released by %: %' THEN split_part(evidence, ': ', 1) ELSE evidence END
$$;

-- The mark erases, whole, and comes with no other change.
CREATE FUNCTION erase_refund() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  asked refunds := OLD;
BEGIN
  asked.erased_at := relay_now();
  -- By their bytes, for json has no equality.
  IF NEW *<> asked OR NOT is_over(OLD) THEN
    RAISE EXCEPTION 'refund %: only what is over is erased, now, and with no other change', OLD.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_erased_whole';
  END IF;
  NEW.note := NULL;
  NEW.line_items := NULL;
  NEW.gateway_message := NULL;
  NEW.evidence := without_words(OLD.evidence);
  RETURN NEW;
END $$;

-- Runs after guard_refund, by its name, which takes another gateway_message for news: Salesforce is told nothing.
CREATE TRIGGER guard_refund_erasure BEFORE UPDATE OF erased_at ON refunds FOR EACH ROW EXECUTE FUNCTION erase_refund();

-- Bodies are read only by whoever sends them, and what is over is never sent again.
CREATE FUNCTION erase_with_refund() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE attempts SET body = 'null', detail = NULL WHERE refund_id = NEW.id AND (body::text <> 'null' OR detail IS NOT NULL);
  UPDATE refund_changes SET evidence = without_words(evidence) WHERE refund_id = NEW.id AND evidence <> without_words(evidence);
  RETURN NULL;
END $$;

CREATE TRIGGER erase_with_refund AFTER UPDATE OF erased_at ON refunds FOR EACH ROW EXECUTE FUNCTION erase_with_refund();

-- Apart from that, what people wrote stays as they wrote it. These triggers look only at statements that name the columns.
CREATE FUNCTION refuse_other_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'refund %: what was asked for never changes', OLD.id
    USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_request_immutable';
END $$;

CREATE TRIGGER refund_words_stay BEFORE UPDATE OF note, line_items ON refunds FOR EACH ROW
  WHEN (OLD.note IS DISTINCT FROM NEW.note OR OLD.line_items::text IS DISTINCT FROM NEW.line_items::text)
  EXECUTE FUNCTION refuse_other_words();

-- Until it is sent for the first time a body names the sum of the refunds that went before; from then on it is sent again unchanged.
CREATE FUNCTION guard_attempt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.body::text = 'null' AND NOT EXISTS (SELECT FROM refunds WHERE id = OLD.refund_id AND erased_at IS NOT NULL))
    OR (NEW.body::text <> 'null' AND (OLD.sends > 0 OR NEW.sends > 0)) THEN
    RAISE EXCEPTION 'attempt %: what was sent, or may be, stays as it is', OLD.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'attempt_body_immutable';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_attempt BEFORE UPDATE OF body ON attempts FOR EACH ROW
  WHEN (OLD.body::text IS DISTINCT FROM NEW.body::text) EXECUTE FUNCTION guard_attempt();

-- The history can still only grow. Of what was erased it may lose the words, and nothing else.
CREATE FUNCTION guard_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  wordless refund_changes := OLD;
BEGIN
  wordless.evidence := without_words(OLD.evidence);
  IF NEW *<> wordless OR NOT EXISTS (SELECT FROM refunds WHERE id = OLD.refund_id AND erased_at IS NOT NULL) THEN
    RAISE EXCEPTION 'refund_changes is append-only' USING ERRCODE = 'check_violation', CONSTRAINT = 'append_only';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER refund_changes_append_only BEFORE DELETE OR TRUNCATE ON refund_changes
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER guard_change BEFORE UPDATE ON refund_changes FOR EACH ROW EXECUTE FUNCTION guard_change();

-- Finds the events that name a refund and not its payment.
CREATE INDEX gateway_events_of_refund ON gateway_events (gateway, gateway_account, refund_reference)
  WHERE payment_reference IS NULL AND refund_reference IS NOT NULL;

-- Up to which row what is old has been gone through.
CREATE TABLE erasure_cursors (
  subject text PRIMARY KEY,
  gone_through text NOT NULL
);
INSERT INTO erasure_cursors VALUES ('refunds', '00000000-0000-0000-0000-000000000000'), ('gateway_events', '0');

-- Rows before it that were not over then, or have changed since; when they are looked at again.
CREATE TABLE kept_longer (
  subject text NOT NULL,
  id text NOT NULL,
  due_at timestamptz NOT NULL DEFAULT relay_now() + interval '1 day',
  PRIMARY KEY (subject, id)
);
CREATE INDEX kept_longer_due ON kept_longer (subject, due_at);

CREATE FUNCTION keep_longer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO kept_longer (subject, id) VALUES ('refunds', NEW.id) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;

CREATE TRIGGER keep_longer AFTER UPDATE OF state ON refunds FOR EACH ROW
  WHEN (OLD.erased_at IS NOT NULL) EXECUTE FUNCTION keep_longer();
