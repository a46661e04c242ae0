-- How often the work on a row has thrown: it is due again ever later, and a person is told. Not the fruitless tries, which are foreseen.
ALTER TABLE refunds ADD work_failures integer NOT NULL DEFAULT 0;
ALTER TABLE gateway_events ADD work_failures integer NOT NULL DEFAULT 0;
