import type { Gateway, PaymentFacts } from '../../../middleware/gateways/gateway.ts'
import { Money } from '../../../middleware/money/money.ts'
import { claimRefunds, doRefundWork } from '../../../middleware/refunds/due-work.ts'
import { freshDatabase } from '../../fresh-database.ts'
import type { FreshDatabase } from '../../fresh-database.ts'
import { refundIn } from './ledger-rows.ts'

describe('a void of which nobody knows, after the gateway has forgotten its key', () => {
  let fresh: FreshDatabase
  beforeEach(async () => {
    fresh = await freshDatabase()
  })
  afterEach(() => fresh.close())

  function gatewayThatShows(status: PaymentFacts['status'], sent: string[]): Gateway {
    return {
      ...{ name: 'adyen', label: 'The gateway' },
      capabilities: { keyRetentionMs: 0, holdAfterLateFailureMs: 0, voids: 'whole payment' },
      prepareRefund: () => ({}),
      submit: ({ operation }) => {
        sent.push(operation)
        return Promise.resolve({ kind: 'succeeded', gatewayReference: 'PSP1' })
      },
      readWebhook: () => [],
      checkAccess: () => Promise.resolve({ kind: 'granted', proven: 'all' }),
      lookUpRefund: () => Promise.resolve({ kind: 'absent' }),
      lookUpPayment: () =>
        Promise.resolve({
          kind: 'found',
          facts: {
            ...{ amount: Money.fromDecimal('100.00', 'EUR'), status, settlesOn: null, chargedOn: null },
            ...{ wholeOnly: false, refunds: [], obstacle: null },
          },
        }),
    }
  }

  async function reconciled(status: PaymentFacts['status']) {
    const { id } = await refundIn(fresh.database, 'unknown', 'void')
    await fresh.database.query('UPDATE refunds SET due_at = relay_now() WHERE id = $1', [id])
    await fresh.database.query(
      `INSERT INTO attempts (id, refund_id, operation, key, body, sends, first_sent_at)
       VALUES ($1, $1, 'void', 'key', '{}', 1, relay_now() - interval '40 days')`,
      [id],
    )
    const sent: string[] = []
    const [job] = await claimRefunds(fresh.database, 1)
    await doRefundWork(fresh.database, gatewayThatShows(status, sent), job!)
    const [refund] = await fresh.database.query<{ state: string }>('SELECT state FROM refunds')
    return { state: refund!.state, sent }
  }

  it('has succeeded where the payment shows itself as voided; nothing is sent again', async () => {
    expect(await reconciled('voided')).toEqual({ state: 'succeeded', sent: [] })
  })

  it('is sent again where the payment shows itself as not voided: a void cannot pay', async () => {
    expect(await reconciled('not_settled')).toEqual({ state: 'succeeded', sent: ['void'] })
  })
})
