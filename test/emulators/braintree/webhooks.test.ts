import braintree from 'braintree'
import { KEYS, openMerchant, vendorsApi } from './local-merchant.ts'
import type { LocalMerchant } from './local-merchant.ts'

const HOUR_MS = 60 * 60 * 1000

describe('the local Braintree’s webhooks', () => {
  let merchant: LocalMerchant
  beforeEach(async () => {
    merchant = await openMerchant()
  })
  afterEach(() => merchant.close())

  const debit = () => merchant.braintree.addTransaction({ amount: '100.00', instrument: 'sepa_debit_account' })
  const refund = async (payment = debit(), amount = '10.00') => {
    const answer = await vendorsApi(merchant.braintree).transaction.refund(payment, amount)
    await merchant.braintree.settleWebhooks()
    return answer.transaction.id
  }
  /** Every arrival as the vendor's SDK reads it; what it refuses is null. */
  const arrived = () =>
    Promise.all(
      merchant.inbox.deliveries.map(({ body }) => {
        const form = new URLSearchParams(body.toString())
        const { webhookNotification } = new braintree.BraintreeGateway({
          environment: braintree.Environment.Sandbox,
          ...KEYS,
        })
        return webhookNotification.parse(form.get('bt_signature')!, form.get('bt_payload')!).catch(() => null)
      }),
    )

  it('are signed as the vendor’s SDK demands, and say what settled', async () => {
    const payment = debit()
    const id = await refund(payment)
    expect(await arrived()).toMatchObject([
      {
        kind: 'transaction_settled',
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        transaction: { id, status: 'settled', type: 'credit', refundedTransactionId: payment },
      },
    ])
  })

  it('are not sent for what a card’s refund does, unless it fails', async () => {
    const id = await refund(merchant.braintree.addTransaction({ amount: '50.00' }))
    expect(await arrived()).toEqual([])
    merchant.braintree.failRefund(id)
    await merchant.braintree.settleWebhooks()
    expect(await arrived()).toMatchObject([{ kind: 'refund_failed', transaction: { status: 'processor_declined' } }])
  })

  it('tell of disputes', async () => {
    const payment = debit()
    const dispute = merchant.braintree.openDispute(payment)
    merchant.braintree.closeDispute(dispute, 'lost')
    await merchant.braintree.settleWebhooks()
    expect(await arrived()).toMatchObject([
      { kind: 'dispute_opened', dispute: { id: dispute, status: 'open', transaction: { id: payment } } },
      { kind: 'dispute_lost', dispute: { id: dispute, status: 'lost' } },
    ])
  })

  it('come again every hour until they are taken', async () => {
    merchant.inbox.answerNext(500, 500)
    await refund()
    for (const _ of [1, 2, 3]) {
      merchant.braintree.advanceClock(HOUR_MS)
      await merchant.braintree.settleWebhooks()
    }
    expect(merchant.braintree.deliveries().map(({ status, attempt }) => [status, attempt])).toEqual([
      [500, 1],
      [500, 2],
      [200, 3],
    ])
  })

  it('arrive twice, late, or never, as asked', async () => {
    merchant.braintree.webhookFault('deliver_twice')
    const first = await refund()
    merchant.braintree.webhookFault('never_deliver')
    await refund()
    merchant.braintree.webhookFault('deliver_out_of_order')
    const overtaken = await refund()
    const last = await refund()
    await merchant.braintree.settleWebhooks()
    const ids = (await arrived()).map((event) => (event as braintree.TransactionNotification).transaction.id)
    expect(ids).toEqual([first, first, last, overtaken])
  })

  it('arrive before the call is answered, as asked', async () => {
    merchant.braintree.webhookFault('deliver_before_answer')
    const answer = await vendorsApi(merchant.braintree).transaction.refund(debit(), '10.00')
    expect(await arrived()).toMatchObject([{ transaction: { id: answer.transaction.id } }])
  })

  it('are refused by the vendor’s SDK when forged, and come again genuine', async () => {
    merchant.braintree.webhookFault('tamper_payload')
    merchant.inbox.answerNext(401)
    const id = await refund()
    merchant.braintree.advanceClock(HOUR_MS)
    await merchant.braintree.settleWebhooks()
    expect(await arrived()).toMatchObject([null, { transaction: { id } }])
  })

  it('wait while it is down', async () => {
    merchant.braintree.webhookFault('never_deliver')
    const id = await refund()
    merchant.braintree.setDown(true)
    merchant.braintree.declineSettlement(id)
    await merchant.braintree.settleWebhooks()
    expect(await arrived()).toEqual([])
    merchant.braintree.setDown(false)
    await merchant.braintree.settleWebhooks()
    expect(await arrived()).toMatchObject([{ kind: 'transaction_settlement_declined' }])
  })
})
