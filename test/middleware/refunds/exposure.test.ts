import { freshDatabase } from '../../fresh-database.ts'
import type { FreshDatabase } from '../../fresh-database.ts'
import { ORG_ID, refundIn } from './ledger-rows.ts'

describe('money that is out twice', () => {
  let db: FreshDatabase
  let payment: string
  let refund: string
  beforeAll(async () => {
    db = await freshDatabase()
  })
  afterAll(() => db.close())
  beforeEach(async () => {
    // EUR 100.00, of which 10.00 were refunded.
    const made = await refundIn(db.database, 'succeeded')
    payment = made.paymentId
    refund = made.id
  })

  const dispute = (amount: number, open = true) =>
    db.database.query(
      `INSERT INTO chargebacks AS c (gateway, gateway_account, reference, org_id, payment_id, amount, open)
       VALUES ('adyen', 'RefundRelayECOM', $1, $2, $1, $3, $4)
       ON CONFLICT (gateway, gateway_account, reference) DO UPDATE SET open = excluded.open, amount = excluded.amount`,
      [payment, ORG_ID, amount, open],
    )
  const exposures = () =>
    db.database.query(
      'SELECT kind, amount, at_risk, closed_at IS NOT NULL AS closed, crm_due_at IS NOT NULL AS due FROM exposures WHERE payment_id = $1',
      [payment],
    )

  it('is what was refunded and charged back beyond what was captured', async () => {
    await dispute(95)
    expect(await exposures()).toEqual([
      { kind: 'double_refund', amount: '5.000', at_risk: true, closed: false, due: true },
    ])
  })

  it('is nothing while the rest of the payment covers it', async () => {
    await dispute(90)
    expect(await exposures()).toEqual([])
  })

  it('closes when the bank gives the money back, and opens again as the same row', async () => {
    await dispute(100)
    await dispute(100, false)
    expect(await exposures()).toEqual([
      { kind: 'double_refund', amount: '10.000', at_risk: false, closed: true, due: true },
    ])
    await dispute(100)
    expect(await exposures()).toEqual([
      { kind: 'double_refund', amount: '10.000', at_risk: true, closed: false, due: true },
    ])
  })

  it.each(['before', 'after'])('is what was undone when the bank took it %s the undo went through', async (when) => {
    await db.database.query(`UPDATE refunds SET state = 'failed' WHERE id = $1`, [refund])
    await db.database.query(
      `INSERT INTO refunds (id, org_id, payment_id, gateway, gateway_account, currency, kind, undo, origin, state, amount, evidence)
       SELECT gen_random_uuid(), org_id, payment_id, gateway, gateway_account, currency, 'undo', true, 'here', 'pending', 100, 'test'
       FROM payments WHERE payment_id = $1`,
      [payment],
    )
    const undone = () =>
      db.database.query(`UPDATE refunds SET state = 'succeeded' WHERE payment_id = $1 AND kind = 'undo'`, [payment])
    if (when === 'after') await undone()
    await dispute(100)
    if (when === 'before') await undone()
    expect(await exposures()).toMatchObject([{ kind: 'double_refund', amount: '100.000', at_risk: true }])
  })

  it('closes when the refund itself comes back', async () => {
    await dispute(100)
    await db.database.query(`UPDATE refunds SET state = 'reversed' WHERE id = $1`, [refund])
    expect(await exposures()).toMatchObject([{ at_risk: false }])
  })

  it('closes when what was refunded beyond what was collected fails after all', async () => {
    await db.database.query('UPDATE payments SET captured = 6 WHERE payment_id = $1', [payment])
    expect(await exposures()).toMatchObject([{ kind: 'unfunded_refund', amount: '4.000', at_risk: true }])
    await db.database.query(`UPDATE refunds SET state = 'failed' WHERE id = $1`, [refund])
    expect(await exposures()).toMatchObject([{ kind: 'unfunded_refund', at_risk: false }])
  })

  it('is unfunded when the payment itself failed after it was refunded', async () => {
    await db.database.query('UPDATE payments SET captured = 0 WHERE payment_id = $1', [payment])
    expect(await exposures()).toMatchObject([{ kind: 'unfunded_refund', amount: '10.000', at_risk: true }])
  })

  it('marks the refunds of the payment for a person', async () => {
    await dispute(100)
    const [row] = await db.database.query<{ attention: string }>('SELECT attention FROM refunds WHERE id = $1', [
      refund,
    ])
    expect(row!.attention).toMatch(/has the money twice/)
  })
})
