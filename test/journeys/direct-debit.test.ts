import { debit } from '../emulators/sample-payments.ts'
import { startWorld } from './world.ts'
import type { PaidPayment, World } from './world.ts'
import { dayInWords } from '../../middleware/refunds/claim-window.ts'
import { until } from '../until.ts'

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)

describe('refunding a direct debit', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld()
  })
  afterAll(() => world.close())

  const pay = (days = 20, scheme = 'sepa_core'): Promise<PaidPayment> =>
    world.payWith({
      hint: '',
      gateway: 'gocardless',
      atGateway: { amount: 4800, currency: 'EUR', chargeDate: daysAgo(days) },
      inOrg: debit(48, 'EUR', scheme, 'SEPA •••• 3000', daysAgo(days)),
    })
  const exposures = () => world.org.rows('Refund_Exposure__c')

  it('warns of the claim and until when, and goes out once the payer was asked', async () => {
    const paid = await pay()
    const preview = await world.post(`/v1/payments/${paid.recordId}/undo-preview`, paid.body)
    expect(preview.body.directDebit).toMatchObject({
      schemeLabel: 'SEPA Core',
      claimUntil: daysAgo(20 - 56),
      mustAcknowledge: true,
    })
    expect(await world.request({ ...paid.body, amount: '10.00' })).toMatchObject({
      status: 422,
      body: { code: 'acknowledgement_missing' },
    })
    const asked = await world.request({ ...paid.body, amount: '10.00', acknowledged: true })
    expect(asked).toMatchObject({ status: 202, body: { refund: { payerAsked: true } } })
    const record = await world.record(asked.body.refund.id, 'Refunded')
    expect(record.Payer_Asked__c).toBe(true)
    expect(world.goCardless.acceptedRefunds(paid.reference)).toHaveLength(1)
  })

  it('waits while the debit may still fail', async () => {
    const paid = await pay(3)
    const preview = await world.post(`/v1/payments/${paid.recordId}/undo-preview`, { ...paid.body, amount: '1.00' })
    expect(preview.body).toMatchObject({
      action: 'nothing',
      sentence: expect.stringContaining('cannot be refunded before'),
    })
    const asked = await world.request({ ...paid.body, acknowledged: true })
    expect(asked).toMatchObject({ status: 409, body: { code: 'direct_debit_too_young' } })
    expect(asked.body.detail).toContain(dayInWords(daysAgo(3 - 7)))
  })

  it('is refused when the bank has already taken it back, and nothing is stored', async () => {
    const paid = await pay()
    world.goCardless.simulate('payment_charged_back', paid.reference)
    const asked = await world.request({ ...paid.body, acknowledged: true })
    expect(asked).toMatchObject({ status: 409, body: { code: 'not_possible_now' } })
    expect(asked.body.detail).toMatch(/bank has already taken this payment back/)
  })

  it('opens an exposure when the payer claims what was refunded, blocks more, and closes it when the claim is withdrawn', async () => {
    const paid = await pay()
    const asked = await world.request({ ...paid.body, amount: '18.00', acknowledged: true })
    await world.record(asked.body.refund.id, 'Refunded')
    world.goCardless.simulate('payment_charged_back', paid.reference)
    const exposure = await until(() => {
      const row = exposures().find((record) => record.Payment__c === paid.recordId)
      if (!row) throw new Error('no exposure yet')
      return row
    })
    expect(exposure).toMatchObject({ Kind__c: 'Double refund', Amount__c: 18, At_Risk__c: true })
    const more = await world.request({ ...paid.body, amount: '1.00', acknowledged: true })
    expect(more.status).toBe(409)
    const { body } = await world.get(`/v1/payments/${paid.recordId}`)
    expect(body.payment).toMatchObject({ exposure: '18.00', chargedBack: '48.00' })
    // GoCardless names no dispute: the payment's own reference is what can be looked up there.
    expect(body.chargebacks).toMatchObject([{ reference: paid.reference, amount: '48.00', open: true }])
    world.goCardless.simulate('payment_chargeback_cancelled', paid.reference)
    await until(() => {
      const row = exposures().find((record) => record.Payment__c === paid.recordId)
      expect(row).toMatchObject({ At_Risk__c: false, Closed_At__c: expect.any(String) })
    })
    expect((await world.get(`/v1/payments/${paid.recordId}`)).body.payment).toMatchObject({
      exposure: '0.00',
      refundable: '30.00',
    })
  })

  it('is a configuration message when refunds are switched off at the gateway', async () => {
    world.goCardless.changeCreditor('CR000RELAY', { canCreateRefunds: false })
    const paid = await pay()
    const asked = await world.request({ ...paid.body, acknowledged: true })
    expect(asked.body.detail).toMatch(/does not allow refunds yet/)
    world.goCardless.changeCreditor('CR000RELAY', { canCreateRefunds: true })
  })

  it('waits for funds and says so', async () => {
    world.goCardless.changeCreditor('CR000RELAY', { confirmedFunds: { EUR: 0 } })
    const paid = await pay()
    const preview = await world.post(`/v1/payments/${paid.recordId}/undo-preview`, { ...paid.body, amount: '9.00' })
    expect(preview.body).toMatchObject({
      action: 'wait',
      sentence: expect.stringMatching(/balance at the gateway is too low/),
    })
    const asked = await world.request({ ...paid.body, amount: '9.00', acknowledged: true })
    expect(asked).toMatchObject({
      status: 202,
      body: {
        refund: {
          state: 'requested',
          waiting: { sentence: expect.stringMatching(/balance at the gateway is too low/) },
        },
      },
    })
    world.goCardless.changeCreditor('CR000RELAY', { confirmedFunds: { EUR: 10_000_00 } })
    await world.later('5 hours')
    await world.record(asked.body.refund.id, 'Refunded')
  })

  it('shows money that came back after it was refunded', async () => {
    const paid = await pay()
    const asked = await world.request({ ...paid.body, amount: '7.00', acknowledged: true })
    await world.record(asked.body.refund.id, 'Refunded')
    world.goCardless.simulate('refund_returned', world.goCardless.acceptedRefunds(paid.reference)[0]!.id)
    const record = await world.record(asked.body.refund.id, 'Reversed')
    expect(record.Attention_Reason__c).toMatch(/came back/)
  })

  it('confirms to the gateway what was really refunded, also when one before it in the line failed', async () => {
    const paid = await pay()
    const asked = []
    for (const amount of ['10.00', '11.00', '12.00']) {
      asked.push(await world.request({ ...paid.body, amount, acknowledged: true }))
    }
    expect(asked[2]!.body.refund.waiting).toMatchObject({ position: 2 })
    await world.post(`/v1/refunds/${asked[1]!.body.refund.id}/withdraw`, {})
    await world.record(asked[2]!.body.refund.id, 'Refunded')
    expect(world.goCardless.acceptedRefunds(paid.reference)).toHaveLength(2)
  })

  it('goes by age and webhooks at Adyen, which cannot be asked: not while the bank disputes it', async () => {
    const inOrg = debit(30, 'EUR', 'sepa_core', 'SEPA •••• 1234', daysAgo(20))
    const paid = await world.payWith({
      hint: '',
      gateway: 'adyen',
      atGateway: { amount: { value: 3000, currency: 'EUR' } },
      inOrg,
    })
    expect((await world.request({ ...paid.body, amount: '1.00' })).body.code).toBe('acknowledgement_missing')
    expect((await world.request({ ...paid.body, amount: '1.00', acknowledged: true })).status).toBe(202)
    world.adyen.announceChargeback(paid.reference)
    await until(async () => {
      const asked = await world.request({ ...paid.body, amount: '2.00', acknowledged: true })
      expect(asked).toMatchObject({ status: 409, body: { code: 'not_possible_now' } })
    })
  })

  it('catches up with events that nobody delivered', async () => {
    const paid = await pay()
    const asked = await world.request({ ...paid.body, amount: '9.00', acknowledged: true })
    await world.record(asked.body.refund.id, 'Refunded')
    for (let missed = 0; missed < 8; missed++) world.goCardless.webhookFault('never_deliver')
    world.goCardless.simulate('refund_returned', world.goCardless.acceptedRefunds(paid.reference)[0]!.id)
    await world.later('1 second')
    await world.record(asked.body.refund.id, 'Reversed')
  })
})
