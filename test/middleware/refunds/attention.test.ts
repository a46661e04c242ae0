import type { GatewayAccount } from '../../../middleware/refunds/gateway-accounts.ts'
import { attentionList } from '../../../middleware/refunds/attention-list.ts'
import { markSilence } from '../../../middleware/refunds/mark-silence.ts'
import { findRefund } from '../../../middleware/refunds/refund-store.ts'
import { freshDatabase } from '../../fresh-database.ts'
import type { FreshDatabase } from '../../fresh-database.ts'
import { ORG_ID, refundIn } from './ledger-rows.ts'

describe('what needs a person', () => {
  let db: FreshDatabase
  beforeEach(async () => {
    db = await freshDatabase()
    await db.database.query('INSERT INTO orgs (org_id) VALUES ($1)', [ORG_ID])
  })
  afterEach(() => db.close())

  /** The connection, as far as silence concerns it; one that can be asked has a look-up. */
  const account = (canBeAsked: boolean) =>
    ({
      account: 'RefundRelayECOM',
      orgId: ORG_ID,
      live: false,
      gateway: { name: 'adyen', label: 'Adyen', ...(canBeAsked && { lookUpRefund: () => null }) },
    }) as unknown as GatewayAccount
  const sent = (id: string, ago: string) =>
    db.database.query(`UPDATE refunds SET sent_at = relay_now() - $2::interval WHERE id = $1`, [id, ago])
  const move = (id: string, state: string) =>
    db.database.query(`UPDATE refunds SET state = $2, evidence = 'test' WHERE id = $1`, [id, state])
  const marked = async (id: string) =>
    (
      await db.database.query<{ code: string | null; isNew: boolean; version: number }>(
        `SELECT attention_code AS code, attention_version > crm_version AS "isNew", version FROM refunds WHERE id = $1`,
        [id],
      )
    )[0]!
  const written = (id: string) =>
    db.database.query(`UPDATE refunds SET crm_version = version, crm_due_at = NULL WHERE id = $1`, [id])
  const listed = async () => (await attentionList(db.database)).map(({ subject, code }) => `${subject} ${code}`)

  it('is what has been unknown for an hour, whoever asks or does not ask about it', async () => {
    const { id } = await refundIn(db.database, 'unknown')
    await sent(id, '59 minutes')
    expect(await markSilence(db.database, [])).toBe(0)
    await sent(id, '61 minutes')
    expect(await markSilence(db.database, [])).toBe(1)
    expect(await marked(id)).toMatchObject({ code: 'unknown_for_long', isNew: true })
    expect(await markSilence(db.database, [])).toBe(0)
  })

  it('is told to Salesforce as new until it holds it', async () => {
    const { id } = await refundIn(db.database, 'unknown')
    await db.database.query(
      `UPDATE refunds SET attention = 'Look at it.', attention_code = 'gateway_silent' WHERE id = $1`,
      [id],
    )
    const told = async () => (await findRefund(db.database, ORG_ID, id))!.attention
    const [row] = await db.database.query<{ since: Date }>('SELECT attention_at AS since FROM refunds WHERE id = $1', [
      id,
    ])
    expect(await told()).toEqual({ code: 'gateway_silent', reason: 'Look at it.', since: row!.since, isNew: true })
    await written(id)
    expect((await told())!.isNew).toBe(false)
  })

  it.each([
    ['cannot be asked', false, '5 days'],
    ['can be asked', true, '14 days'],
  ])('is a refund of which a gateway that %s has told nothing for long', async (_gateway, canBeAsked, patience) => {
    const { id } = await refundIn(db.database, 'pending')
    await db.database.query(
      `UPDATE refunds SET sent_at = relay_now() - $2::interval + interval '1 minute' WHERE id = $1`,
      [id, patience],
    )
    expect(await markSilence(db.database, [account(canBeAsked)])).toBe(0)
    await sent(id, patience)
    expect(await markSilence(db.database, [account(canBeAsked)])).toBe(1)
    const [item] = await attentionList(db.database)
    expect(item).toMatchObject({
      code: 'gateway_silent',
      reason: `Adyen has not told for ${patience} what became of this refund.`,
      remedy: 'Compare with the records of the gateway.',
      state: 'pending',
    })
  })

  it('is over by itself when something is told, and not while the same attempt is sent again', async () => {
    const { id } = await refundIn(db.database, 'unknown')
    await sent(id, '2 hours')
    await markSilence(db.database, [])
    await move(id, 'submitting')
    await move(id, 'unknown')
    expect((await marked(id)).code).toBe('unknown_for_long')
    await move(id, 'pending')
    expect((await marked(id)).code).toBeNull()
    expect(await listed()).toEqual([])
  })

  it('is news to Salesforce again when it is raised for another reason, and not when the same is said twice', async () => {
    const { id } = await refundIn(db.database, 'succeeded')
    const raise = (code: string, reason: string) =>
      db.database.query('UPDATE refunds SET attention_code = $2, attention = $3 WHERE id = $1', [id, code, reason])
    await raise('amount_differs', 'The gateway reports EUR 9.00.')
    await written(id)
    const { version } = await marked(id)
    await raise('amount_differs', 'The gateway reports EUR 9.00.')
    expect(await marked(id)).toEqual({ code: 'amount_differs', isNew: false, version })
    await raise('amount_differs', 'The gateway reports EUR 8.00.')
    expect(await marked(id)).toEqual({ code: 'amount_differs', isNew: true, version: version + 1 })
  })

  it('is money out twice, on the exposure and on its refund; raised again when more is out, over when none is', async () => {
    const { id, paymentId } = await refundIn(db.database, 'succeeded')
    const charge = (amount: number) =>
      db.database.query('UPDATE payments SET refunded = 10, charged_back = $2 WHERE payment_id = $1', [
        paymentId,
        amount,
      ])
    await charge(95)
    expect((await listed()).sort()).toEqual(['exposure double_refund', 'refund double_refund'])
    await written(id)
    await charge(100)
    expect((await marked(id)).isNew).toBe(true)
    await charge(0)
    expect(await listed()).toEqual([])
  })

  it('is what Salesforce refuses, beside any other reason, with its words; longest waiting first', async () => {
    const { id } = await refundIn(db.database, 'unknown')
    await sent(id, '2 hours')
    await db.database.query(
      `UPDATE refunds SET crm_refusal = 'Finance has closed this month.', crm_refused_at = relay_now() - interval '3 days' WHERE id = $1`,
      [id],
    )
    await markSilence(db.database, [])
    const items = await attentionList(db.database, { orgId: ORG_ID })
    expect(items.map(({ code, reason }) => [code, reason])).toEqual([
      ['write_refused', 'Finance has closed this month.'],
      ['unknown_for_long', 'What became of this refund has been unknown for more than an hour.'],
    ])
    expect(items[0]!.ageSeconds).toBe(3 * 86_400)
    expect(items[0]!.amount!.toString()).toBe('EUR 10.00')
    expect(await attentionList(db.database, { orgId: '00D000000000002EAA' })).toEqual([])
  })
})
