-- Who may settle by hand what no gateway tells any more.
ALTER TABLE orgs ADD COLUMN settling_users text[] NOT NULL DEFAULT '{}';
