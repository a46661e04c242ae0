import { applyEvidence } from '../../../middleware/refunds/apply-evidence.ts'
import { findBalance, findRefund } from '../../../middleware/refunds/refund-store.ts'
import type { RefundState } from '../../../middleware/refunds/refund.ts'
import { refundStory } from '../../../middleware/refunds/refund-story.ts'
import { SETTLEMENTS, releaseByHand, settleByHand } from '../../../middleware/refunds/settle-by-hand.ts'
import type { Gateway } from '../../../middleware/gateways/gateway.ts'
import { freshDatabase } from '../../fresh-database.ts'
import type { FreshDatabase } from '../../fresh-database.ts'
import { ORG_ID, refundIn } from './ledger-rows.ts'

const WORD = { reason: 'Paid on 3 Nov by the portal', by: 'ada', gatewayReference: null } as const
const gateway = { label: 'Adyen', capabilities: { holdAfterLateFailureMs: 0 } } as Gateway

describe('settling by hand', () => {
  let db: FreshDatabase
  beforeAll(async () => {
    db = await freshDatabase()
  })
  afterAll(() => db.close())

  it.each(
    (['requested', 'submitting', 'unknown', 'pending', 'succeeded', 'failed', 'rejected', 'reversed'] as const).flatMap(
      (from: RefundState) => SETTLEMENTS.map((to) => [from, to] as const),
    ),
  )('of a refund that is %s as %s is stored or refused as a whole', async (from, to) => {
    const possible = [
      'unknown succeeded',
      'unknown failed',
      'pending succeeded',
      'pending failed',
      'pending reversed',
    ].concat(['succeeded failed', 'succeeded reversed', 'failed succeeded'])
    const { id } = await refundIn(db.database, from)
    const settling = settleByHand(db.database, id, { ...WORD, outcome: to })
    if (possible.includes(`${from} ${to}`)) expect(await settling).toMatchObject({ state: to })
    else {
      await expect(settling).rejects.toMatchObject({ code: 'settlement_not_possible' })
      expect(await findRefund(db.database, ORG_ID, id)).toMatchObject({ state: from, version: 1 })
    }
  })

  it('leaves an audit row that says who, from, to and why', async () => {
    const { id } = await refundIn(db.database, 'unknown')
    await settleByHand(db.database, id, { ...WORD, outcome: 'succeeded' })
    const story = await refundStory(db.database, id)
    expect(story!.changes.at(-1)).toMatchObject({
      from: 'unknown',
      to: 'succeeded',
      evidence: 'settled by ada: Paid on 3 Nov by the portal',
    })
  })

  it('with the reference of another refund is refused, and says so', async () => {
    const other = await refundIn(db.database, 'unknown')
    await settleByHand(db.database, other.id, { ...WORD, outcome: 'succeeded', gatewayReference: 'RF-TAKEN' })
    const { id } = await refundIn(db.database, 'unknown')
    await expect(
      settleByHand(db.database, id, { ...WORD, outcome: 'succeeded', gatewayReference: 'RF-TAKEN' }),
    ).rejects.toMatchObject({
      code: 'settlement_not_possible',
      details: { remedy: expect.stringContaining('RF-TAKEN is already the reference of another refund') },
    })
    expect(await findRefund(db.database, ORG_ID, id)).toMatchObject({ state: 'unknown', version: 1 })
  })

  it('with another reference than its gateway gave it is refused: what was found is another refund', async () => {
    const { id } = await refundIn(db.database, 'pending')
    await db.database.query(`UPDATE refunds SET gateway_reference = 'RF-OWN' WHERE id = $1`, [id])
    const settle = (gatewayReference: string) =>
      settleByHand(db.database, id, { ...WORD, outcome: 'succeeded', gatewayReference })
    await expect(settle('RF-OTHER')).rejects.toMatchObject({
      code: 'settlement_not_possible',
      details: { remedy: 'Its gateway knows it as RF-OWN, so RF-OTHER is another refund: look for RF-OWN.' },
    })
    expect(await settle('RF-OWN')).toMatchObject({ state: 'succeeded' })
  })

  it('gives way to what the gateway says later of an earlier time', async () => {
    const { id } = await refundIn(db.database, 'unknown')
    await settleByHand(db.database, id, { ...WORD, outcome: 'failed' })
    await applyEvidence(db.database, gateway, id, {
      source: 'event 7 REFUND',
      kind: 'refund_succeeded',
      occurredAt: new Date('2026-01-01T00:00:00Z'),
      gatewayReference: 'RF7',
      amount: { value: '10.00', currency: 'EUR' },
      failure: null,
    })
    expect(await findRefund(db.database, ORG_ID, id)).toMatchObject({ state: 'succeeded', failure: null })
  })

  it('as failed gives the amount back once', async () => {
    const { id, paymentId } = await refundIn(db.database, 'unknown')
    await settleByHand(db.database, id, { ...WORD, outcome: 'failed' })
    await expect(settleByHand(db.database, id, { ...WORD, outcome: 'failed' })).rejects.toThrow()
    expect((await findBalance(db.database, ORG_ID, paymentId))!.refundable.toDecimal()).toBe('100.00')
  })

  it('releases what a late failure holds, and only that', async () => {
    const { id, paymentId } = await refundIn(db.database, 'succeeded')
    await expect(releaseByHand(db.database, id, WORD)).rejects.toMatchObject({ code: 'settlement_not_possible' })
    await db.database.query(
      `UPDATE refunds SET state = 'failed', held_until = relay_now() + interval '10 days', evidence = 'event' WHERE id = $1`,
      [id],
    )
    expect((await findBalance(db.database, ORG_ID, paymentId))!.refundable.toDecimal()).toBe('90.00')
    await releaseByHand(db.database, id, WORD)
    expect((await findBalance(db.database, ORG_ID, paymentId))!.refundable.toDecimal()).toBe('100.00')
    expect((await refundStory(db.database, id))!.changes.at(-1)!.evidence).toMatch(/^released by ada/)
  })
})
