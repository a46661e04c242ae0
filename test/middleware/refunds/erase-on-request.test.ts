import { RefundError } from '../../../middleware/errors.ts'
import { NotErasableError, eraseOnRequest } from '../../../middleware/refunds/erase-on-request.ts'
import type { ToErase } from '../../../middleware/refunds/erase-on-request.ts'
import { refundStory } from '../../../middleware/refunds/refund-story.ts'
import { freshDatabase } from '../../fresh-database.ts'
import type { FreshDatabase } from '../../fresh-database.ts'
import { ORG_ID } from './ledger-rows.ts'
import { toldEvent, toldRefund, whereTheNameIs } from './told-refunds.ts'

const WHO = { by: 'ada', reason: 'data subject request 17' }
const OTHER_ORG = '00D000000000002EAA'

describe('erasing on request', () => {
  let db: FreshDatabase
  beforeEach(async () => {
    db = await freshDatabase()
  })
  afterEach(() => db.close())

  const erase = (what: ToErase) => eraseOnRequest(db.database, what, WHO)
  const payment = (paymentId: string | null, orgId: string | null = null): ToErase => ({
    kind: 'payment',
    paymentId: paymentId!,
    orgId,
  })

  it('takes all refunds of a payment with what was sent and told of them, and nothing of another payment', async () => {
    const first = await toldRefund(db.database, 1)
    const second = await toldRefund(db.database, 2, { paymentId: first.paymentId!, state: 'succeeded' })
    const byReference = await toldEvent(db.database, 1, { refund: `REF${second.id}` })
    const other = await toldRefund(db.database, 3)
    expect(await erase(payment(first.paymentId))).toEqual({ refunds: [second.id, first.id], events: 3 })
    const left = await whereTheNameIs(db.database)
    expect(left.filter((place) => !place.endsWith(other.id) && !place.endsWith(` ${other.eventId}`))).toEqual([])
    expect(left).toHaveLength(4)
    expect(left).not.toContain(`gateway_events ${byReference}`)
  })

  it('leaves who, when and why in the history of each refund, which can only grow', async () => {
    const { id, paymentId } = await toldRefund(db.database, 1)
    await erase(payment(paymentId))
    await erase(payment(paymentId))
    const story = (await refundStory(db.database, id))!
    expect(story.changes.slice(-2)).toMatchObject(
      [1, 2].map(() => ({ from: 'failed', to: 'failed', evidence: 'erased by ada: data subject request 17' })),
    )
    expect(story.refund).toMatchObject({ note: null, lineItems: null, failure: { gatewayMessage: null } })
    expect(story.refund.erasedAt!.getTime()).toBeGreaterThanOrEqual(story.changes.at(-1)!.changedAt.getTime())
    await expect(db.database.query(`UPDATE refund_changes SET evidence = 'erased by bo'`)).rejects.toThrow(
      'append-only',
    )
  })

  it('takes a credit, its sealed bank account included, and refuses the refund of a payment in its place', async () => {
    const { id } = await toldRefund(db.database, 1, { kind: 'credit', state: 'succeeded' })
    expect(await erase({ kind: 'credit', id })).toEqual({ refunds: [id], events: 1 })
    expect(await whereTheNameIs(db.database)).toEqual([])
    const refund = await toldRefund(db.database, 1)
    await expect(erase({ kind: 'credit', id: refund.id })).rejects.toThrow(
      `Nothing was erased: ${refund.id} is the refund of a payment, so erase that payment.`,
    )
  })

  it.each([
    ['is pending', `state = 'pending'`],
    ['is unknown', `state = 'unknown'`],
    ['holds its amount, for its gateway may repair it', `held_until = relay_now() + interval '1 day'`],
    ['is not in Salesforce as it is now', 'crm_version = 0'],
    ['has changed in the last ten minutes', `updated_at = relay_now() - interval '9 minutes'`],
  ])('is refused, and erases nothing, while one of the refunds %s', async (because, change) => {
    const open = await toldRefund(db.database, 1)
    const { id } = await toldRefund(db.database, 2, { paymentId: open.paymentId! })
    await db.database.query('ALTER TABLE refunds DISABLE TRIGGER guard_refund')
    await db.database.query(`UPDATE refunds SET ${change} WHERE id = $1`, [open.id])
    const refused: unknown = await erase(payment(open.paymentId)).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(NotErasableError)
    expect((refused as Error).message).toBe(`Nothing was erased, for not everything is over: ${open.id} ${because}.`)
    expect(await whereTheNameIs(db.database)).toContain(`refunds ${id}`)
  })

  it('takes one that a person was told of: closed in Salesforce or not, the mark stays here', async () => {
    const { id, paymentId } = await toldRefund(db.database, 1, { state: 'reversed' })
    await db.database.query(
      `UPDATE refunds SET attention_code = 'came_back', attention = 'The money came back.' WHERE id = $1`,
      [id],
    )
    await db.database.query('UPDATE refunds SET crm_version = version, crm_due_at = NULL WHERE id = $1', [id])
    await db.database.query('ALTER TABLE refunds DISABLE TRIGGER guard_refund')
    await db.database.query(`UPDATE refunds SET updated_at = relay_now() - interval '1 day' WHERE id = $1`, [id])
    expect(await erase(payment(paymentId))).toMatchObject({ refunds: [id] })
    expect(await whereTheNameIs(db.database)).toEqual([])
    expect((await refundStory(db.database, id))!.refund.attention).toMatchObject({ code: 'came_back' })
  })

  it('is refused while an event is still to be applied', async () => {
    const { id, paymentId } = await toldRefund(db.database, 1)
    const event = await toldEvent(db.database, 1, { refund: `REF${id}`, isDue: true, outcome: 'too_early' })
    await expect(erase(payment(paymentId))).rejects.toThrow(`event ${event} is still to be applied.`)
    expect(await whereTheNameIs(db.database)).toContain(`refunds ${id}`)
  })

  it('asks which org is meant where a copy of it has the same record id', async () => {
    const { id, paymentId } = await toldRefund(db.database, 1)
    const copy = await toldRefund(db.database, 1, { paymentId: paymentId!, orgId: OTHER_ORG })
    await expect(erase(payment(paymentId))).rejects.toThrow(`--org which: ${ORG_ID}, ${OTHER_ORG}.`)
    expect(await erase(payment(paymentId, OTHER_ORG))).toMatchObject({ refunds: [copy.id] })
    expect(await whereTheNameIs(db.database)).toContain(`refunds ${id}`)
  })

  it('says when there is nothing of that id', async () => {
    const none = await Promise.allSettled([
      erase(payment('a01000000000000AAA')),
      erase({ kind: 'credit', id: '00000000-0000-4000-8000-000000000000' }),
    ])
    expect(none.map((each) => (each.status === 'rejected' ? (each.reason as RefundError).code : each))).toEqual([
      'payment_not_found',
      'refund_not_found',
    ])
  })
})
