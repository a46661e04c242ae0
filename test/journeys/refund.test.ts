import { randomUUID } from 'node:crypto'
import { startWorld } from './world.ts'
import type { PaidPayment, World } from './world.ts'
import { until } from '../until.ts'

describe('a refund, from the button to the money and back', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld()
  })
  afterAll(() => world.close())

  const eur = (amount: string, atGateway = {}): Promise<PaidPayment> =>
    world.pay(
      { amount: { value: Number(amount.replace('.', '')), currency: 'EUR' }, ...atGateway },
      { Amount__c: Number(amount) },
    )
  const payment = (paid: PaidPayment) => world.org.find('Payment__c', paid.recordId)!

  it('pays once, shows it on the record, and the amount refunded follows', async () => {
    const paid = await eur('120.50')
    const asked = await world.request({ ...paid.body, amount: '20.00', reason: 'returned', note: 'two shirts' })
    expect(asked.status).toBe(202)
    expect(asked.body.refund).toMatchObject({ stage: 'Sent to gateway', amount: '20.00', currency: 'EUR', error: null })
    const record = await world.record(asked.body.refund.id, 'Refunded')
    expect(record).toMatchObject({ Amount__c: 20, Reason__c: 'returned', Note__c: 'two shirts', Gateway__c: 'adyen' })
    expect(payment(paid)).toMatchObject({
      Amount_Refunded__c: 20,
      Amount_Pending_Refund__c: 0,
      Refundable_Amount__c: 100.5,
    })
    expect(world.adyen.acceptedRefunds(paid.reference)).toHaveLength(1)
  })

  it('refunds all that is left when no amount is given', async () => {
    const paid = await eur('50.00')
    await world.request({ ...paid.body, amount: '12.34' })
    const rest = await world.request(paid.body)
    expect(rest.body.refund.amount).toBe('37.66')
    await world.record(rest.body.refund.id, 'Refunded')
    expect(rest.body.payment.refundable).toBe('0.00')
  })

  it.each([
    ['JPY', 5000, 5000, '300', '4700'],
    ['KWD', 12.345, 12345, '0.345', '12.000'],
  ])('keeps the decimals of %s', async (currency, amount, minorUnits, part, left) => {
    const paid = await world.pay(
      { amount: { value: minorUnits, currency } },
      { Amount__c: amount, Currency__c: currency },
    )
    const asked = await world.request({ ...paid.body, amount: part })
    expect(asked.body.payment.refundable).toBe(left)
    const record = await world.record(asked.body.refund.id, 'Refunded')
    expect(record.Amount__c).toBe(Number(part))
  })

  it('lets exactly the allowed refunds pass when ten agents press at once', async () => {
    const paid = await eur('100.00')
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => world.request({ ...paid.body, amount: '30.00' })),
    )
    expect(answers.map((answer) => answer.status).sort()).toEqual([202, 202, 202, 409, 409, 409, 409, 409, 409, 409])
    expect(answers.find((answer) => answer.status === 409)!.body.detail).toMatch(/^Only EUR 10\.00 of this payment/)
    expect(world.adyen.acceptedRefunds(paid.reference)).toHaveLength(3)
  })

  it('answers a double click with the same refund, in its present state', async () => {
    const paid = await eur('40.00')
    const key = randomUUID()
    const first = await world.request({ ...paid.body, amount: '10.00' }, { key })
    await world.record(first.body.refund.id, 'Refunded')
    const second = await world.request({ ...paid.body, amount: '10.00' }, { key })
    expect(second.headers.get('idempotent-replay')).toBe('true')
    expect(second).toMatchObject({ status: 201, body: { refund: { id: first.body.refund.id, state: 'succeeded' } } })
    expect(world.adyen.acceptedRefunds(paid.reference)).toHaveLength(1)
  })

  it('shows a refusal by webhook in words, and gives the amount back', async () => {
    const paid = await eur('89.00', { refundOutcome: 'insufficient_funds' })
    const asked = await world.request(paid.body)
    const record = await world.record(asked.body.refund.id, 'Failed')
    expect(record).toMatchObject({
      Error_Code__c: 'DECLINED_INSUFFICIENT_FUNDS',
      Error_Message__c: 'Your balance at the gateway is too low to pay this out today.',
    })
    expect(String(record.Gateway_Message__c)).toMatch(/insufficient/i)
    expect(payment(paid)).toMatchObject({ Amount_Refunded__c: 0, Refundable_Amount__c: 89 })
  })

  it('answers a refusal at once with the refund and its reason', async () => {
    const paid = await eur('25.00')
    const body = { ...paid.body, paymentId: paid.recordId, gatewayReference: 'NOSUCHPAYMENT0001' }
    const asked = await world.request(body)
    expect(asked).toMatchObject({
      status: 201,
      body: { refund: { state: 'rejected', error: { code: 'DECLINED_PAYMENT_NOT_FOUND' } } },
    })
    await world.record(asked.body.refund.id, 'Failed')
  })

  it('shows a failure days after success, and holds the amount while the gateway may repair it', async () => {
    const paid = await eur('45.00', { holderName: 'refund failed' })
    const asked = await world.request(paid.body)
    await world.record(asked.body.refund.id, 'Refunded')
    world.adyen.advanceClock(3 * 86_400_000)
    const record = await world.record(asked.body.refund.id, 'Failed')
    expect(record).toMatchObject({ Error_Code__c: 'REFUND_FAILED_AT_BANK', Held__c: true })
    expect(record.Attention_Reason__c).toMatch(/failed after it had been accepted/)
    expect(payment(paid)).toMatchObject({ Amount_Refunded__c: 0, Amount_Held__c: 45, Refundable_Amount__c: 0 })
    expect((await world.request({ ...paid.body, amount: '45.00' })).body.code).toBe('nothing_refundable')
  })

  it('tells the balance with its parts, and the refunds that it is made of, newest first', async () => {
    const paid = await eur('80.00')
    const first = await world.request({ ...paid.body, amount: '5.00' })
    await world.record(first.body.refund.id, 'Refunded')
    const second = await world.request({ ...paid.body, amount: '6.00' })
    await world.record(second.body.refund.id, 'Refunded')
    const { status, body } = await world.get(`/v1/payments/${paid.recordId}`)
    expect(status).toBe(200)
    expect(body.payment).toMatchObject({ captured: '80.00', refunded: '11.00', underWay: '0.00', refundable: '69.00' })
    expect(body.refunds.map((refund) => refund.id)).toEqual([second.body.refund.id, first.body.refund.id])
    expect((await world.get(`/v1/refunds/${first.body.refund.id}`)).body.refund.stage).toBe('Refunded')
  })

  it('is refused to whoever lost the permission set, once Salesforce has said so', async () => {
    const paid = await eur('10.00')
    expect((await world.request({ ...paid.body, amount: '1.00' })).body.code).toBeUndefined()
    world.org.setPermission('005000000000001AAA', 'Refunds', false)
    await world.later('6 minutes')
    await until(async () => {
      const { status, body } = await world.request({ ...paid.body, amount: '11.00' })
      expect([status, body.code]).toEqual([403, 'not_permitted'])
    })
    world.org.setPermission('005000000000001AAA', 'Refunds', true)
    await world.later('6 minutes')
    await until(async () => expect((await world.request({ ...paid.body, amount: '11.00' })).status).toBe(409))
  })
})
