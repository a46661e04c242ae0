import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freshDatabase, type FreshDatabase } from '../../fresh-database.ts'

describe('npm run migrate', () => {
  let db: FreshDatabase
  let directory: string
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'migrate-'))
    db = await freshDatabase()
  })
  afterEach(async () => {
    rmSync(directory, { recursive: true })
    await db.close()
  })

  const migrateAs = (url: string | undefined, ...args: string[]) =>
    new Promise<{ code: number; out: string; err: string }>((resolve) => {
      const { DATABASE_URL: _, ...env } = process.env
      execFile(
        process.execPath,
        ['middleware/operations/migrate.ts', ...args],
        { env: url === undefined ? env : { ...env, DATABASE_URL: url } },
        (error, out, err) => resolve({ code: error ? Number(error.code) : 0, out, err }),
      )
    })
  const emptied = () =>
    db.database.query('DROP SCHEMA public CASCADE').then(() => db.database.query('CREATE SCHEMA public'))

  it('makes all tables of an empty database and gives the roles what they need, without a configuration, and says so', async () => {
    await emptied()
    const file = join(directory, 'owner-url')
    writeFileSync(file, `${db.url}\n`, { mode: 0o600 })
    const first = await migrateAs(undefined, '--url-file', file)
    expect(first).toMatchObject({ code: 0, err: '' })
    expect(first.out).toMatch(
      /^Applied 0001-ledger\.sql, .*; refund_relay_service and refund_relay_reader have what they need\.\n$/,
    )
    const [may] = await db.database.query(
      `SELECT has_table_privilege('refund_relay_service', 'refunds', 'INSERT') AS service, has_table_privilege('refund_relay_reader', 'refunds', 'INSERT') AS reader`,
    )
    expect(may).toEqual({ service: true, reader: false })
    expect((await migrateAs(db.url)).out).toMatch(/^The tables were up to date; /)
  })

  it('says in one line what is missing or not allowed, and never the password', async () => {
    expect(await migrateAs(undefined)).toEqual({
      code: 1,
      out: '',
      err: 'migrate: environment variable DATABASE_URL is empty; see --help\n',
    })
    const told = await migrateAs(db.serviceUrl)
    expect(told).toMatchObject({ code: 1, out: '' })
    expect(told.err).toMatch(
      /^migrate: The user refund_relay_test_service may not change the tables: run .* as their owner, .*\n$/,
    )
    expect((await migrateAs('postgres://nobody:nothing@127.0.0.1:9/ledger')).err).toMatch(
      /^migrate: .*ECONNREFUSED.*\n$/,
    )
  })

  it('needs no right to make roles where somebody has made them', async () => {
    const name = `owner_${randomUUID().slice(0, 8)}`
    await db.database.query(`CREATE ROLE ${name} LOGIN PASSWORD 'owner'`)
    await emptied()
    await db.database.query(`ALTER SCHEMA public OWNER TO ${name}`)
    const url = new URL(db.url)
    Object.assign(url, { username: name, password: 'owner' })
    expect(await migrateAs(url.href)).toMatchObject({ code: 0, err: '' })
    const [may] = await db.database.query(
      `SELECT has_table_privilege('refund_relay_service', 'refunds', 'INSERT') AS service`,
    )
    expect(may).toEqual({ service: true })
    await db.database.query(`DROP OWNED BY ${name} CASCADE`)
    await db.database.query(`DROP ROLE ${name}`)
  })
})
