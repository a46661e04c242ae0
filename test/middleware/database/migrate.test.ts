import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../../middleware/database/database.ts'
import { migrate } from '../../../middleware/database/migrate.ts'
import { freshDatabase, type FreshDatabase } from '../../fresh-database.ts'
import { untilWaiting } from '../../until-waiting.ts'
import { refundIn } from '../refunds/ledger-rows.ts'

const MIGRATIONS = 'middleware/database/migrations'

describe('migrate', () => {
  let fresh: FreshDatabase
  let folder: string
  beforeEach(async () => {
    fresh = await freshDatabase()
    folder = mkdtempSync(join(tmpdir(), 'migrations-'))
    write('9001-one.sql', 'CREATE TABLE one (id integer)')
    write('9002-two.sql', 'INSERT INTO one VALUES (1)')
  })
  afterEach(async () => {
    rmSync(folder, { recursive: true })
    await fresh.close()
  })
  const write = (name: string, sql: string) => writeFileSync(join(folder, name), sql)
  const run = () => migrate(fresh.url, { folder })

  it('applies each file once, in order, whoever asks at the same moment', async () => {
    const runs = await Promise.all([run(), run(), run()])
    expect(runs.flat()).toEqual(['9001-one.sql', '9002-two.sql'])
    expect(await run()).toEqual([])
    expect(await fresh.database.query('SELECT * FROM one')).toEqual([{ id: 1 }])
  })

  it('refuses a file that was changed after it was applied, other line ends apart', async () => {
    write('9001-one.sql', 'CREATE TABLE one\n(id integer)')
    await run()
    write('9001-one.sql', 'CREATE TABLE one\r\n(id integer)')
    expect(await run()).toEqual([])
    write('9001-one.sql', 'CREATE TABLE one (id bigint)')
    await expect(run()).rejects.toThrow('9001-one.sql was changed after this database had applied it: restore the file')
  })

  it('leaves nothing of a file that fails, names the line, and goes on from there once it is right', async () => {
    write('9003-three.sql', 'CREATE TABLE three (id integer);\nSELEKT 1;')
    await expect(run()).rejects.toThrow('Migration 9003-three.sql failed at line 2 and changed nothing')
    expect(await fresh.database.query("SELECT to_regclass('three') AS found")).toEqual([{ found: null }])
    write('9003-three.sql', 'CREATE TABLE three (id integer)')
    expect(await run()).toEqual(['9003-three.sql'])
  })

  it('only adds from version 0.1 on, so that the version before works on the new schema', () => {
    const later = readdirSync(MIGRATIONS).filter((name) => name > '0005')
    expect(later.length).toBeGreaterThan(0)
    const takesAway =
      /\bDROP (TABLE|COLUMN|TYPE)|\bRENAME\b|\bALTER (COLUMN )?\w+ (SET DATA )?TYPE\b|\bADD (COLUMN )?\w+ [^,;]*NOT NULL(?![^,;]*DEFAULT)(?<!DEFAULT[^,;]*)/i
    for (const name of later) {
      const sql = readFileSync(join(MIGRATIONS, name), 'utf8')
        .replace(/--.*$/gm, '')
        .replace(/CREATE TABLE[\s\S]*?\n\);/g, '')
      expect([name, takesAway.exec(sql)?.[0] ?? null]).toEqual([name, null])
    }
  })

  it.each(readdirSync(MIGRATIONS).filter((name) => name >= '0018'))(
    'lets the version before go on while %s is applied: what it has begun is ended first',
    async (name) => {
      await fresh.database.query('CREATE SCHEMA before')
      const url = new URL(fresh.url)
      url.searchParams.set('options', '-c search_path=before')
      for (const earlier of readdirSync(MIGRATIONS).filter((other) => other < name)) take(earlier)
      rmSync(join(folder, '9001-one.sql'))
      rmSync(join(folder, '9002-two.sql'))
      await migrate(url.href, { folder })
      const database = openDatabase(url.href)
      try {
        const { id, paymentId } = await refundIn(database, 'pending')
        let tries = 0
        let migrating: Promise<string[]> | undefined
        await database.transaction(async (tx) => {
          tries++
          // As whoever applies what a gateway told of a refund.
          await tx.query('SELECT FROM payments WHERE payment_id = $1 FOR NO KEY UPDATE', [paymentId])
          await tx.query('SELECT FROM refunds WHERE id = $1 FOR UPDATE', [id])
          take(name)
          migrating ??= migrate(url.href, { folder })
          migrating.catch(() => {})
          await untilWaiting(fresh.database)
          await tx.query(`UPDATE refunds SET state = 'succeeded', evidence = 'test' WHERE id = $1`, [id])
        })
        expect(await migrating).toEqual([name])
        // Once: nobody was the victim of a deadlock.
        expect(tries).toBe(1)
      } finally {
        await database.close()
      }
    },
  )

  const take = (name: string) => copyFileSync(join(MIGRATIONS, name), join(folder, name))
})
