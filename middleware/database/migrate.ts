import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import type { Queryable } from './database.ts'
import { READER_ROLE, SERVICE_ROLE, createRoles, renewGrants } from './roles.ts'

/** The schema cannot be brought up to date; says which file and what to do. */
export class MigrationError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'MigrationError'
  }
}

const MIGRATIONS = fileURLToPath(new URL('./migrations/', import.meta.url))
/** Any number that nothing else locks: processes that start together migrate one after the other. */
const MIGRATION_LOCK = 7_333_863

export interface MigrateOptions {
  readonly folder?: string
  /** Makes the roles of roles.ts as well, for which the user must be allowed to create roles. */
  readonly roles?: boolean
}

/**
 * Applies the files of migrations/ that this database has not seen, in the order of their names, each in a transaction
 * of its own. Where there are roles, that transaction gives them what they need of it.
 * @returns the names of those applied now
 * @throws MigrationError
 */
export async function migrate(
  databaseUrl: string,
  { folder = MIGRATIONS, roles = false }: MigrateOptions = {},
): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 })
  client.on('error', () => {}) // a lost connection fails the query that runs on it
  await client.connect()
  try {
    const migrations = readMigrations(folder)
    const waiting = missing(migrations, await appliedBefore(client))
    // The service's own user may change no table, and need not where none is missing.
    if (waiting.length === 0 && !roles) return []
    return await applyMissing(client, migrations, roles).catch((cause: unknown) => {
      if (!isForbidden(cause)) throw cause
      const [first, ...others] = waiting
      const lacks = first
        ? `The database lacks ${first.name}${others.length > 0 ? ` and ${others.length} more` : ''}. `
        : ''
      throw new MigrationError(
        `${lacks}The user ${client.user} may not change the tables: run "npm run migrate" as their owner, see "Database roles" in the README (${cause.message}).`,
        { cause },
      )
    })
  } finally {
    await client.end().catch(() => {})
  }
}

async function applyMissing(client: pg.Client, migrations: readonly Migration[], roles: boolean): Promise<string[]> {
  // Held by the session: it ends with it, even if this process is killed.
  await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK])
  // Another process may have applied them meanwhile, which this one may not even be allowed to.
  if (!roles && missing(migrations, await appliedBefore(client)).length === 0) return []
  await client.query(`CREATE TABLE IF NOT EXISTS schema_migrations (
    name text PRIMARY KEY,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
  )`)
  if (roles) {
    await createRoles(client).catch((cause: unknown) => {
      if (!isForbidden(cause)) throw cause
      throw new MigrationError(
        `The user ${client.user} may not create roles: let somebody who may run "CREATE ROLE ${SERVICE_ROLE}; CREATE ROLE ${READER_ROLE};", then try again.`,
        { cause },
      )
    })
  }
  const waiting = missing(migrations, await appliedBefore(client))
  for (const migration of waiting) await apply(client, migration)
  if (roles) await inTransaction(client, () => renewGrants(client))
  return waiting.map(({ name }) => name)
}

/** The names of those that this database has not seen; nothing is applied. */
export async function unappliedMigrations(database: Queryable, folder: string = MIGRATIONS): Promise<string[]> {
  const [table] = await database.query<{ found: string | null }>(
    `SELECT to_regclass('schema_migrations')::text AS found`,
  )
  const rows = table!.found === null ? [] : await database.query<{ name: string }>('SELECT name FROM schema_migrations')
  const applied = new Set(rows.map(({ name }) => name))
  return readMigrations(folder)
    .map(({ name }) => name)
    .filter((name) => !applied.has(name))
}

/** Name → checksum. */
async function appliedBefore(client: pg.Client): Promise<ReadonlyMap<string, string>> {
  const table = await client.query(`SELECT to_regclass('schema_migrations') AS found`)
  if (table.rows[0].found === null) return new Map()
  const known = await client
    .query<{ name: string; checksum: string }>('SELECT name, checksum FROM schema_migrations')
    .catch((cause: unknown) => {
      if (!isForbidden(cause)) throw cause
      throw new MigrationError(
        `The user ${client.user} may not read the ledger: make it a member of ${SERVICE_ROLE}, see "Database roles" in the README.`,
        { cause },
      )
    })
  return new Map(known.rows.map((row) => [row.name, row.checksum]))
}

/** @throws MigrationError when one was changed after it had been applied */
function missing(migrations: readonly Migration[], applied: ReadonlyMap<string, string>): Migration[] {
  return migrations.filter(({ name, checksum }) => {
    const before = applied.get(name)
    if (before === undefined || before === checksum) return before === undefined
    throw new MigrationError(
      `Migration ${name} was changed after this database had applied it: restore the file, and put the change into a new one.`,
    )
  })
}

function isForbidden(error: unknown): error is pg.DatabaseError {
  return error instanceof pg.DatabaseError && error.code === '42501'
}

interface Migration {
  readonly name: string
  readonly sql: string
  readonly checksum: string
}

function readMigrations(folder: string): Migration[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.sql'))
  return names.sort().map((name) => {
    // A checkout with other line ends is the same migration.
    const sql = readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n')
    return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
  })
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  try {
    await inTransaction(client, async () => {
      await client.query(sql)
      await client.query('INSERT INTO schema_migrations (name, checksum) VALUES ($1, $2)', [name, checksum])
      // With it: the service that runs meanwhile never finds a table or a rule without them.
      await renewGrants(client)
    })
  } catch (cause) {
    if (isForbidden(cause)) throw cause
    const { message, position } = cause as pg.DatabaseError
    const line = position ? ` at line ${sql.slice(0, Number(position)).split('\n').length}` : ''
    throw new MigrationError(`Migration ${name} failed${line} and changed nothing: ${message}.`, { cause })
  }
}

async function inTransaction(client: pg.Client, work: () => Promise<void>): Promise<void> {
  try {
    await client.query('BEGIN')
    await work()
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    throw error
  }
}
