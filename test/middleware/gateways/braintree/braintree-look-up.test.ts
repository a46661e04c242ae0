import { randomUUID } from 'node:crypto'
import { Money } from '../../../../middleware/money/money.ts'
import { startBraintreeRig } from '../../../contracts/gateway-rig-braintree.ts'
import type { BraintreeRig } from '../../../contracts/gateway-rig-braintree.ts'
import { refundAttempt } from './braintree-attempts.ts'

let rig: BraintreeRig
beforeEach(async () => {
  rig = await startBraintreeRig()
})
const others: BraintreeRig[] = []
afterEach(async () => {
  for (const one of [rig, ...others.splice(0)]) await one.stop()
})
async function another(...options: Parameters<typeof startBraintreeRig>): Promise<BraintreeRig> {
  const other = await startBraintreeRig(...options)
  others.push(other)
  return other
}

const euros = (amount: string) => Money.fromDecimal(amount, 'EUR')

describe('looking a payment up at Braintree', () => {
  const factsOf = async (reference: string) => {
    const found = await rig.gateway.lookUpPayment(reference)
    if (found.kind !== 'found') throw new Error(found.kind)
    return found.facts
  }

  it.each([
    ['authorized', 'not_settled'],
    ['submitted_for_settlement', 'not_settled'],
    ['settlement_pending', 'not_settled'],
    ['settling', 'settling'],
    ['settlement_confirmed', 'settling'],
    ['settled', 'settled'],
    ['voided', 'voided'],
    ['processor_declined', 'failed'],
    ['settlement_declined', 'failed'],
    ['failed', 'failed'],
  ] as const)('shows %s as %s', async (status, ours) => {
    const payment = rig.braintree.addTransaction({ amount: '12.30', status })
    const facts = await factsOf(payment)
    expect(facts).toMatchObject({ status: ours, wholeOnly: false, refunds: [], obstacle: null })
    expect(facts.amount.equals(euros('12.30'))).toBe(true)
  })

  it('lists every refund, ours by its stamp, the console’s without one', async () => {
    const refundId = randomUUID()
    await rig.gateway.submit(refundAttempt(rig, '10.00', { refundId }))
    const elsewhere = rig.braintree.refundInConsole(rig.paymentReference, '5.00')
    await rig.braintree.settleWebhooks()
    const { refunds } = await factsOf(rig.paymentReference)
    expect(refunds).toMatchObject([
      {
        refundId,
        paymentReference: rig.paymentReference,
        status: 'succeeded',
        occurredAt: expect.stringMatching(/^\d{4}.*Z$/),
      },
      { refundId: null, gatewayReference: elsewhere, status: 'succeeded' },
    ])
    expect(refunds.map(({ amount }) => amount.toString())).toEqual(['EUR 10.00', 'EUR 5.00'])
  })

  it('takes a copied order id for no stamp of ours, though it may look like one', async () => {
    const payment = rig.braintree.addTransaction({ amount: '10.00', orderId: randomUUID() })
    rig.braintree.refundInConsole(payment, '5.00')
    expect((await factsOf(payment)).refunds).toMatchObject([{ refundId: null }])
  })

  it('knows escrow', async () => {
    const payment = rig.braintree.addTransaction({ amount: '10.00', escrow: true })
    expect(await factsOf(payment)).toMatchObject({ wholeOnly: true })
  })

  it('knows when the payer was charged', async () => {
    expect((await factsOf(rig.paymentReference)).chargedOn).toMatch(/^\d{4}-\d\d-\d\d$/)
  })

  it('sees a dispute until it is won', async () => {
    const dispute = rig.braintree.openDispute(rig.paymentReference)
    const disputed = await factsOf(rig.paymentReference)
    expect(disputed).toMatchObject({ status: 'charged_back', obstacle: { code: 'payment_disputed' } })
    const time = expect.stringMatching(/^\d{4}.*Z$/) as unknown
    expect(disputed.disputes).toMatchObject([{ reference: dispute, open: true, occurredAt: time }])
    rig.braintree.closeDispute(dispute, 'won')
    const won = await factsOf(rig.paymentReference)
    expect(won).toMatchObject({ status: 'settled', obstacle: null, disputes: [{ reference: dispute, open: false }] })
  })

  it('sees a dispute about a part as an obstacle, and a question as none', async () => {
    rig.braintree.openDispute(rig.paymentReference, { kind: 'retrieval' })
    expect(await factsOf(rig.paymentReference)).toMatchObject({ status: 'settled', obstacle: null, disputes: [] })
    rig.braintree.openDispute(rig.paymentReference, { amount: '30.00' })
    expect(await factsOf(rig.paymentReference)).toMatchObject({
      status: 'settled',
      obstacle: { code: 'payment_disputed', gatewayMessage: 'Disputed: EUR 30.00' },
    })
  })

  it('says when it belongs to another merchant account', async () => {
    const merchantAccounts = ['refundrelay_eur', 'other'].map((id) => ({ id, currency: 'EUR' }))
    const two = await another({}, { merchantAccounts })
    const payment = two.braintree.addTransaction({ amount: '10.00', merchantAccountId: 'other' })
    expect(await two.gateway.lookUpPayment(payment)).toMatchObject({
      facts: { obstacle: { code: 'gateway_account_wrong' } },
    })
  })

  it('tells what is not there from what cannot be asked', async () => {
    expect(await rig.gateway.lookUpPayment('nosuch')).toEqual({ kind: 'absent' })
    expect(await rig.gateway.lookUpPayment('no/such')).toEqual({ kind: 'absent' })
    rig.braintree.setDown(true)
    expect(await rig.gateway.lookUpPayment(rig.paymentReference)).toMatchObject({ kind: 'unavailable' })
  })

  it('is not taken in by a refund', async () => {
    const refund = rig.braintree.refundInConsole(rig.paymentReference, '5.00')
    expect(await rig.gateway.lookUpPayment(refund)).toMatchObject({ kind: 'unavailable' })
  })
})

describe('looking a refund up at Braintree', () => {
  const refundId = '0198a000-0000-7000-8000-000000000001'
  const look = (changes: object = {}) =>
    rig.gateway.lookUpRefund({
      refundId,
      paymentReference: rig.paymentReference,
      gatewayReference: null,
      amount: euros('10.00'),
      ...changes,
    })

  it('finds it by its reference, and in the payment’s own list by our stamp', async () => {
    const answer = await rig.gateway.submit(refundAttempt(rig, '10.00', { refundId }))
    const gatewayReference = 'gatewayReference' in answer ? answer.gatewayReference : null
    const found = await look()
    expect(found).toMatchObject({ kind: 'found', facts: { refundId, gatewayReference, refusal: null } })
    expect(await look({ gatewayReference })).toEqual(found)
  })

  it('is absent when the payment lists none of ours', async () => {
    rig.braintree.refundInConsole(rig.paymentReference, '10.00')
    expect(await look()).toEqual({ kind: 'absent' })
    expect(await look({ paymentReference: 'nosuch' })).toEqual({ kind: 'absent' })
  })

  it('is found though the search knows nothing of it yet', async () => {
    const slow = await another({}, { searchLagMs: 3_600_000 })
    const { paymentReference } = slow
    await slow.gateway.submit(refundAttempt(slow, '10.00', { refundId }))
    const query = { refundId, paymentReference, gatewayReference: null, amount: euros('10.00') }
    expect(await slow.gateway.lookUpRefund(query)).toMatchObject({ kind: 'found' })
  })

  it.each([
    ['another amount', { amount: euros('11.00') }],
    ['another payment', { paymentReference: 'other' }],
  ])('is nothing to rely on with %s, least of all absent', async (_, changes) => {
    rig.braintree.addTransaction({ id: 'other', amount: '10.00' })
    const answer = await rig.gateway.submit(refundAttempt(rig, '10.00', { refundId }))
    const gatewayReference = 'gatewayReference' in answer ? answer.gatewayReference : null
    expect(await look({ ...changes, gatewayReference })).toMatchObject({ kind: 'unavailable' })
  })

  it('is unavailable while Braintree cannot be asked', async () => {
    rig.braintree.setDown(true)
    expect(await look()).toMatchObject({ kind: 'unavailable', detail: expect.stringMatching(/\S/) })
    expect(await look({ gatewayReference: 'r1' })).toMatchObject({ kind: 'unavailable' })
  })

  it('follows it to its end: under way, settled, failed afterwards', async () => {
    const later = await another({}, { settleAfterMs: 60_000 })
    const { paymentReference, braintree, gateway } = later
    await gateway.submit(refundAttempt(later, '10.00', { refundId }))
    const query = { refundId, paymentReference, gatewayReference: null, amount: euros('10.00') }
    expect(await gateway.lookUpRefund(query)).toMatchObject({ facts: { status: 'pending' } })
    braintree.advanceClock(60_000)
    await braintree.settleWebhooks()
    expect(await gateway.lookUpRefund(query)).toMatchObject({ facts: { status: 'succeeded' } })
    braintree.declineSettlement(braintree.acceptedRefunds()[0]!.reference)
    expect(await gateway.lookUpRefund(query)).toMatchObject({
      facts: { status: 'failed', refusal: { code: 'settlement_declined' } },
    })
  })

  it('finds a void as what became of the payment', async () => {
    const payment = rig.braintree.addTransaction({ amount: '10.00', status: 'authorized' })
    const query = { paymentReference: payment, gatewayReference: payment }
    expect(await look(query)).toMatchObject({ kind: 'unavailable' })
    await rig.gateway.submit({
      operation: 'void',
      paymentReference: payment,
      key: 'k1',
      body: rig.gateway.prepareVoid(),
    })
    expect(await look(query)).toMatchObject({ facts: { status: 'succeeded', gatewayReference: payment } })
  })
})
