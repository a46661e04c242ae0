import { card, debit } from '../emulators/sample-payments.ts'
import { until } from '../until.ts'
import { startWorld } from './world.ts'
import type { PaidPayment, World } from './world.ts'

const DAY_MS = 86_400_000

describe('undoing a payment', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld()
  })
  afterAll(() => world.close())

  const braintree = (
    amount: string,
    status: 'submitted_for_settlement' | 'settling' | 'settled',
    settlesInMs?: number,
  ) =>
    world.payWith({
      hint: '',
      gateway: 'braintree',
      atGateway: { amount, status, ...(settlesInMs !== undefined && { settlesInMs }) },
      inOrg: card(Number(amount), 'EUR', 'Visa •••• 1111', '2026-11-20'),
    })
  const preview = async (paid: PaidPayment, amount?: string) =>
    (await world.post(`/v1/payments/${paid.recordId}/undo-preview`, { ...paid.body, ...(amount && { amount }) })).body

  it('voids the whole payment while it has not settled, and nothing appears on the statement', async () => {
    const paid = await braintree('32.00', 'submitted_for_settlement', 2 * DAY_MS)
    expect(await preview(paid)).toMatchObject({
      action: 'void',
      amount: '32.00',
      sentence: expect.stringMatching(/nothing will appear/),
    })
    const asked = await world.request({ ...paid.body, undo: true })
    expect(asked).toMatchObject({
      status: 201,
      body: { refund: { kind: 'Void', stage: 'Voided' }, payment: { refundable: '0.00' } },
    })
    const record = await world.record(asked.body.refund.id, 'Voided')
    expect(record.Kind__c).toBe('Void')
    expect(world.braintree.find(paid.reference)?.status).toBe('voided')
    expect((await world.request({ ...paid.body, amount: '1.00' })).body.code).toBe('payment_voided')
  })

  it('refunds it when it is already settling', async () => {
    const paid = await braintree('41.00', 'settling')
    expect(await preview(paid)).toMatchObject({ action: 'refund', sentence: expect.stringMatching(/already settling/) })
    const asked = await world.request({ ...paid.body, undo: true })
    expect(asked.body.refund).toMatchObject({ kind: 'Refund', stage: 'Sent to gateway', amount: '41.00' })
    await world.record(asked.body.refund.id, 'Refunded')
  })

  it('never voids for a part: the part waits until the payment has settled', async () => {
    const paid = await braintree('50.00', 'submitted_for_settlement', DAY_MS)
    expect(await preview(paid, '10.00')).toMatchObject({
      action: 'wait',
      sentence: expect.stringMatching(/once the payment has settled/),
    })
    const asked = await world.request({ ...paid.body, amount: '10.00' })
    expect(asked).toMatchObject({
      status: 202,
      body: {
        refund: { state: 'requested', waiting: { position: 1, sentence: expect.stringMatching(/not settled yet/) } },
      },
    })
    world.braintree.settle(paid.reference)
    await world.later('2 hours')
    await world.record(asked.body.refund.id, 'Refunded')
    expect(world.braintree.find(paid.reference)?.status).toBe('settled')
  })

  it('lets Adyen decide, which cannot be asked: cancelled while nothing was captured', async () => {
    const paid = await world.pay({ amount: { value: 19900, currency: 'EUR' }, captured: false }, { Amount__c: 199 })
    expect(await preview(paid)).toMatchObject({ action: 'gateway_decides' })
    const asked = await world.request({ ...paid.body, undo: true })
    expect(asked.body.refund).toMatchObject({ kind: 'Undo', amount: '199.00' })
    await world.record(asked.body.refund.id, 'Cancelled or refunded')
    expect((await world.get(`/v1/payments/${paid.recordId}`)).body.payment.refundable).toBe('0.00')
  })

  it('cancels a direct debit that was not collected yet, without a word about claims', async () => {
    const paid = await world.payWith({
      hint: '',
      gateway: 'gocardless',
      atGateway: { amount: 2500, currency: 'EUR', status: 'pending_submission' },
      inOrg: debit(25, 'EUR', 'sepa_core', 'SEPA •••• 3000', '2026-11-23'),
    })
    expect(await preview(paid)).toMatchObject({ action: 'void', directDebit: null })
    const asked = await world.request({ ...paid.body, undo: true })
    await world.record(asked.body.refund.id, 'Voided')
  })

  it('is not possible any more once a part was refunded', async () => {
    const paid = await braintree('20.00', 'settled')
    await world.request({ ...paid.body, amount: '5.00' })
    expect(await preview(paid)).toMatchObject({ action: 'refund', amount: '15.00' })
  })

  it('is not tried the other way when a fresh look shows that it would be refused as well', async () => {
    const paid = await braintree('23.00', 'submitted_for_settlement', DAY_MS)
    world.braintree.refuseNext({ code: '91504', message: 'Transaction can only be voided if …' })
    expect(await preview(paid)).toMatchObject({ action: 'void' })
    const asked = await world.request({ ...paid.body, undo: true })
    // Refused, though it still is not settled: the other way would be refused as well, so it is not tried.
    const record = await world.record(asked.body.refund.id, 'Failed')
    expect(record.Error_Code__c).toBe('VOID_TOO_LATE')
    expect(world.braintree.acceptedRefunds(paid.reference)).toEqual([])
  })

  it('refuses an undo with an amount', async () => {
    const paid = await braintree('20.00', 'settled')
    expect(await world.request({ ...paid.body, undo: true, amount: '20.00' })).toMatchObject({
      status: 422,
      body: { code: 'undo_with_amount', field: 'amount' },
    })
  })

  it('sends the refunds of one Braintree payment one at a time, and shows each its place in the line', async () => {
    const paid = await braintree('90.00', 'settled')
    const answers = []
    for (const amount of ['10.00', '20.00', '30.00']) answers.push(await world.request({ ...paid.body, amount }))
    expect(answers[0]!.body.refund).toMatchObject({ stage: 'Sent to gateway', waiting: null })
    expect(answers[1]!.body.refund.waiting).toMatchObject({ position: 1, inSeconds: expect.any(Number) })
    expect(answers[2]!.body.refund.waiting).toMatchObject({ position: 2 })
    const withdrawn = await world.post(`/v1/refunds/${answers[2]!.body.refund.id}/withdraw`, {})
    expect(withdrawn).toMatchObject({
      status: 200,
      body: { refund: { state: 'rejected', error: { code: 'REFUND_WITHDRAWN' } } },
    })
    await world.record(answers[1]!.body.refund.id, 'Refunded')
    expect(world.braintree.acceptedRefunds(paid.reference)).toHaveLength(2)
    const late = await world.post(`/v1/refunds/${answers[1]!.body.refund.id}/withdraw`, {})
    expect(late).toMatchObject({ status: 409, body: { code: 'withdraw_too_late' } })
  })

  it('polls Braintree for the outcome of a card refund, and shows a settlement that was declined', async () => {
    const paid = await braintree('12.00', 'settled')
    const asked = await world.request(paid.body)
    const refund = await until(() => {
      const entry = world.braintree.acceptedRefunds(paid.reference)[0]
      if (!entry) throw new Error('not taken yet')
      return entry
    })
    world.braintree.declineSettlement(refund.reference)
    const record = await world.record(asked.body.refund.id, 'Failed')
    expect(record.Error_Code__c).toBe('REFUND_SETTLEMENT_DECLINED')
  })

  it("shows a bank's refusal at once, with its code and text", async () => {
    const paid = await braintree('3000.00', 'settled')
    const asked = await world.request({ ...paid.body, amount: '2004.00' })
    expect(asked).toMatchObject({
      status: 201,
      body: { refund: { stage: 'Failed', error: { code: 'REFUND_DECLINED_BY_BANK' } } },
    })
    expect(asked.body.refund.error?.gatewayMessage).toMatch(/2004/)
  })
})
