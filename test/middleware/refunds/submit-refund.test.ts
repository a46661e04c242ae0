import type { Gateway } from '../../../middleware/gateways/gateway.ts'
import { Money } from '../../../middleware/money/money.ts'
import { claimRefunds, doRefundWork } from '../../../middleware/refunds/due-work.ts'
import { refundStory } from '../../../middleware/refunds/refund-story.ts'
import { submitRefund } from '../../../middleware/refunds/submit-refund.ts'
import { freshDatabase } from '../../fresh-database.ts'
import type { FreshDatabase } from '../../fresh-database.ts'
import { pastRule, refundIn } from './ledger-rows.ts'

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

  /** Of a payment of EUR 100.00. */
  async function undoOf(amount: number) {
    const { id } = await refundIn(fresh.database, 'requested')
    const undo = `undo = true, amount = ${amount}, due_at = relay_now()`
    await pastRule(fresh.database, 'guard_refund_asked', id, undo)
    await fresh.database.query(
      `INSERT INTO attempts (id, refund_id, operation, key, body) VALUES ($1, $1, 'refund', 'key', '{}')`,
      [id],
    )
    const [job] = await claimRefunds(fresh.database, 1)
    return job!
  }

  it('waits when it is of what was left of the payment: a void would take the rest along', async () => {
    await doRefundWork(fresh.database, gateway, await undoOf(10))
    const rows = await fresh.database.query('SELECT state, kind, waiting_for FROM refunds')
    expect(rows).toEqual([{ state: 'requested', kind: 'refund', waiting_for: 'payment_not_settled' }])
  })

  it('is sent by its last attempt, also where the clock of who stored that was behind', async () => {
    const job = await undoOf(10)
    await fresh.database.query(
      `INSERT INTO attempts (id, refund_id, operation, key, body) VALUES ('01000000-0000-7000-8000-000000000000', $1, 'refund', 'later', '{}')`,
      [job.refund.id],
    )
    const sent: string[] = []
    const answering: Gateway = {
      ...gateway,
      submit: ({ key }) => {
        sent.push(key)
        return Promise.resolve({ kind: 'succeeded', gatewayReference: key })
      },
    }
    await submitRefund(fresh.database, answering, job)
    expect(sent).toEqual(['later'])
    expect((await refundStory(fresh.database, job.refund.id))?.attempts.map(({ key }) => key)).toEqual(['key', 'later'])
  })

  it('turns into a void when it is of the whole payment, and is told as one', async () => {
    const told = await submitRefund(fresh.database, gateway, await undoOf(100))
    expect(told?.refund).toMatchObject({ state: 'requested', kind: 'void' })
    expect(await fresh.database.query('SELECT state, kind FROM refunds')).toEqual([
      { state: 'requested', kind: 'void' },
    ])
  })
})
