import type { Gateway } from '../../../middleware/gateways/gateway.ts'
import { claimRefunds, doRefundWork } from '../../../middleware/refunds/due-work.ts'
import { Money } from '../../../middleware/money/money.ts'
import { freshDatabase } from '../../fresh-database.ts'
import type { FreshDatabase } from '../../fresh-database.ts'
import { refundIn } from './ledger-rows.ts'

/** It has a refund of EUR 12.00 where 10.00 were asked for. */
const gateway = {
  label: 'Braintree',
  capabilities: { holdAfterLateFailureMs: 0, pollOutcomeMs: 900_000 },
  lookUpRefund: async () => ({
    kind: 'found',
    facts: {
      gatewayReference: 'RF1',
      refundId: null,
      amount: Money.fromDecimal('12.00', 'EUR'),
      status: 'succeeded',
      refusal: null,
      occurredAt: null,
    },
  }),
} as unknown as Gateway

describe('a look-up that shows what cannot be believed', () => {
  let db: FreshDatabase
  beforeAll(async () => {
    db = await freshDatabase()
  })
  afterAll(() => db.close())

  const look = async (id: string) => {
    await db.database.query('UPDATE refunds SET due_at = relay_now() WHERE id = $1', [id])
    const [job] = await claimRefunds(db.database, 1)
    await doRefundWork(db.database, gateway, job!)
    const [row] = await db.database.query<{ state: string; code: string; seconds: number }>(
      `SELECT state, attention_code AS code, extract(epoch FROM due_at - relay_now())::float AS seconds FROM refunds WHERE id = $1`,
      [id],
    )
    return row!
  }

  it('is not asked for again at the end of each lease while the outcome is unknown, but ever more rarely', async () => {
    const { id } = await refundIn(db.database, 'unknown')
    for (let tries = 1; tries <= 9; tries++) await look(id)
    const last = await look(id)
    expect(last).toMatchObject({ state: 'unknown', code: 'amount_differs' })
    expect(last.seconds).toBeGreaterThan(1_800)
  })

  it('is not asked for again at the end of each lease while it is under way, but as often as any outcome', async () => {
    const { id } = await refundIn(db.database, 'pending')
    const last = await look(id)
    expect(last).toMatchObject({ state: 'pending', code: 'amount_differs' })
    expect(last.seconds).toBeGreaterThan(800)
  })
})
