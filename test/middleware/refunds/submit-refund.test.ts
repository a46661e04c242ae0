import type { Gateway } from '../../../middleware/gateways/gateway.ts'
import { Money } from '../../../middleware/money/money.ts'
import { claimRefunds, doRefundWork } from '../../../middleware/refunds/due-work.ts'
import { freshDatabase } from '../../fresh-database.ts'
import type { FreshDatabase } from '../../fresh-database.ts'
import { refundIn } from './ledger-rows.ts'

describe('an undo that the gateway refuses because the payment has not settled', () => {
  let fresh: FreshDatabase
  beforeEach(async () => {
    fresh = await freshDatabase()
  })
  afterEach(() => fresh.close())

  const gateway: Gateway = {
    ...{ name: 'adyen', label: 'The gateway' },
    capabilities: { keyRetentionMs: 0, holdAfterLateFailureMs: 0, voids: 'whole payment' },
    prepareRefund: () => ({ refund: 'a part' }),
    prepareVoid: () => ({ void: 'the whole payment' }),
    submit: () => Promise.resolve({ kind: 'rejected', code: 'payment_not_settled', gatewayMessage: '91506' }),
    readWebhook: () => [],
    checkAccess: () => Promise.resolve({ kind: 'granted', proven: 'all' }),
    lookUpPayment: () =>
      Promise.resolve({
        kind: 'found',
        facts: {
          ...{ amount: Money.fromDecimal('100.00', 'EUR'), status: 'not_settled', settlesOn: null, chargedOn: null },
          ...{ wholeOnly: false, refunds: [], obstacle: null },
        },
      }),
  }

  it('waits when it is of what was left of the payment: a void would take the rest along', async () => {
    const { id } = await refundIn(fresh.database, 'requested')
    await fresh.database.query('ALTER TABLE refunds DISABLE TRIGGER guard_refund_asked')
    await fresh.database.query('UPDATE refunds SET undo = true, due_at = relay_now() WHERE id = $1', [id])
    await fresh.database.query('ALTER TABLE refunds ENABLE TRIGGER guard_refund_asked')
    await fresh.database.query(
      `INSERT INTO attempts (id, refund_id, operation, key, body) VALUES ($1, $1, 'refund', 'key', '{}')`,
      [id],
    )
    const [job] = await claimRefunds(fresh.database, 1)
    await doRefundWork(fresh.database, gateway, job!)
    const rows = await fresh.database.query('SELECT state, kind, waiting_for FROM refunds')
    expect(rows).toEqual([{ state: 'requested', kind: 'refund', waiting_for: 'payment_not_settled' }])
  })
})
