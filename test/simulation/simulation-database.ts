import pg from 'pg'
import { openDatabase } from '../../middleware/database/database.ts'
import type { Database } from '../../middleware/database/database.ts'
import { migrate } from '../../middleware/database/migrate.ts'

/** The simulated clock in SQL, and ids that are the same in every run. */
const SIMULATED = `
  CREATE OR REPLACE FUNCTION relay_now() RETURNS timestamptz LANGUAGE sql STABLE AS
    $$ SELECT current_setting('simulation.now')::timestamptz $$;
  CREATE SEQUENCE simulated_ids;
  ALTER TABLE exposures ALTER id SET DEFAULT lpad(to_hex(nextval('simulated_ids')), 32, '0')::uuid;
`

const TABLES = [
  'refund_changes',
  'exposures',
  'chargebacks',
  'event_cursors',
  'gateway_events',
  'attempts',
  'refunds',
  'payments',
  'orgs',
]

/** A migrated database of its own, with simulated time; dropped by `close`. */
export async function openSimulationDatabase(serverUrl: string, name: string, sql?: string): Promise<Database> {
  const url = new URL(serverUrl)
  await onServer(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  await onServer(serverUrl, `CREATE DATABASE ${name}`)
  url.pathname = `/${name}`
  await migrate(url.href)
  await onServer(url.href, SIMULATED)
  if (sql !== undefined) await onServer(url.href, sql)
  // One connection: a transaction is one step, so no two are ever open at once.
  const database = openDatabase(url.href, { maxConnections: 1 })
  return {
    ...database,
    async close() {
      await database.close()
      await onServer(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    },
  }
}

/** The books begin anew; the append-only triggers rest meanwhile, for this session alone. */
export async function emptyDatabase(database: Database): Promise<void> {
  await database.query(`SELECT set_config('session_replication_role', 'replica', false)`)
  for (const table of TABLES) await database.query(`DELETE FROM ${table}`)
  await database.query(`SELECT set_config('session_replication_role', 'origin', false), setval('simulated_ids', 1),
    setval('gateway_events_id_seq', 1, false), setval('refund_changes_id_seq', 1, false)`)
  // So that rows lie in the same places in every run: PostgreSQL gives the pages back. TRUNCATE takes ten times as long.
  await database.query(`VACUUM (SKIP_DATABASE_STATS) ${TABLES.join(', ')}`)
}

async function onServer(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
