import { startBraintreeRig } from '../../../contracts/gateway-rig-braintree.ts'
import type { BraintreeRig } from '../../../contracts/gateway-rig-braintree.ts'
import { refundAttempt, voidAttempt } from './braintree-attempts.ts'

describe('voiding a payment at Braintree', () => {
  let rig: BraintreeRig
  beforeEach(async () => {
    rig = await startBraintreeRig()
  })
  afterEach(() => rig.stop())

  it.each([
    ['authorized', 'credit_card'],
    ['submitted_for_settlement', 'credit_card'],
    ['settlement_pending', 'paypal_account'],
  ] as const)('works while it is %s (%s), at once and for good', async (status, instrument) => {
    const payment = rig.braintree.addTransaction({ amount: '50.00', status, instrument })
    const attempt = voidAttempt(rig, payment)
    expect(await rig.gateway.submit(attempt)).toEqual({ kind: 'succeeded', gatewayReference: payment })
    expect(await rig.gateway.submit(attempt)).toEqual({ kind: 'succeeded', gatewayReference: payment })
    expect(rig.braintree.find(payment)?.status).toBe('voided')
    expect(await rig.gateway.lookUpPayment(payment)).toMatchObject({ facts: { status: 'voided' } })
  })

  it('loses the race against settlement, and the refund then goes through', async () => {
    const payment = rig.braintree.addTransaction({ amount: '50.00', status: 'submitted_for_settlement' })
    expect(await rig.gateway.lookUpPayment(payment)).toMatchObject({ facts: { status: 'not_settled' } })
    rig.braintree.settle(payment)
    const answer = await rig.gateway.submit(voidAttempt(rig, payment))
    expect(answer).toMatchObject({ kind: 'rejected', code: 'void_too_late' })
    expect(await rig.gateway.lookUpPayment(payment)).toMatchObject({ facts: { status: 'settled' } })
    const refund = await rig.gateway.submit(refundAttempt(rig, '50.00', { paymentReference: payment }))
    expect(refund).toMatchObject({ kind: 'pending' })
  })

  it('loses the race the other way round: a part is refused until it settles', async () => {
    const payment = rig.braintree.addTransaction({ amount: '50.00', status: 'submitted_for_settlement' })
    const refund = await rig.gateway.submit(refundAttempt(rig, '20.00', { paymentReference: payment }))
    expect(refund).toMatchObject({ kind: 'rejected', code: 'payment_not_settled' })
    expect(await rig.gateway.submit(voidAttempt(rig, payment))).toMatchObject({ kind: 'succeeded' })
  })

  it('says so when somebody else was first', async () => {
    const payment = rig.braintree.addTransaction({ amount: '50.00', status: 'authorized' })
    await rig.gateway.submit(voidAttempt(rig, payment))
    const second = await rig.gateway.submit(voidAttempt(rig, payment))
    expect(second).toMatchObject({ kind: 'rejected', code: 'payment_already_voided' })
  })

  it('is unknown when the answer is lost, and done when it is sent again', async () => {
    const payment = rig.braintree.addTransaction({ amount: '50.00', status: 'authorized' })
    const attempt = voidAttempt(rig, payment)
    rig.braintree.faultOnNextRequest('drop_after_accept')
    expect(await rig.gateway.submit(attempt)).toMatchObject({ kind: 'unknown' })
    expect(await rig.gateway.submit(attempt)).toEqual({ kind: 'succeeded', gatewayReference: payment })
  })

  it('of a payment that nobody knows is refused', async () => {
    const answer = await rig.gateway.submit(voidAttempt(rig, 'nosuch'))
    expect(answer).toMatchObject({ kind: 'rejected', code: 'original_payment_not_found' })
  })
})
