import { AVA_AGENT } from '../emulators/org/local-people.ts'
import { until } from '../until.ts'
import { startWorld } from './world.ts'
import type { World } from './world.ts'

describe('the list of what needs a person, in Salesforce', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld({ outcomeDelayMs: 0 })
  })
  afterAll(() => world.close())

  /** The refund failed days after it had succeeded. */
  const failedLate = async () => {
    const paid = await world.pay(
      { amount: { value: 6000, currency: 'EUR' }, holderName: 'refund failed' },
      { Amount__c: 60 },
    )
    const asked = await world.request({ ...paid.body, amount: '20.00' })
    await world.record(asked.body.refund.id, 'Refunded')
    world.adyen.advanceClock(4 * 86_400_000)
    await world.adyen.settleWebhooks()
    return {
      ...paid,
      refundId: asked.body.refund.id,
      recordId: (await world.record(asked.body.refund.id, 'Failed')).Id,
    }
  }
  const listed = async () => {
    const rows = await fetch(`${world.org.url}/ui/refunds?view=Needs_Attention`)
    return ((await rows.json()) as { id: string }[]).map(({ id }) => id)
  }
  const raise = (refundId: string, code: string, reason: string) =>
    world.database.database.query('UPDATE refunds SET attention_code = $2, attention = $3 WHERE id = $1', [
      refundId,
      code,
      reason,
    ])
  const shows = (recordId: unknown, fields: object) =>
    // Who is asked about at the very moment is looked at half a minute later.
    until(() => expect(world.org.find('Refund__c', String(recordId))).toMatchObject(fields), 45_000)

  it('shows what changed after success, with what to do and since when; closing needs a reason', async () => {
    const { recordId } = await failedLate()
    await shows(recordId, {
      Attention_Kind__c: 'Changed after success',
      Attention_Reason__c: 'The refund failed after it had been accepted.',
      Attention_Remedy__c: 'Ask the customer for another way to be paid.',
      Attention_Since__c: expect.any(String),
      Attention_Age__c: 0,
      Attention_Closed__c: false,
    })
    expect(await listed()).toContain(recordId)
    const close = (fields: Record<string, string | boolean>) => world.org.update('Refund__c', String(recordId), fields)
    expect(() => close({ Attention_Closed__c: true })).toThrow('Say how it was dealt with before you tick it.')
    close({ Attention_Closed__c: true, Attention_Closed_Reason__c: 'Refunded another way' })
    expect(await listed()).not.toContain(recordId)
  })

  it('keeps closed what a person closed, whatever else is written, and opens it again for something new', async () => {
    const { recordId, refundId } = await failedLate()
    await shows(recordId, { Attention_Kind__c: 'Changed after success' })
    world.org.update('Refund__c', String(recordId), {
      Attention_Owner__c: AVA_AGENT,
      Attention_Closed__c: true,
      Attention_Closed_Reason__c: 'Nothing to do',
      Attention_Note__c: 'The customer has moved.',
    })
    await world.database.database.query(`UPDATE refunds SET gateway_message = 'Account closed' WHERE id = $1`, [
      refundId,
    ])
    await shows(recordId, { Gateway_Message__c: 'Account closed', Attention_Closed__c: true })
    expect(await listed()).not.toContain(recordId)
    await raise(refundId, 'amount_differs', 'Adyen reports EUR 19.00, EUR 20.00 was asked.')
    await shows(recordId, {
      Attention_Kind__c: 'Does not match',
      Attention_Closed__c: false,
      Attention_Closed_Reason__c: null,
      Attention_Owner__c: AVA_AGENT,
      Attention_Note__c: 'The customer has moved.',
    })
    expect(await listed()).toContain(recordId)
  })

  it('shows money that is out twice on its refund, until it no longer is', async () => {
    const paid = await world.pay({ amount: { value: 6000, currency: 'EUR' } }, { Amount__c: 60 })
    const asked = await world.request({ ...paid.body, amount: '20.00' })
    const { Id } = await world.record(asked.body.refund.id, 'Refunded')
    const chargeBack = (open: boolean) =>
      world.database.database.query(
        `INSERT INTO chargebacks (gateway, gateway_account, reference, org_id, payment_id, amount, open)
         SELECT gateway, gateway_account, 'DISPUTE1', org_id, payment_id, 60, $2 FROM payments WHERE payment_id = $1
         ON CONFLICT (gateway, gateway_account, reference) DO UPDATE SET open = excluded.open`,
        [paid.recordId, open],
      )
    await chargeBack(true)
    await shows(Id, { Attention_Kind__c: 'Money out twice' })
    expect(await listed()).toContain(Id)
    await chargeBack(false)
    await shows(Id, { Attention_Kind__c: null, Attention_Reason__c: null, Attention_Since__c: null })
    expect(await listed()).not.toContain(Id)
  })

  it('shows by itself what has been unknown for more than an hour', async () => {
    const paid = await world.pay({ amount: { value: 6000, currency: 'EUR' } }, { Amount__c: 60 })
    world.adyen.webhookFault('never_deliver')
    world.adyen.faultOnNextRequest('drop_before_accept', 1_000)
    const asked = await world.request({ ...paid.body, amount: '20.00' })
    const { Id } = await world.record(asked.body.refund.id, 'Checking with gateway')
    expect(await listed()).not.toContain(Id)
    await world.later('61 minutes')
    await shows(Id, { Attention_Kind__c: 'Unknown for long' })
    expect(await listed()).toContain(Id)
    world.adyen.faultOnNextRequest('drop_before_accept', 0)
  })
})
