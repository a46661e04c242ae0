import type { RefundRecord } from '../../middleware/crm/crm.ts'
import { refundRecord } from '../middleware/crm/refund-records.ts'
import { CRM_RIGS, type CrmRig } from './crm-rigs.ts'

describe.each(CRM_RIGS)('$name keeps the CRM contract', ({ start }) => {
  let rig: CrmRig
  let paymentId: string
  beforeEach(async () => {
    rig = await start()
    paymentId = await rig.addPayment()
  })
  afterEach(() => rig.stop())

  const refund = (fields: Partial<RefundRecord> = {}) => refundRecord({ paymentId, ...fields })
  const outcomes = async (records: readonly RefundRecord[]) =>
    (await rig.crm.upsertRefunds(records)).map(({ outcome }) => outcome)

  it('shows a refund once, in its newest state, and counts it as refunded only when it succeeded', async () => {
    const first = refund()
    expect(await rig.crm.upsertRefunds([first])).toEqual([{ refundId: first.refundId, outcome: 'written' }])
    expect(rig.refundedOf(paymentId)).toBe('EUR 0.00')
    const paid = { ...first, version: 2, stage: 'Refunded', decidedAt: '2026-03-02T10:00:00.000Z' } as const
    expect(await outcomes([paid])).toEqual(['written'])
    expect(rig.refundedOf(paymentId)).toBe('EUR 12.30')
    expect(rig.shown(first.refundId)).toEqual([{ paymentId, version: 2, stage: 'Refunded', amount: 'EUR 12.30' }])
  })

  it.each([
    ['EUR', '100.00', '0.10', 'EUR 0.10'],
    ['JPY', '500', '500', 'JPY 500'],
    ['KWD', '1.234', '1.234', 'KWD 1.234'],
    ['EUR', '999999999999.99', '999999999999.99', 'EUR 999999999999.99'],
  ])('keeps %s amounts to the last digit: %s, %s', async (currency, captured, amount, shown) => {
    const payment = await rig.addPayment(currency, captured)
    const record = refund({ paymentId: payment, currency, amount, stage: 'Refunded' })
    expect(await outcomes([record])).toEqual(['written'])
    expect(rig.shown(record.refundId)).toMatchObject([{ amount: shown }])
    expect(rig.refundedOf(payment)).toBe(shown)
  })

  it('never goes back to an older version, and says that the CRM is ahead', async () => {
    const newest = refund({ version: 5, stage: 'Refunded' })
    await rig.crm.upsertRefunds([newest])
    expect(await outcomes([{ ...newest, version: 4, stage: 'Sent to gateway' }])).toEqual(['newer'])
    expect(rig.shown(newest.refundId)).toMatchObject([{ version: 5, stage: 'Refunded' }])
    expect(await outcomes([newest])).toEqual(['written'])
  })

  it('writes once when the answer is lost after the write and the caller repeats it', async () => {
    const records = [refund(), refund()]
    await rig.crm.upsertRefunds([refund()])
    rig.fault('write_then_drop_answer')
    await expect(rig.crm.upsertRefunds(records)).rejects.toMatchObject({ name: 'CrmError', kind: 'unavailable' })
    expect(await outcomes(records)).toEqual(['written', 'written'])
    for (const { refundId } of records) expect(rig.shown(refundId)).toHaveLength(1)
  })

  it('tells apart the rows that were written, that may pass later and that need a person, in the order given', async () => {
    const elsewhere = await rig.addPayment()
    const moved = refund()
    await rig.crm.upsertRefunds([moved])
    const [locked, ruled, orphan] = [refund(), refund(), refund({ paymentId: 'a01000000000999AAA' })]
    rig.fault('lock_some_rows', false, [locked.refundId])
    rig.fault('refuse_some_rows', false, [ruled.refundId])
    const results = await rig.crm.upsertRefunds([
      refund(),
      locked,
      ruled,
      orphan,
      { ...moved, version: 2, paymentId: elsewhere },
      refund(),
    ])
    expect(results.map(({ outcome }) => outcome)).toEqual(['written', 'retry', 'person', 'person', 'person', 'written'])
    expect(results[2]).toMatchObject({
      refundId: ruled.refundId,
      detail: expect.stringContaining('Finance has closed this month.'),
    })
    expect(rig.shown(moved.refundId)).toMatchObject([{ paymentId, version: 1 }])
    expect(await outcomes([locked])).toEqual(['written'])
  })

  it('writes 1,000 refunds in one API call, and counts the calls as the CRM does', async () => {
    await rig.crm.upsertRefunds([refund()])
    const before = rig.apiCalls()
    const records = Array.from({ length: 1000 }, () => refund())
    const results = await rig.crm.upsertRefunds(records)
    expect(results).toEqual(records.map(({ refundId }) => ({ refundId, outcome: 'written' })))
    expect(rig.apiCalls() - before).toBe(1)
    expect(rig.crm.apiUsage).toEqual({ used: rig.apiCalls(), limit: expect.any(Number) })
  })

  it.each([
    ['down', 'unavailable'],
    ['busy', 'unavailable'],
    ['daily_limit', 'limit'],
  ] as const)('calls a CRM that is %s %s, writes nothing, and goes on when it is back', async (fault, kind) => {
    const record = refund()
    rig.fault(fault, true)
    await expect(rig.crm.upsertRefunds([record])).rejects.toMatchObject({ name: 'CrmError', kind })
    await expect(rig.crm.permittedUsers()).rejects.toMatchObject({ name: 'CrmError', kind })
    expect(rig.shown(record.refundId)).toEqual([])
    rig.heal()
    expect(await outcomes([record])).toEqual(['written'])
  })

  it('logs in once for callers that come together, and once when the session of all of them has expired', async () => {
    const callers = () => Promise.all(Array.from({ length: 12 }, () => outcomes([refund()])))
    expect((await callers()).flat()).toEqual(Array(12).fill('written'))
    expect(rig.logins()).toBe(1)
    rig.expireSessions()
    expect((await callers()).flat()).toEqual(Array(12).fill('written'))
    expect(rig.logins()).toBe(2)
  })

  it('names the active users who hold the permission now, directly or by a group, in one API call', async () => {
    const [direct, grouped, temporary, expired, inactive, nobody] = await Promise.all([
      ...[1, 2, 3, 4].map(() => rig.addUser()),
      rig.addUser({ active: false }),
      rig.addUser(),
    ])
    await rig.permit(direct!, 'directly')
    await rig.permit(direct!, 'by group')
    await rig.permit(grouped!, 'by group')
    await rig.permit(temporary!, 'until tomorrow')
    await rig.permit(expired!, 'expired')
    await rig.permit(inactive!, 'directly')
    const before = rig.apiCalls()
    const permitted = await rig.crm.permittedUsers()
    expect(rig.apiCalls() - before).toBe(1)
    expect([direct, grouped, temporary].map((user) => permitted.has(user!))).toEqual([true, true, true])
    expect([expired, inactive, nobody].filter((user) => permitted.has(user!))).toEqual([])
    for (const user of permitted) expect(user).toMatch(/^005\w{15}$/)

    rig.withdraw(grouped!)
    rig.withdraw(temporary!)
    rig.withdraw(direct!)
    const afterwards = await rig.crm.permittedUsers()
    // Withdrawing takes the direct assignment alone; the group's stands.
    expect([direct, grouped, temporary].map((user) => afterwards.has(user!))).toEqual([true, true, false])
  })

  it('reads every page of a long list of users', async () => {
    const users: string[] = []
    for (let count = 0; count < 2_100; count++) users.push(await rig.addUser())
    for (const user of users) await rig.permit(user, 'directly')
    const permitted = await rig.crm.permittedUsers()
    expect(users.filter((user) => !permitted.has(user))).toEqual([])
  })
})
