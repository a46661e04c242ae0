import { AVA_AGENT } from '../emulators/org/local-people.ts'
import { attentionList } from '../../middleware/refunds/attention-list.ts'
import type { Crm } from '../../middleware/crm/crm.ts'
import type { SalesforceCrm } from '../../middleware/crm/salesforce-crm.ts'
import { claimWrites, writeAgain, writeBack } from '../../middleware/refunds/write-back.ts'
import { startLedgerAndOrg } from './ledger-and-org.ts'
import type { LedgerAndOrg, LedgerAndOrgOptions } from './ledger-and-org.ts'

describe('what becomes of results when Salesforce fails', () => {
  let world: LedgerAndOrg
  const start = async (options?: LedgerAndOrgOptions) => (world = await startLedgerAndOrg(options))
  afterEach(() => world.close())

  const move = (ids: readonly string[], state: string) =>
    world.db.database.query(`UPDATE refunds SET state = $2, evidence = 'test' WHERE id = ANY($1)`, [ids, state])
  const waiting = async () =>
    Number(
      (await world.db.database.query<{ count: string }>('SELECT count(*) FROM refunds WHERE crm_version < version'))[0]!
        .count,
    )

  it('5,000 of them wait out six hours of outage with few calls, and are then written in at most 30, oldest first', async () => {
    await start()
    world.org.faults.set('down')
    const ids = await world.addRefunds(5_000, 250)
    for (let quarters = 0; quarters < 24; quarters++) {
      expect((await world.write())?.failed?.error.kind).toBe('unavailable')
      await world.pass('15 minutes')
    }
    expect(world.requests()).toEqual({ logins: 24, calls: 0 })
    world.org.faults.clear('down')
    const before = world.org.apiCalls()
    const reports = await world.drain()
    const spent = world.org.apiCalls() - before
    expect(reports.reduce((sum, { written }) => sum + written, 0)).toBe(5_000)
    expect(spent).toBeLessThanOrEqual(30)
    expect(await waiting()).toBe(0)
    const rows = world.org.rows('Refund__c')
    const keys = rows.map((row) => String(row['Refund_Key__c']))
    for (let call = 0; call < 5; call++) {
      const places = [call * 1_000, (call + 1) * 1_000] as const
      expect(new Set(keys.slice(...places))).toEqual(new Set(ids.slice(...places)))
    }
    expect(new Set(rows.map((row) => row['Stage__c']))).toEqual(new Set(['Refunded']))
  })

  it('are written once although the answer to the first writing was lost', async () => {
    await start()
    const ids = await world.addRefunds(300, 30)
    await world.users.refresh(world.org.orgId)
    world.org.faults.set('write_then_drop_answer', { times: 1 })
    expect((await world.write())?.failed?.error.kind).toBe('unavailable')
    expect(world.org.rows('Refund__c')).toHaveLength(300)
    expect(await waiting()).toBe(300)
    await world.pass('1 minute')
    await world.drain()
    expect(
      world.org
        .rows('Refund__c')
        .map((row) => row['Refund_Key__c'])
        .sort(),
    ).toEqual(ids.toSorted())
    expect(await waiting()).toBe(0)
  })

  it('are never overtaken by an older writing that lands after a newer one, which counts as written', async () => {
    await start()
    const [id] = await world.addRefunds(1, 1, 'pending')
    const [lease] = await claimWrites(world.db.database, new Map([[world.org.orgId, world.crm]]))
    const late = await writeBack(world.db.database, landsLater(world.crm), lease!)
    expect(late).toMatchObject({ written: 1, refused: 0 })
    expect(world.record(id!)).toMatchObject({ State_Version__c: 2, Stage__c: 'Refunded' })
    expect(await waiting()).toBe(0)

    /** While its call is on the way, the refund moves on, and another process writes that. */
    function landsLater(crm: SalesforceCrm): Crm {
      return {
        ...{ apiUsage: null, permittedUsers: () => crm.permittedUsers(), findPayments: (of) => crm.findPayments(of) },
        async upsert(records) {
          await move([id!], 'succeeded')
          await world.pass('2 minutes')
          expect(await world.write()).toEqual({ written: 1, refused: 0, nextInMs: 1_000 })
          return crm.upsert(records)
        },
      }
    }
  })

  it('count again where Salesforce holds more than a ledger that was restored from an older backup', async () => {
    await start()
    const [id] = await world.addRefunds(1, 1, 'pending')
    await world.drain()
    world.org.update('Refund__c', String(world.record(id!)!['Id']), { State_Version__c: 7, Stage__c: 'Failed' })
    await move([id!], 'succeeded')
    await world.pass('1 minute')
    await world.drain()
    await world.pass('1 minute')
    await world.drain()
    expect(world.record(id!)).toMatchObject({ Stage__c: 'Refunded' })
    expect(await waiting()).toBe(0)
    await move([id!], 'reversed')
    await world.pass('1 minute')
    await world.drain()
    expect(world.record(id!)).toMatchObject({ Stage__c: 'Reversed' })
  })

  it('are written for all but the refused of a collection of 200, and the refused wait for a person', async () => {
    await start()
    const ids = await world.addRefunds(200, 20)
    const refused = ids.filter((_, place) => place % 10 === 0)
    world.org.faults.set('refuse_rows', { where: (row) => refused.includes(String(row['Refund_Key__c'])) })
    expect(await world.write()).toEqual({ written: 180, refused: 20, nextInMs: 1_000 })
    expect(world.org.rows('Refund__c')).toHaveLength(180)
    expect((await attentionList(world.db.database)).map(({ id }) => id).sort()).toEqual(refused.toSorted())
  })

  it('get past UNABLE_TO_LOCK_ROW on 30 % of the rows, each try, without losing one', async () => {
    await start()
    await world.addRefunds(1_000, 20)
    world.org.faults.set('lock_rows', { share: 0.3, seed: 7 })
    const reports = []
    for (let tries = 0; tries < 20 && (await waiting()) > 0; tries++) {
      reports.push(...(await world.drain()))
      await world.pass('2 hours')
    }
    expect(await waiting()).toBe(0)
    expect(world.org.rows('Refund__c')).toHaveLength(1_000)
    expect(reports[0]!.refused).toBeGreaterThan(200)
    expect(await attentionList(world.db.database)).toEqual([])
  })

  it('wait when the day is used up, while the question who may refund is asked every five minutes all the same', async () => {
    await start()
    await world.addRefunds(10, 1)
    world.org.faults.set('request_limit', { limit: 'TotalRequests' })
    expect(await world.write()).toMatchObject({ failed: { error: { kind: 'limit' }, againInMs: 900_000 } })
    await world.pass('14 minutes')
    expect(await world.write()).toBeNull()
    world.org.faults.clear('request_limit')
    await world.users.refreshStale()
    await expect(world.users.check(world.org.orgId, AVA_AGENT)).resolves.toBeUndefined()
    await world.pass('1 minute')
    expect(await world.write()).toEqual({ written: 10, refused: 0, nextInMs: 1_000 })
  })

  it('are final first when the day is nearly used up: other states cost no call of their own for hours, and are then written', async () => {
    await start()
    Object.assign(world.org.usage, { used: 14_500, limit: 15_000 })
    await world.addRefunds(1, 1)
    await world.drain()
    expect(world.crm.apiUsage).toMatchObject({ limit: 15_000 })
    const pending = await world.addRefunds(50, 5, 'pending')
    const before = world.org.apiCalls()
    for (let minutes = 0; minutes < 55; minutes += 5) {
      expect(await world.write()).toBeNull()
      await world.users.refreshStale()
      await world.pass('5 minutes')
    }
    // Eleven times five minutes: the permission check alone has spent anything.
    expect(world.org.apiCalls() - before).toBeLessThanOrEqual(12)
    const [final] = await world.addRefunds(1, 1)
    await world.write()
    expect(world.record(final!)).toMatchObject({ Stage__c: 'Refunded' })
    expect(world.record(pending[0]!)).toMatchObject({ Stage__c: 'Sent to gateway' })
    const starving = await world.addRefunds(1, 1, 'pending')
    await world.pass('2 hours')
    await world.write()
    expect(world.record(starving[0]!)).toMatchObject({ Stage__c: 'Sent to gateway' })
  })

  it('cost one login, however many callers find the session expired at once', async () => {
    await start()
    await world.addRefunds(1, 1)
    await world.drain()
    world.org.expireSessions()
    world.requests()
    await world.addRefunds(10, 2)
    await Promise.all([
      world.write(),
      world.users.refresh(world.org.orgId),
      ...Array.from({ length: 30 }, () => world.crm.permittedUsers()),
    ])
    expect(world.requests().logins).toBe(1)
    expect(await waiting()).toBe(0)
  })

  it.each([
    ['the token endpoint is down', {}],
    ['its key is revoked', { keyRevoked: true }],
  ])('wait without a storm of logins while %s: requests of agents make none of their own', async (_what, options) => {
    await start(options)
    if (!('keyRevoked' in options)) world.org.faults.set('token_down')
    await world.addRefunds(10, 1)
    const ask = () => world.users.check(world.org.orgId, AVA_AGENT).catch((error: { code: string }) => error.code)
    expect(new Set(await Promise.all(Array.from({ length: 50 }, ask)))).toEqual(new Set(['permission_unverifiable']))
    for (let again = 0; again < 50; again++) await ask()
    expect(world.requests()).toEqual({ logins: 1, calls: 0 })
    for (let minutes = 0; minutes < 360; minutes += 5) {
      await world.write()
      await world.pass('5 minutes')
    }
    const { logins, calls } = world.requests()
    expect(calls).toBe(0)
    // 5, 10, 20 … seconds, then every quarter of an hour.
    expect(logins).toBeGreaterThan(20)
    expect(logins).toBeLessThan(40)
    expect(await waiting()).toBe(10)
  })

  it('are refused, and stay in the ledger, when the org says that it has moved to a host that nobody configured', async () => {
    await start()
    await world.addRefunds(3, 1)
    world.org.faults.set('instance_moved', { instanceUrl: 'https://evil.example' })
    const report = await world.write()
    expect(report?.failed?.error).toMatchObject({ kind: 'refused' })
    expect(report?.failed?.error.message).toMatch(/https:\/\/evil\.example: set its instanceUrl if that is true/)
    expect(world.requests()).toEqual({ logins: 1, calls: 0 })
    world.org.faults.clear('instance_moved')
    await world.pass('1 minute')
    expect(await world.write()).toEqual({ written: 3, refused: 0, nextInMs: 1_000 })
  })

  it('are shown to a person when their payment was deleted, and hold nothing else back', async () => {
    await start()
    const ids = await world.addRefunds(2, 2)
    const [{ payment } = { payment: '' }] = await world.db.database.query<{ payment: string }>(
      'SELECT payment_id AS payment FROM refunds WHERE id = $1',
      [ids[0]],
    )
    world.org.remove('Payment__c', payment)
    expect(await world.write()).toEqual({ written: 1, refused: 1, nextInMs: 1_000 })
    expect(await attentionList(world.db.database)).toMatchObject([
      { id: ids[0], code: 'write_refused', reason: expect.stringMatching(/ENTITY_IS_DELETED/) },
    ])
  })

  it("that a rule of the customer's own refuses are marked, never dropped, tried daily, and at once when asked for", async () => {
    await start()
    const [id] = await world.addRefunds(1, 1)
    world.org.faults.set('refuse_rows', { message: 'Finance has closed this month.' })
    await world.write()
    expect(await attentionList(world.db.database)).toMatchObject([
      { id, code: 'write_refused', reason: expect.stringContaining('Finance has closed this month.') },
    ])
    await world.pass('23 hours')
    expect(await world.write()).toBeNull()
    await world.pass('2 hours')
    expect(await world.write()).toEqual({ written: 0, refused: 1, nextInMs: 1_000 })
    world.org.faults.clear('refuse_rows')
    expect(await writeAgain(world.db.database, id!)).toBe(true)
    await world.pass('1 minute')
    expect(await world.write()).toEqual({ written: 1, refused: 0, nextInMs: 1_000 })
    expect(world.record(id!)).toMatchObject({ Stage__c: 'Refunded' })
    expect(await attentionList(world.db.database)).toEqual([])
  })
})
