import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { openDatabase, type Database } from '../middleware/database/database.ts'
import { migrate } from '../middleware/database/migrate.ts'
import { READER_ROLE, SERVICE_ROLE } from '../middleware/database/roles.ts'

export interface FreshDatabase {
  /** As the owner of the tables. */
  readonly url: string
  /** As a user who is a member of the service's role, or of the reader's, and of nothing else. */
  readonly serviceUrl: string
  readonly readerUrl: string
  readonly database: Database
  /** Closes `database` and drops it, whoever else is still connected. */
  close(): Promise<void>
}

const TEMPLATE = 'refund_relay_template'
/** Any number: workers that need the template at the same moment make it one after the other. */
const TEMPLATE_LOCK = 91_117

const SERVICE_USER = 'refund_relay_test_service'
const READER_USER = 'refund_relay_test_reader'
const PASSWORD = 'test'

/** A migrated, empty database of the test's own, on the server of test/database-server.mjs. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await onServer(async (client) => {
    await ensureTemplate(client)
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`)
  })
  const url = urlOf(name)
  const database = openDatabase(url)
  return {
    url,
    serviceUrl: asUser(url, SERVICE_USER),
    readerUrl: asUser(url, READER_USER),
    database,
    async close() {
      await database.close()
      await onServer((client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))
    },
  }
}

async function ensureTemplate(client: pg.Client): Promise<void> {
  const isMade = async () =>
    (await client.query('SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate', [TEMPLATE])).rows.length > 0
  if (await isMade()) return
  await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK])
  try {
    if (await isMade()) return
    await client.query(`DROP DATABASE IF EXISTS ${TEMPLATE}`)
    await client.query(`CREATE DATABASE ${TEMPLATE}`)
    await migrate(urlOf(TEMPLATE), { roles: true })
    await ensureUser(client, SERVICE_USER, SERVICE_ROLE)
    await ensureUser(client, READER_USER, READER_ROLE)
    // A template that somebody is connected to cannot be copied.
    await client.query(`ALTER DATABASE ${TEMPLATE} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false`)
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [TEMPLATE_LOCK])
  }
}

/** Users are the whole server's, and outlive the template. */
async function ensureUser(client: pg.Client, user: string, role: string): Promise<void> {
  const { rows } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [user])
  if (rows.length === 0) await client.query(`CREATE ROLE ${user} LOGIN PASSWORD '${PASSWORD}'`)
  await client.query(`GRANT ${role} TO ${user}`)
}

async function onServer<Result>(work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: serverUrl() })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

function urlOf(name: string): string {
  const url = new URL(serverUrl())
  url.pathname = `/${name}`
  return url.href
}

function asUser(databaseUrl: string, user: string): string {
  const url = new URL(databaseUrl)
  url.username = user
  url.password = PASSWORD
  return url.href
}

function serverUrl(): string {
  const url = process.env.TEST_DATABASE_URL
  if (!url) throw new Error('No test database: run this through jest, whose globalSetup starts one.')
  return url
}
