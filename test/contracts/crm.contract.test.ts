import type { CrmRecord, RefundRecord } from '../../middleware/crm/crm.ts'
import {
  breakRecord,
  creditRecord,
  exposureRecord,
  paymentRecord,
  refundRecord,
} from '../middleware/crm/crm-records.ts'
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
  const outcomes = async (records: readonly CrmRecord[]) =>
    (await rig.crm.upsert(records)).map(({ outcome }) => outcome)

  it('shows a refund once, in its newest state, and counts it as refunded only when it succeeded', async () => {
    const first = refund()
    expect(await rig.crm.upsert([first])).toEqual([{ id: first.id, outcome: 'written' }])
    expect(rig.refundedOf(paymentId)).toBe('EUR 0.00')
    const paid = { ...first, version: 2, stage: 'Refunded', decidedAt: '2026-03-02T10:00:00.000Z' } as const
    expect(await outcomes([paid])).toEqual(['written'])
    expect(rig.refundedOf(paymentId)).toBe('EUR 12.30')
    expect(rig.shown(first)).toEqual([{ paymentId, version: 2, stage: 'Refunded', amount: 'EUR 12.30' }])
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
    expect(rig.shown(record)).toMatchObject([{ amount: shown }])
    expect(rig.refundedOf(payment)).toBe(shown)
  })

  it('never goes back to an older version, and says that the CRM is ahead', async () => {
    const newest = refund({ version: 5, stage: 'Refunded' })
    await rig.crm.upsert([newest])
    expect(await outcomes([{ ...newest, version: 4, stage: 'Sent to gateway' }])).toEqual(['newer'])
    expect(rig.shown(newest)).toMatchObject([{ version: 5, stage: 'Refunded' }])
    expect(await outcomes([newest])).toEqual(['written'])
  })

  it('writes once when the answer is lost after the write and the caller repeats it', async () => {
    const records = [refund(), refund()]
    await rig.crm.upsert([refund()])
    rig.fault('write_then_drop_answer')
    await expect(rig.crm.upsert(records)).rejects.toMatchObject({ name: 'CrmError', kind: 'unavailable' })
    expect(await outcomes(records)).toEqual(['written', 'written'])
    for (const record of records) expect(rig.shown(record)).toHaveLength(1)
  })

  it('tells apart the rows that were written, that may pass later and that need a person, in the order given', async () => {
    const elsewhere = await rig.addPayment()
    const moved = refund()
    await rig.crm.upsert([moved])
    const [locked, ruled, orphan] = [refund(), refund(), refund({ paymentId: 'a01000000000999AAA' })]
    rig.fault('lock_some_rows', false, [locked.id])
    rig.fault('refuse_some_rows', false, [ruled.id])
    const results = await rig.crm.upsert([
      refund(),
      locked,
      ruled,
      orphan,
      { ...moved, version: 2, paymentId: elsewhere },
      refund(),
    ])
    expect(results.map(({ outcome }) => outcome)).toEqual(['written', 'retry', 'person', 'person', 'person', 'written'])
    expect(results[2]).toMatchObject({
      id: ruled.id,
      detail: expect.stringContaining('Finance has closed this month.'),
    })
    expect(rig.shown(moved)).toMatchObject([{ paymentId, version: 1 }])
    expect(await outcomes([locked])).toEqual(['written'])
  })

  it('writes 1,000 refunds in one API call, and counts the calls as the CRM does', async () => {
    await rig.crm.upsert([refund()])
    const before = rig.apiCalls()
    const records = Array.from({ length: 1000 }, () => refund())
    const results = await rig.crm.upsert(records)
    expect(results).toEqual(records.map(({ id }) => ({ id, outcome: 'written' })))
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
    await expect(rig.crm.upsert([record])).rejects.toMatchObject({ name: 'CrmError', kind })
    await expect(rig.crm.permittedUsers()).rejects.toMatchObject({ name: 'CrmError', kind })
    const reference = { gateway: 'adyen', gatewayAccount: 'a', gatewayReference: 'b' }
    await expect(rig.crm.findPayments([reference])).rejects.toMatchObject({ name: 'CrmError', kind })
    expect(rig.shown(record)).toEqual([])
    rig.heal()
    expect(await outcomes([record])).toEqual(['written'])
  })

  it('shows a credit, which belongs to no payment', async () => {
    const credit = creditRecord({ amount: '7.05' })
    expect(await rig.crm.upsert([credit])).toEqual([{ id: credit.id, outcome: 'written' }])
    expect(await outcomes([{ ...credit, version: 3, stage: 'Refunded' }])).toEqual(['written'])
    expect(await outcomes([{ ...credit, version: 2 }])).toEqual(['newer'])
    expect(rig.shown(credit)).toEqual([{ paymentId: null, version: 3, stage: 'Refunded', amount: 'EUR 7.05' }])
  })

  it('shows a break while it is open, with or without a payment, and leaves alone what people wrote about it', async () => {
    const open = [breakRecord({ paymentId }), breakRecord({ paymentId: null })]
    expect(await outcomes(open)).toEqual(['written', 'written'])
    const [found] = open
    rig.handle(found!.id, 'Explained by the gateway', 'Booked a day later.')
    expect(await outcomes([{ ...found!, version: 2, closedAt: '2026-03-09T10:00:00.000Z' }])).toEqual(['written'])
    expect(await outcomes([found!])).toEqual(['newer'])
    expect(rig.shown(found!)).toMatchObject([{ paymentId, version: 2 }])
    expect(rig.shown(open[1]!)).toMatchObject([{ paymentId: null, version: 1 }])
    expect(rig.handlingOf(found!.id)).toMatchObject({ handled: true, how: 'Explained by the gateway' })
  })

  it('counts an exposure as long as the money is at risk, and leaves alone what people wrote about it', async () => {
    const exposure = exposureRecord({ paymentId })
    expect(await outcomes([exposure])).toEqual(['written'])
    expect(rig.exposedOf(paymentId)).toBe('EUR 12.30')
    rig.handle(exposure.id, 'Claim withdrawn', 'The payer called.')
    const closed = { ...exposure, version: 2, atRisk: false, closedAt: '2026-03-09T10:00:00.000Z' }
    expect(await outcomes([closed])).toEqual(['written'])
    expect(await outcomes([exposure])).toEqual(['newer'])
    expect(rig.exposedOf(paymentId)).toBe('EUR 0.00')
    expect(rig.shown(exposure)).toEqual([{ paymentId, version: 2, stage: null, amount: 'EUR 12.30' }])
    expect(rig.handlingOf(exposure.id)).toEqual({ handled: true, how: 'Claim withdrawn', note: 'The payer called.' })
    const elsewhere = { ...closed, version: 3, paymentId: await rig.addPayment() }
    expect(await outcomes([elsewhere])).toEqual(['person'])
  })

  it('takes off what is refundable what the bank has taken back, and gives it back when the dispute is won', async () => {
    await outcomes([refund({ stage: 'Refunded' })])
    const charged = paymentRecord({ id: paymentId, chargedBack: '80.05' })
    expect(await rig.crm.upsert([charged])).toEqual([{ id: paymentId, outcome: 'written' }])
    expect([rig.chargedBackOf(paymentId), rig.refundableOf(paymentId)]).toEqual(['80.05', 'EUR 7.65'])
    expect(await outcomes([{ ...charged, version: 2, chargedBack: '100.00' }])).toEqual(['written'])
    expect(rig.refundableOf(paymentId)).toBe('EUR 0.00')
    expect(await outcomes([{ ...charged, version: 3, chargedBack: '0' }])).toEqual(['written'])
    expect([rig.chargedBackOf(paymentId), rig.refundableOf(paymentId)]).toEqual(['0', 'EUR 87.70'])
    expect(rig.refundedOf(paymentId)).toBe('EUR 12.30')
  })

  it('updates payments in the same API call as the rest, and creates none', async () => {
    const [locked, ruled, gone] = [await rig.addPayment(), await rig.addPayment(), await rig.addPayment()]
    const dinar = await rig.addPayment('KWD', '2.000')
    await outcomes([refund()])
    rig.removePayment(gone)
    rig.fault('lock_some_rows', true, [locked])
    rig.fault('refuse_some_rows', true, [ruled])
    const charged = (id: string, chargedBack = '1.00') => paymentRecord({ id, chargedBack })
    const before = rig.apiCalls()
    expect(
      await outcomes([
        charged(paymentId),
        refund(),
        ...[locked, ruled, gone, 'a01000000000999AAA'].map((id) => charged(id)),
        charged(dinar, '0.001'),
      ]),
    ).toEqual(['written', 'written', 'retry', 'person', 'person', 'person', 'written'])
    expect(rig.apiCalls() - before).toBe(1)
    expect(rig.refundableOf(dinar)).toBe('KWD 1.999')
    rig.heal()
    expect(await outcomes([charged(locked)])).toEqual(['written'])
    expect([rig.chargedBackOf(locked), rig.chargedBackOf(ruled)]).toEqual(['1', '0'])
  })

  it('takes records of three types in one API call, each with a result of its own, in the order given', async () => {
    await outcomes([refund(), creditRecord(), exposureRecord({ paymentId })])
    const records = Array.from({ length: 200 }, () => [refund(), creditRecord(), exposureRecord({ paymentId })]).flat()
    const [locked, ruled] = [records[301]!, records[302]!]
    rig.fault('lock_some_rows', true, [locked.id])
    rig.fault('refuse_some_rows', true, [ruled.id])
    const before = rig.apiCalls()
    const results = await rig.crm.upsert(records)
    expect(rig.apiCalls() - before).toBe(1)
    expect(results.map(({ id }) => id)).toEqual(records.map(({ id }) => id))
    const told = (id: string) => (id === locked.id ? 'retry' : id === ruled.id ? 'person' : 'written')
    expect(results.map(({ outcome }) => outcome)).toEqual(records.map(({ id }) => told(id)))
    rig.heal()
    expect(await outcomes([locked])).toEqual(['written'])
  })

  it('finds payments by how their gateway knows them, to the last digit, in one API call', async () => {
    const at = (gateway: string, gatewayReference: string) => ({ gateway, gatewayAccount: 'Shop-1', gatewayReference })
    const wanted = [
      [at('adyen', 'PSP9'), 'EUR', '999999999999.99'],
      [at('gocardless', 'PSP9'), 'JPY', '500'],
      [at('braintree', "p'9"), 'KWD', '0.001'],
    ] as const
    const ids: string[] = []
    for (const [reference, currency, amount] of wanted) ids.push(await rig.addPayment(currency, amount, reference))
    await rig.crm.findPayments([at('adyen', 'nobody')])
    const before = rig.apiCalls()
    const found = await rig.crm.findPayments([
      at('adyen', 'psp9'),
      ...wanted.map(([reference]) => reference),
      // As long as references get, and as many as one call takes.
      ...Array.from({ length: 196 }, (_, place) => at('adyen', `${place}`.padStart(200, 'X'))),
    ])
    expect(rig.apiCalls() - before).toBe(1)
    expect(found.toSorted((a, b) => ids.indexOf(a.paymentId) - ids.indexOf(b.paymentId))).toEqual(
      wanted.map(([reference, currency, captured], place) => ({
        ...reference,
        paymentId: ids[place],
        captured,
        currency,
      })),
    )
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
    expect([direct, grouped, temporary].map((user) => permitted.refunds.has(user!))).toEqual([true, true, true])
    expect([expired, inactive, nobody].filter((user) => permitted.refunds.has(user!))).toEqual([])
    for (const user of permitted.refunds) expect(user).toMatch(/^005\w{15}$/)

    rig.withdraw(grouped!)
    rig.withdraw(temporary!)
    rig.withdraw(direct!)
    const afterwards = await rig.crm.permittedUsers()
    // Withdrawing takes the direct assignment alone; the group's stands.
    expect([direct, grouped, temporary].map((user) => afterwards.refunds.has(user!))).toEqual([true, true, false])
  })

  it('keeps the right to refund and the right to credit apart', async () => {
    const [refunds, credits, both] = await Promise.all([rig.addUser(), rig.addUser(), rig.addUser()])
    await rig.permit(refunds, 'directly')
    await rig.permit(credits, 'by group', 'credits')
    await rig.permit(both, 'by group')
    await rig.permit(both, 'directly', 'credits')
    const before = rig.apiCalls()
    const permitted = await rig.crm.permittedUsers()
    expect(rig.apiCalls() - before).toBeLessThanOrEqual(2)
    const users = [refunds, credits, both]
    expect(users.map((user) => permitted.refunds.has(user))).toEqual([true, false, true])
    expect(users.map((user) => permitted.credits.has(user))).toEqual([false, true, true])
    rig.withdraw(both, 'credits')
    expect((await rig.crm.permittedUsers()).credits.has(both)).toBe(false)
  })

  it('reads every page of a long list of users', async () => {
    const users: string[] = []
    for (let count = 0; count < 2_100; count++) users.push(await rig.addUser())
    for (const user of users) await rig.permit(user, 'directly')
    const permitted = await rig.crm.permittedUsers()
    expect(users.filter((user) => !permitted.refunds.has(user))).toEqual([])
  })
})
