import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import type { Queryable } from './database.ts'

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

/**
 * Applies the files of migrations/ that this database has not seen, in the order of their names, each in a transaction
 * of its own.
 * @returns the names of those applied now
 * @throws MigrationError
 */
export async function migrate(databaseUrl: string, folder: string = MIGRATIONS): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 })
  client.on('error', () => {}) // a lost connection fails the query that runs on it
  await client.connect()
  try {
    // Held by the session: it ends with it, even if this process is killed.
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK])
    await client.query(`CREATE TABLE IF NOT EXISTS schema_migrations (
      name text PRIMARY KEY,
      checksum text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now()
    )`)
    const known = await client.query<{ name: string; checksum: string }>('SELECT name, checksum FROM schema_migrations')
    const checksums = new Map(known.rows.map((row) => [row.name, row.checksum]))
    const applied: string[] = []
    for (const migration of readMigrations(folder)) {
      const before = checksums.get(migration.name)
      if (before === undefined) {
        await apply(client, migration)
        applied.push(migration.name)
      } else if (before !== migration.checksum) {
        throw new MigrationError(
          `Migration ${migration.name} was changed after this database had applied it: restore the file, and put the change into a new one.`,
        )
      }
    }
    return applied
  } finally {
    await client.end().catch(() => {})
  }
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

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  try {
    await client.query('BEGIN')
    await client.query(migration.sql)
    await client.query('INSERT INTO schema_migrations (name, checksum) VALUES ($1, $2)', [
      migration.name,
      migration.checksum,
    ])
    await client.query('COMMIT')
  } catch (cause) {
    await client.query('ROLLBACK').catch(() => {})
    const { message, position } = cause as pg.DatabaseError
    const line = position ? ` at line ${migration.sql.slice(0, Number(position)).split('\n').length}` : ''
    throw new MigrationError(`Migration ${migration.name} failed${line} and changed nothing: ${message}.`, { cause })
  }
}
