import { randomUUID } from 'node:crypto'
import { until } from '../until.ts'
import { OBSERVER, startWorld } from './world.ts'
import type { PaidPayment, World } from './world.ts'

describe('what others do to a payment', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld()
  })
  afterAll(() => world.close())

  const pay = (): Promise<PaidPayment> => world.pay({ amount: { value: 10000, currency: 'EUR' } }, { Amount__c: 100 })
  const refundsOf = (paid: PaidPayment) => world.org.rows('Refund__c').filter((row) => row.Payment__c === paid.recordId)
  const balance = async (paid: PaidPayment) => (await world.get(`/v1/payments/${paid.recordId}`)).body.payment

  it('adopts a refund made in the gateway console once, and counts it', async () => {
    const paid = await pay()
    const ours = await world.request({ ...paid.body, amount: '10.00' })
    await world.record(ours.body.refund.id, 'Refunded')
    world.adyen.webhookFault('deliver_twice')
    world.adyen.refundInConsole(paid.reference, 2500)
    const record = await until(() => {
      const row = refundsOf(paid).find((refund) => refund.Origin__c === 'Gateway console')
      if (!row) throw new Error('not adopted yet')
      return row
    })
    expect(record).toMatchObject({ Stage__c: 'Refunded', Amount__c: 25, Requested_By__c: null })
    expect(refundsOf(paid)).toHaveLength(2)
    expect(await balance(paid)).toMatchObject({ refunded: '35.00', refundable: '65.00' })
  })

  it('finds the payment record of a refund made elsewhere before anybody refunded here', async () => {
    const paid = await pay()
    world.adyen.refundInConsole(paid.reference, 4000)
    await until(async () => {
      const waiting = await world.database.database.query(
        `SELECT id FROM gateway_events WHERE outcome = 'no_such_payment'`,
      )
      expect(waiting).toHaveLength(1)
    })
    // Payment records are looked for every half minute, and at start.
    await world.later('5 seconds')
    await until(() =>
      expect(refundsOf(paid).map((row) => [row.Origin__c, row.Amount__c])).toEqual([['Gateway console', 40]]),
    )
    expect((await world.request({ ...paid.body, amount: '60.01' })).body.code).toBe('amount_exceeds_refundable')
  })

  it('lowers what is left by a chargeback and gives it back when it is reversed, in whatever order', async () => {
    const paid = await pay()
    const ours = await world.request({ ...paid.body, amount: '10.00' })
    await world.record(ours.body.refund.id, 'Refunded')
    const dispute = world.adyen.chargeback(paid.reference, 5000)
    await until(async () => expect(await balance(paid)).toMatchObject({ chargedBack: '50.00', refundable: '40.00' }))
    await until(() =>
      expect(world.org.find('Payment__c', paid.recordId)).toMatchObject({
        Charged_Back__c: 50,
        Refundable_Amount__c: 40,
      }),
    )
    const chargebacks = async () => (await world.get(`/v1/payments/${paid.recordId}`)).body.chargebacks
    const [taken] = await chargebacks()
    expect(taken).toMatchObject({ amount: '50.00', open: true, occurredAt: expect.any(String) })
    world.adyen.advanceClock(86_400_000)
    world.adyen.reverseChargeback(dispute)
    await until(async () => expect(await balance(paid)).toMatchObject({ chargedBack: '0.00', refundable: '90.00' }))
    expect(await chargebacks()).toMatchObject([{ reference: taken?.reference, amount: '50.00', open: false }])
  })

  it('counts a chargeback that came before anybody refunded here', async () => {
    const paid = await pay()
    world.adyen.chargeback(paid.reference, 10000)
    await until(async () => {
      const told = await world.database.database.query(
        `SELECT id FROM gateway_events WHERE kind = 'chargeback' AND payment_reference = $1 AND outcome = 'no_such_payment'`,
        [paid.reference],
      )
      expect(told).toHaveLength(1)
    })
    expect((await world.request({ ...paid.body, amount: '1.00' })).body.code).toBe('nothing_refundable')
    expect(world.adyen.acceptedRefunds(paid.reference)).toEqual([])
  })

  it('pays a customer without a payment only where that is switched on, and only for those who may', async () => {
    const credit = {
      gateway: 'braintree',
      gatewayAccount: 'refundrelay_eur',
      amount: '15.00',
      currency: 'EUR',
      target: { kind: 'stored_method', token: 'local-token' },
      reason: 'other',
    }
    const key = randomUUID()
    const asked = await world.post('/v1/credits', credit, { key })
    expect(asked).toMatchObject({
      status: 202,
      body: { credit: { kind: 'Credit', amount: '15.00', target: 'stored_method' } },
    })
    const again = await world.post('/v1/credits', credit, { key })
    expect(again.body.credit.id).toBe(asked.body.credit.id)
    await until(() => {
      const row = world.org.rows('Credit__c').find((record) => record.Credit_Key__c === asked.body.credit.id)
      expect(row).toMatchObject({ Stage__c: 'Refunded', Amount__c: 15, Target__c: 'Stored method' })
    })
    expect(await world.post('/v1/credits', credit, { user: OBSERVER })).toMatchObject({
      status: 403,
      body: { code: 'credits_not_permitted' },
    })
    const off = await world.post('/v1/credits', { ...credit, gateway: 'gocardless', gatewayAccount: 'CR000RELAY' })
    expect(off).toMatchObject({ status: 403, body: { code: 'credits_off' } })
  })

  it.each([
    ['a wrong IBAN', 'invalid_field', { kind: 'bank_account', iban: 'NL13TEST0123456788', ownerName: 'A. Klaassen' }],
    ['raw card data', 'card_data_refused', { kind: 'card', number: '4111111111111111' }],
    [
      'a card beside a token',
      'card_data_refused',
      { kind: 'stored_method', token: 'local-token', card: { number: '4111111111111111' } },
    ],
  ])('refuses a credit to %s', async (_what, code, target) => {
    const credit = { gateway: 'adyen', gatewayAccount: 'RefundRelayECOM', amount: '15.00', currency: 'EUR', target }
    const refused = await world.post('/v1/credits', credit)
    expect([refused.status, refused.body.code]).toEqual([422, code])
    expect(JSON.stringify(refused.body)).not.toMatch(/4111111111111111|NL13TEST/)
  })

  it('keeps no bank account number in its books, and still sends it', async () => {
    const credit = {
      gateway: 'adyen',
      gatewayAccount: 'RefundRelayECOM',
      amount: '15.00',
      currency: 'EUR',
      target: { kind: 'bank_account', iban: 'NL91 ABNA 0417 1643 00', ownerName: 'A. Klaassen' },
    }
    const asked = await world.post('/v1/credits', credit)
    await until(() => {
      const row = world.org.rows('Credit__c').find((record) => record.Credit_Key__c === asked.body.credit.id)
      expect(row?.Stage__c).toBe('Refunded')
    })
    const kept = await world.database.database.query<{ text: string }>(
      `SELECT coalesce(string_agg(body::text, ''), '') AS text FROM attempts`,
    )
    expect(kept[0]!.text).not.toMatch(/NL91|0417164300|Klaassen/)
  })
})
