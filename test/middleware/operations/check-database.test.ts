import { randomUUID } from 'node:crypto'
import { migrate } from '../../../middleware/database/migrate.ts'
import { checkDatabase } from '../../../middleware/operations/check-database.ts'
import { freshDatabase, type FreshDatabase } from '../../fresh-database.ts'

describe('the check of the database', () => {
  let db: FreshDatabase
  beforeAll(async () => {
    db = await freshDatabase()
  })
  afterAll(() => db.close())

  const found = async (url: string, what: string, live = false) => {
    const findings = await checkDatabase({ database: { url }, gatewayAccounts: [{ live }] })
    return findings.find((finding) => finding.what === what)
  }

  it('is content with a member of the role of the service', async () => {
    expect(await found(db.serviceUrl, 'rights', true)).toMatchObject({
      detail: 'refund_relay_test_service may not change the rules kept there',
      remedy: null,
    })
  })

  it.each([
    [true, expect.stringMatching(/^make another user a member of refund_relay_service/)],
    [false, null],
  ])('wants another user than the owner or a superuser where real money moves (%s)', async (live, remedy) => {
    const finding = await found(db.url, 'rights', live)
    expect(finding).toMatchObject({ remedy })
    expect(finding!.detail).toMatch(/is a superuser, and could switch off the rules kept there$/)
  })

  it.each([
    ['the owner of the tables', 'owns the tables', true],
    ['whoever will make them at the first start', 'will own the tables', false],
  ])('wants another user than %s', async (_who, what, isThere) => {
    const name = `owner_${randomUUID().replaceAll('-', '')}`
    const place = new URL(db.url)
    place.pathname = `/${name}`
    await db.database.query(`CREATE ROLE ${name} LOGIN PASSWORD 'test'`)
    await db.database.query(`CREATE DATABASE ${name} OWNER ${name}`)
    try {
      const own = new URL(place)
      Object.assign(own, { username: name, password: 'test' })
      if (isThere) await migrate(own.href)
      expect(await found(own.href, 'rights', true)).toMatchObject({
        detail: `${name} ${what}, and could switch off the rules kept there`,
        remedy: expect.stringMatching(/^make another user a member of refund_relay_service/),
      })
    } finally {
      await db.database.query(`DROP DATABASE ${name} WITH (FORCE)`)
      await db.database.query(`DROP ROLE ${name}`)
    }
  })

  it('wants a right to write', async () => {
    expect(await found(db.readerUrl, 'rights')).toMatchObject({
      detail: 'refund_relay_test_reader may not write refunds',
      remedy: expect.stringMatching(/^make its user a member of refund_relay_service/),
    })
  })

  it('tells who may apply what is missing: the owner by starting, for the service somebody else', async () => {
    const [last] = await db.database.query<{ name: string }>(
      'DELETE FROM schema_migrations WHERE name = (SELECT max(name) FROM schema_migrations) RETURNING name',
    )
    expect(last).toBeDefined()
    expect(await found(db.url, 'schema')).toMatchObject({
      detail: '1 migrations will be applied at the next start',
      remedy: null,
    })
    expect(await found(db.serviceUrl, 'schema')).toMatchObject({
      remedy: 'run `npm run migrate` as the owner of the tables',
    })
  })
})
