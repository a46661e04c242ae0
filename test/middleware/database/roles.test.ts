import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase, type Database } from '../../../middleware/database/database.ts'
import { migrate } from '../../../middleware/database/migrate.ts'
import { RIGHTS } from '../../../middleware/database/roles.ts'
import { freshDatabase, type FreshDatabase } from '../../fresh-database.ts'
import { refundIn } from '../refunds/ledger-rows.ts'
import { statementsOf } from './statements.ts'

const FORBIDDEN = '42501'

describe('the roles of the service and of those who only look', () => {
  let db: FreshDatabase
  let service: Database
  let reader: Database
  let refundId: string
  let folder: string
  beforeAll(async () => {
    db = await freshDatabase()
    service = openDatabase(db.serviceUrl)
    reader = openDatabase(db.readerUrl)
    const { id } = await refundIn(db.database, 'pending')
    refundId = id
    await db.database.query(
      `INSERT INTO attempts (id, refund_id, operation, key, body) VALUES (gen_random_uuid(), $1, 'refund', 'key', '{}')`,
      [refundId],
    )
    folder = mkdtempSync(join(tmpdir(), 'migrations-'))
  })
  afterAll(async () => {
    rmSync(folder, { recursive: true })
    await Promise.all([service.close(), reader.close()])
    await db.close()
  })

  const codeOf = (database: Database, sql: string) =>
    database.query(sql).then(
      () => null,
      (error: { code?: string }) => error.code,
    )
  /**
   * As the service, on a connection that has planned nothing yet: a plan keeps the tables that it was made for.
   * @returns what the first statement that was refused was told
   */
  const inOneTransaction = async (...statements: string[]) => {
    const another = openDatabase(db.serviceUrl)
    const told = await another
      .transaction(async (tx) => {
        for (const sql of statements) await tx.query(sql)
      })
      .then(
        () => null,
        (error: Error) => error.message,
      )
    await another.close()
    return told
  }
  const laterMigration = (name: string, sql: string) => {
    writeFileSync(join(folder, name), sql)
    return migrate(db.url, { folder })
  }
  const may = async (user: Database, table: string, right: string, column?: string) => {
    const [row] = await user.query<{ may: boolean }>(
      column === undefined
        ? 'SELECT has_table_privilege($1, $2) AS may'
        : 'SELECT has_column_privilege($1, $3, $2) AS may',
      [table, right, ...(column === undefined ? [] : [column])],
    )
    return row!.may
  }

  it.each([
    'UPDATE refunds SET amount = 11',
    `UPDATE refunds SET currency = 'USD'`,
    `UPDATE refunds SET idempotency_key = 'another'`,
    `UPDATE refunds SET request_digest = 'another'`,
    `UPDATE refunds SET requested_by = '005000000000009AAA'`,
    `UPDATE attempts SET key = 'another'`,
    `UPDATE payments SET gateway_reference = 'another'`,
    'UPDATE payments SET refunded = 0',
    'UPDATE payments SET under_way = 0',
    `UPDATE gateway_events SET amount = '1.00'`,
    'UPDATE exposures SET at_risk = false',
    'DELETE FROM refunds',
    'DELETE FROM payments',
    'DELETE FROM gateway_events',
    'TRUNCATE refunds CASCADE',
    'TRUNCATE reconciled_refunds',
    `UPDATE refund_changes SET evidence = 'another'`,
    'DELETE FROM refund_changes',
    'DELETE FROM schema_migrations',
    'ALTER TABLE refunds DISABLE TRIGGER ALL',
    'DROP TRIGGER guard_refund ON refunds',
    'ALTER TABLE refunds DROP CONSTRAINT refund_requested_once',
    'DROP FUNCTION guard_refund() CASCADE',
    'ALTER FUNCTION guard_refund() SECURITY INVOKER',
    'CREATE OR REPLACE FUNCTION guard_refund() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$',
    `CREATE OR REPLACE FUNCTION may_become(before text, after text) RETURNS boolean LANGUAGE sql AS 'SELECT true'`,
    'CREATE TABLE more (id integer)',
    'DROP TABLE refund_breaks',
    'SET session_replication_role = replica',
    'CREATE ROLE another',
    `COPY refunds TO PROGRAM 'cat'`,
  ])('the service may not: %s', async (sql) => {
    expect(await codeOf(service, sql)).toBe(FORBIDDEN)
  })

  it.each([
    `UPDATE refunds SET state = 'failed'`,
    'UPDATE refunds SET amount = 11',
    `INSERT INTO orgs (org_id) VALUES ('00D000000000009EAA')`,
    `INSERT INTO refund_changes (refund_id, to_state, evidence) VALUES (gen_random_uuid(), 'failed', 'none')`,
    'DELETE FROM reconciled_refunds',
    'TRUNCATE refunds CASCADE',
    'SELECT FROM refunds FOR UPDATE',
    'SELECT body FROM attempts',
    'SELECT * FROM attempts',
    'ALTER TABLE refunds DISABLE TRIGGER ALL',
    'DROP FUNCTION guard_refund() CASCADE',
    'CREATE TABLE more (id integer)',
  ])('whoever only looks may not: %s', async (sql) => {
    expect(await codeOf(reader, sql)).toBe(FORBIDDEN)
  })

  it('lets whoever only looks read every table, apart from the bodies that go to gateways', async () => {
    const columns = await db.database.query<{ table: string; column: string }>(
      `SELECT table_name AS table, column_name AS column FROM information_schema.columns WHERE table_schema = current_schema()`,
    )
    const hidden: string[] = []
    for (const { table, column } of columns)
      if (!(await may(reader, table, 'SELECT', column))) hidden.push(`${table}.${column}`)
    expect(hidden).toEqual(['attempts.body'])
  })

  it('keeps the sums of a payment by the rules of the owner, which the service sets off and cannot change', async () => {
    const { id, paymentId } = await refundIn(service, 'pending')
    await service.query(`UPDATE refunds SET state = 'succeeded', evidence = 'test' WHERE id = $1`, [id])
    const sums = await service.query('SELECT refunded, under_way FROM payments WHERE payment_id = $1', [paymentId])
    expect(sums).toEqual([{ refunded: '10.000', under_way: '0.000' }])
  })

  it('still refuses by its rules what the rights allow', async () => {
    expect(await codeOf(service, `UPDATE refunds SET state = 'requested' WHERE id = '${refundId}'`)).toBe('23514')
  })

  it.each(['payments', 'refund_changes'])('is not fooled by a temporary table that is called %s', async (table) => {
    const { id, paymentId } = await refundIn(service, 'failed')
    const told = await inOneTransaction(
      `CREATE TEMPORARY TABLE ${table} ON COMMIT DROP AS SELECT * FROM ${table}`,
      `UPDATE refunds SET state = 'succeeded', evidence = 'test' WHERE id = '${id}'`,
    )
    expect(told).toBeNull()
    const [books] = await db.database.query(
      `SELECT refunded, (SELECT count(*)::int FROM refund_changes WHERE refund_id = $2) AS changes
       FROM payments WHERE payment_id = $1`,
      [paymentId, id],
    )
    expect(books).toEqual({ refunded: '10.000', changes: 2 })
  })

  it('is not fooled by a function of another schema that allows another transition', async () => {
    const { id } = await refundIn(service, 'failed')
    await db.database.query('CREATE SCHEMA lenient')
    await db.database.query('GRANT USAGE ON SCHEMA lenient TO PUBLIC')
    await db.database.query(
      `CREATE FUNCTION lenient.may_become(before text, after text) RETURNS boolean LANGUAGE sql AS 'SELECT true'`,
    )
    const told = await inOneTransaction(
      'SET LOCAL search_path = lenient, public',
      `UPDATE refunds SET state = 'pending', evidence = 'test' WHERE id = '${id}'`,
    )
    expect(told).toContain('failed never becomes pending')
  })

  it('lets nobody hang a rule of the owner on a table of their own', async () => {
    const told = await inOneTransaction(
      'CREATE TEMPORARY TABLE mine ON COMMIT DROP AS SELECT * FROM refunds',
      'CREATE TRIGGER mine AFTER INSERT ON mine FOR EACH ROW EXECUTE FUNCTION keep_books()',
    )
    expect(told).toBe('permission denied for function keep_books')
  })

  it('gives the service every column that the code updates, every table that it inserts into, and no other to delete from', async () => {
    const { updates, inserts, deletes } = statementsOf('middleware')
    const columns = await db.database.query<{ table: string; columns: string[] }>(
      `SELECT table_name::text AS table, array_agg(column_name::text) AS columns FROM information_schema.columns
       WHERE table_schema = current_schema() GROUP BY table_name`,
    )
    const missing: string[] = []
    const untold: string[] = []
    for (const update of updates) {
      const meant = columns.filter(({ table, columns }) =>
        update.table.startsWith('$')
          ? update.columns.every((column) => columns.includes(column))
          : table === update.table,
      )
      expect([update, meant.length > 0]).toEqual([update, true])
      for (const { table } of meant)
        for (const column of update.columns) {
          if (column.startsWith('$')) untold.push(`${table} ${column}`)
          else if (!(await may(service, table, 'UPDATE', column))) missing.push(`UPDATE ${table}.${column}`)
        }
    }
    for (const table of inserts)
      if (table !== 'schema_migrations' && !(await may(service, table, 'INSERT'))) missing.push(`INSERT ${table}`)
    const deletable: string[] = []
    for (const { table } of columns) if (await may(service, table, 'DELETE')) deletable.push(table)
    expect(missing).toEqual([])
    expect(deletable.sort()).toEqual([...deletes].sort())
    // Put together elsewhere; of payments, what was captured.
    expect(untold).toEqual(['payments ${change}'])
    expect(await may(service, 'payments', 'UPDATE', 'captured_proven')).toBe(true)
    expect(updates.length).toBeGreaterThan(30)
  })

  it('never lets the service update what the rule says that it never changes', async () => {
    const [rule] = await db.database.query<{ source: string }>(
      `SELECT prosrc AS source FROM pg_proc WHERE proname = 'guard_refund_asked'`,
    )
    const [, named] = /IF \((NEW\.[^)]+)\)/.exec(rule!.source)!
    const columns = named!.split(',').map((column) => column.trim().replace(/^NEW\.|::text$/g, ''))
    expect(columns).toContain('amount')
    for (const column of columns)
      expect([column, await may(service, 'refunds', 'UPDATE', column)]).toEqual([column, false])
  })

  it('names no table and no column that is not there, for it would keep nothing', async () => {
    const columns = await db.database.query<{ name: string }>(
      `SELECT table_name || '.' || column_name AS name FROM information_schema.columns WHERE table_schema = current_schema()`,
    )
    const known = columns.map(({ name }) => name)
    const named = Object.entries(RIGHTS).flatMap(([table, { fixed = [], hidden = [] }]) =>
      [...fixed, ...hidden].map((column) => `${table}.${column}`),
    )
    expect(named.filter((name) => !known.includes(name))).toEqual([])
    expect(Object.keys(RIGHTS).filter((table) => !known.some((name) => name.startsWith(`${table}.`)))).toEqual([])
  })

  it('gives the service what a later migration brings, with that migration, and takes no rule out of the hands of the owner', async () => {
    await laterMigration('9001-later.sql', 'CREATE TABLE later (id integer); ALTER TABLE refunds ADD later text')
    expect(await codeOf(service, 'INSERT INTO later VALUES (1)')).toBe(null)
    expect(await codeOf(service, 'UPDATE later SET id = 2')).toBe(null)
    expect(await codeOf(service, 'DELETE FROM later')).toBe(FORBIDDEN)
    expect(await codeOf(service, `UPDATE refunds SET later = 'x'`)).toBe(null)
    expect(await codeOf(reader, 'SELECT * FROM later')).toBe(null)
    await laterMigration(
      '9002-rule.sql',
      'CREATE FUNCTION later() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE payments SET refunded = refunded; RETURN NULL; END $$; CREATE TRIGGER later AFTER UPDATE ON later EXECUTE FUNCTION later()',
    )
    expect(await codeOf(service, 'UPDATE later SET id = 3')).toBe(null)
  })

  it('takes back what somebody gave by hand, when the owner migrates', async () => {
    await db.database.query('GRANT ALL ON refunds TO refund_relay_service, refund_relay_reader, PUBLIC')
    await db.database.query('GRANT CREATE ON SCHEMA public TO PUBLIC')
    expect(await codeOf(reader, 'DELETE FROM refunds')).toBe('23514')
    await migrate(db.url, { roles: true })
    expect(await codeOf(service, 'UPDATE refunds SET amount = 11')).toBe(FORBIDDEN)
    expect(await codeOf(service, 'CREATE TABLE more (id integer)')).toBe(FORBIDDEN)
    expect(await codeOf(reader, 'DELETE FROM refunds')).toBe(FORBIDDEN)
  })
})
