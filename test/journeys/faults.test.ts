import type { RequestFault, WebhookFault } from '../emulators/adyen/faults.ts'
import { startWorld } from './world.ts'
import type { PaidPayment, World } from './world.ts'
import { until } from '../until.ts'

describe('a refund when something breaks', () => {
  let world: World
  beforeEach(async () => {
    // What breaks here is told before anything else: the gateway decides at once.
    world = await startWorld({ outcomeDelayMs: 0 })
  })
  afterEach(() => world.close())

  const pay = (): Promise<PaidPayment> => world.pay({ amount: { value: 6000, currency: 'EUR' } }, { Amount__c: 60 })
  const paidOut = (paid: PaidPayment) => world.adyen.acceptedRefunds(paid.reference).length

  it.each<RequestFault>([
    'drop_after_accept',
    'drop_before_accept',
    'unreadable_answer',
    'empty_answer',
    'html_500_after',
    'html_500_before',
    'answer_without_reference',
  ])('is being checked on %s, and ends refunded exactly once', async (fault) => {
    const paid = await pay()
    world.adyen.webhookFault('never_deliver')
    world.adyen.faultOnNextRequest(fault)
    const asked = await world.request({ ...paid.body, amount: '20.00' })
    expect(asked).toMatchObject({
      status: 202,
      body: { refund: { state: 'unknown', error: { code: 'REFUND_BEING_CHECKED' } } },
    })
    await world.record(asked.body.refund.id, 'Checking with gateway')
    expect(world.org.find('Payment__c', paid.recordId)).toMatchObject({
      Amount_Pending_Refund__c: 20,
      Refundable_Amount__c: 40,
    })
    await world.later('10 seconds')
    await world.record(asked.body.refund.id, 'Sent to gateway')
    expect(paidOut(paid)).toBe(1)
  })

  it('is refunded when only the webhook tells what became of it', async () => {
    const paid = await pay()
    world.adyen.faultOnNextRequest('drop_after_accept')
    const asked = await world.request({ ...paid.body, amount: '20.00' })
    await world.record(asked.body.refund.id, 'Refunded')
    expect(paidOut(paid)).toBe(1)
  })

  it('waits while the gateway is down, and goes out once when it is back', async () => {
    const paid = await pay()
    world.adyen.setDown(true)
    const asked = await world.request({ ...paid.body, amount: '20.00' })
    expect(asked.status).toBe(202)
    expect(paidOut(paid)).toBe(0)
    world.adyen.setDown(false)
    await world.later('10 seconds')
    await world.record(asked.body.refund.id, 'Refunded')
    expect(paidOut(paid)).toBe(1)
  })

  it.each<WebhookFault>(['deliver_twice', 'deliver_before_answer', 'deliver_out_of_order'])(
    'comes to the same end on %s',
    async (fault) => {
      const paid = await world.pay(
        { amount: { value: 6000, currency: 'EUR' }, holderName: 'refund failed' },
        { Amount__c: 60 },
      )
      world.adyen.webhookFault(fault)
      const asked = await world.request({ ...paid.body, amount: '20.00' })
      world.adyen.advanceClock(4 * 86_400_000)
      await world.adyen.settleWebhooks()
      await world.record(asked.body.refund.id, 'Failed')
      const changes = await world.database.database.query<{ to_state: string }>(
        'SELECT to_state FROM refund_changes WHERE refund_id = $1 ORDER BY id',
        [asked.body.refund.id],
      )
      expect(changes.filter((change) => change.to_state === 'failed')).toHaveLength(1)
    },
  )

  it('goes on while Salesforce is down; the result waits and arrives', async () => {
    const paid = await pay()
    // The middleware knows who may refund; then the org goes away.
    await world.request({ ...paid.body, amount: '1.00' })
    await world.adyen.settleWebhooks()
    world.org.faults.set('down')
    // Else it might be faster than the answer.
    world.adyen.webhookFault('deliver_out_of_order')
    const asked = await world.request({ ...paid.body, amount: '20.00' })
    expect(asked.status).toBe(202)
    await world.request({ ...paid.body, amount: '2.00' })
    await until(async () =>
      expect((await world.get(`/v1/refunds/${asked.body.refund.id}`)).body.refund.state).toBe('succeeded'),
    )
    expect(world.org.rows('Refund__c').find((row) => row.Refund_Key__c === asked.body.refund.id)?.Stage__c).not.toBe(
      'Refunded',
    )
    world.org.faults.clear('down')
    await world.later('20 seconds')
    await world.record(asked.body.refund.id, 'Refunded')
    expect(world.org.find('Payment__c', paid.recordId)).toMatchObject({ Amount_Refunded__c: 23 })
  })

  it('marks a result for a person when the gateway reports another amount', async () => {
    const paid = await pay()
    world.adyen.faultOnNextRequest('other_amount')
    const asked = await world.request({ ...paid.body, amount: '20.00' })
    expect(asked.body.refund).toMatchObject({
      state: 'unknown',
      attention: expect.stringMatching(/answered for something else/),
    })
    expect(asked.body.refund.stage).not.toBe('Refunded')
  })

  it('asks again while the gateway keeps the key, and never after', async () => {
    const paid = await pay()
    world.adyen.webhookFault('never_deliver')
    world.adyen.faultOnNextRequest('drop_after_accept')
    const asked = await world.request({ ...paid.body, amount: '20.00' })
    world.adyen.faultOnNextRequest('drop_before_accept', 1_000)
    await world.later('7 days')
    const record = await until(() => {
      const row = world.org.rows('Refund__c').find((refund) => refund.Refund_Key__c === asked.body.refund.id)
      if (!row?.Attention_Reason__c) throw new Error('nobody was told')
      return row
    })
    expect(record).toMatchObject({ Stage__c: 'Checking with gateway' })
    expect(paidOut(paid)).toBe(1)
  })
})
