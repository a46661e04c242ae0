-- Looked through every half minute by the search for payments that are not known yet: without it, every event that ever came.
CREATE INDEX gateway_events_unmatched ON gateway_events (gateway, gateway_account, payment_reference)
  WHERE outcome = 'no_such_payment' AND payment_reference IS NOT NULL;
