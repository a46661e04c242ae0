import { jwtVerify } from 'jose'
import { AVA_AGENT, OLU_OBSERVER } from '../local-people.ts'
import { AUDIENCE, insertPayment, refundOf, requestKeys } from '../org-rig.ts'
import type { Example } from './middleware-double.ts'
import { NEVER_REFUNDED, startControllerRig, type ControllerRig } from './refund-controller-rig.ts'

const NO_ANSWER =
  'The refund service did not answer. Press Refund again: it is the same refund, and it cannot go out twice.'
const NO_PERMISSION = 'You need the Refunds permission set to refund payments. Ask your administrator.'
describe('the stand-ins of RefundController', () => {
  let rig: ControllerRig
  let payment: string
  beforeAll(async () => {
    rig = await startControllerRig()
  })
  afterAll(() => rig.close())
  beforeEach(async () => {
    payment = await rig.newPayment()
  })

  const request = (more: object = {}, userId?: string): Promise<{ status: number; body: unknown }> =>
    rig.call(
      'requestRefund',
      { paymentId: payment, amount: '30.00', reason: 'returned', note: '', idempotencyKey: 'key-12345', ...more },
      userId,
    )

  it('sends what the record says of the payment, signed for the user', async () => {
    rig.middleware.answers.POST = rig.example('pending')
    await request()
    const [received] = rig.middleware.received
    const record = rig.org.find('Payment__c', payment)
    expect(received).toMatchObject({ method: 'POST', path: '/v1/refunds', headers: { 'idempotency-key': 'key-12345' } })
    expect(received?.body).toEqual({
      paymentId: payment,
      gateway: 'adyen',
      gatewayAccount: 'RefundRelayECOM',
      gatewayReference: record?.['Gateway_Reference__c'],
      capturedAmount: '120.50',
      currency: 'EUR',
      route: 'card',
      amount: '30.00',
      reason: 'returned',
    })
    const token = received?.headers.authorization?.replace('Bearer ', '') ?? ''
    const { payload } = await jwtVerify(token, requestKeys.publicKey, { audience: AUDIENCE })
    expect(payload.sub).toBe(AVA_AGENT.slice(0, 15))
  })

  it.each([
    ['pending', { state: 'pending', stage: 'Sent to gateway', sentence: null, errorCode: null }],
    ['succeeded', { state: 'succeeded', stage: 'Refunded', sentence: null, errorCode: null }],
    ['rejected', { state: 'rejected', stage: 'Failed' }],
    ['failed', { state: 'failed', stage: 'Failed' }],
    ['unknown', { state: 'unknown', stage: 'Checking with gateway', errorCode: 'REFUND_BEING_CHECKED' }],
  ])('shows the stored refund of the example %s', async (name, outcome) => {
    const answer = rig.example(name)
    rig.middleware.answers.POST = answer
    const { refund } = answer.body as { refund: { id: string; amount: string; error: null | Record<string, unknown> } }
    expect(await request()).toEqual({
      status: 200,
      body: {
        refundId: refund.id,
        amount: refund.amount,
        currencyCode: 'EUR',
        gatewayLabel: 'Adyen',
        sentence: refund.error?.['sentence'] ?? null,
        remedy: refund.error?.['remedy'] ?? null,
        gatewayMessage: refund.error?.['gatewayMessage'] ?? null,
        errorCode: refund.error?.['code'] ?? null,
        waitingSentence: null,
        position: null,
        inSeconds: null,
        ...outcome,
      },
    })
  })

  it("tells a refusal in the org's own words for its code, its gaps filled, and as it came where the org has none", async () => {
    const { status, body } = rig.example('amount_exceeds_refundable')
    const foreign = { ...(body as object), title: 'x', remedy: 'y', detail: 'x y' }
    rig.middleware.answers.POST = { status, body: foreign }
    expect((await request()).body).toEqual({
      body: {
        message:
          'Only EUR 70.50 of this payment can still be refunded. Lower the amount, or open the refunds under way.',
      },
    })
    rig.middleware.answers.POST = { status, body: { ...foreign, code: 'a_later_code' } }
    expect((await request()).body).toEqual({ body: { message: 'x y' } })
    const because = { why: 'x', remedy: 'y', because: 'DECLINED_PAYMENT_DISPUTED' }
    rig.middleware.answers.POST = { status, body: { ...foreign, code: 'not_possible_now', details: because } }
    expect((await request()).body).toEqual({
      body: {
        message:
          "The customer's bank has already taken this payment back. Do not refund. Answer the dispute at the gateway.",
      },
    })
    const failed = rig.example('failed').body as { refund: { error: object } }
    const error = { ...failed.refund.error, sentence: 'x', remedy: 'y' }
    rig.middleware.answers.POST = { status: 201, body: { ...failed, refund: { ...failed.refund, error } } }
    expect((await request()).body).toMatchObject({
      sentence: 'Your balance at the gateway is too low to pay this out today.',
      remedy: 'Top up the balance or wait for new payments, then try again.',
    })
  })

  it.each(['amount_exceeds_refundable', 'user_amount_at_limit', 'not_permitted', 'service_unavailable'])(
    'refuses as the example %s does, in its own sentence',
    async (name) => {
      rig.middleware.answers.POST = rig.example(name)
      const { detail } = rig.example(name).body as { detail: string }
      expect(await request()).toEqual({ status: 400, body: { body: { message: detail } } })
    },
  )

  it.each<[string, Example | null]>([
    ['no answer', null],
    ['a page of somebody between', { status: 502, body: '<html>Bad gateway</html>' }],
    ["somebody else's JSON", { status: 500, body: { message: 'Internal server error' } }],
    ['a 2xx without a refund', { status: 202, body: {} }],
  ])('says that pressing again is safe on %s', async (_, answer) => {
    rig.middleware.answers.POST = answer
    expect(await request()).toEqual({ status: 400, body: { body: { message: NO_ANSWER } } })
  })

  it('opens the form from the record when the middleware does not know the payment, or is away', async () => {
    await rig.org.insert(
      'Refund__c',
      refundOf(payment, `old-${payment}`, { Stage__c: 'Sent to gateway', Amount__c: 30 }),
    )
    for (const answer of [NEVER_REFUNDED, null]) {
      rig.middleware.answers.GET = answer
      const { status, body } = await rig.call('getRefundForm', { paymentId: payment })
      expect(status).toBe(200)
      expect(body).toMatchObject({
        idempotencyKey: expect.stringMatching(/^[\w-]{8,64}$/) as string,
        paymentName: rig.org.find('Payment__c', payment)?.['Name'],
        currencyCode: 'EUR',
        decimals: 2,
        captured: '120.50',
        underWay: '30.00',
        refundable: '90.50',
        voided: false,
        route: 'Card',
        gatewayLabel: 'Adyen',
        paymentMethod: 'Visa •••• 1111',
        recentRefunds: [{ amount: '30.00', minutesAgo: 0, stage: 'Sent to gateway' }],
      })
      expect((body as { reasons: unknown[] }).reasons).toContainEqual({
        label: 'Requested by customer',
        value: 'requested_by_customer',
      })
    }
  })

  it('refuses a user without the permission before anything leaves the org', async () => {
    const refused = { status: 400, body: { body: { message: NO_PERMISSION } } }
    expect(await request({}, OLU_OBSERVER)).toEqual(refused)
    expect(await rig.call('getRefundForm', { paymentId: payment }, OLU_OBSERVER)).toEqual(refused)
    expect(await rig.call('previewRefund', { paymentId: payment, amount: null }, OLU_OBSERVER)).toEqual(refused)
    expect(await rig.call('withdrawRefund', { paymentId: payment, refundKey: 'x' }, OLU_OBSERVER)).toEqual(refused)
    expect(rig.middleware.received).toHaveLength(0)
  })

  it('tells the middleware the scheme and the day of a direct debit, and that the payer was asked', async () => {
    const debit = { Route__c: 'Direct Debit', Scheme__c: 'sepa_core', Payment_Date__c: '2026-11-02' }
    payment = await insertPayment(rig.org, debit)
    rig.middleware.answers.POST = rig.example('direct_debit_waiting')
    expect((await request({ acknowledged: true })).body).toMatchObject({ position: 1, inSeconds: null })
    const facts = { route: 'direct_debit', scheme: 'sepa_core', collectedOn: '2026-11-02' }
    expect(rig.middleware.received[0]?.body).toMatchObject({ ...facts, acknowledged: true })
    rig.middleware.answers.POST = rig.example('preview_direct_debit')
    const preview = await rig.call('previewRefund', { paymentId: payment, amount: '30.00' })
    expect(preview).toEqual({ status: 200, body: rig.example('preview_direct_debit').body })
    expect(rig.middleware.received[1]).toMatchObject({
      path: `/v1/payments/${payment}/undo-preview`,
      body: { ...facts, amount: '30.00' },
    })
    expect((await rig.call('getRefundForm', { paymentId: payment })).body).toMatchObject({
      scheme: 'sepa_core',
      schemeLabel: 'SEPA Core',
      collectedOn: '2026-11-02',
      exposure: '0.00',
    })
  })

  it('undoes a whole payment without naming an amount', async () => {
    rig.middleware.answers.POST = rig.example('voided')
    expect((await request({ amount: null, undo: true })).body).toMatchObject({ stage: 'Voided', amount: '120.50' })
    expect(rig.middleware.received[0]?.body).toMatchObject({ undo: true })
    expect(rig.middleware.received[0]?.body).not.toHaveProperty('amount')
  })

  it('withdraws a waiting refund of this payment, and no other', async () => {
    const { refund } = rig.example('waiting').body as { refund: { id: string } }
    const { payment: balance } = rig.example('payment').body as { payment: object }
    rig.middleware.answers = {
      GET: { status: 200, body: { payment: balance, refunds: [refund] } },
      POST: rig.example('withdrawn'),
    }
    expect((await rig.call('withdrawRefund', { paymentId: payment, refundKey: refund.id })).body).toMatchObject({
      state: 'rejected',
      errorCode: 'REFUND_WITHDRAWN',
    })
    expect(rig.middleware.received[1]).toMatchObject({ method: 'POST', path: `/v1/refunds/${refund.id}/withdraw` })
    expect(await rig.call('withdrawRefund', { paymentId: payment, refundKey: '../x' })).toMatchObject({ status: 400 })
    expect(rig.middleware.received).toHaveLength(3)
  })

  it('refuses a payment that is not there, and a method that is not there', async () => {
    expect(await request({ paymentId: 'a01000000000999AAA' })).toMatchObject({ status: 400 })
    expect(await rig.call('refundEverything', {})).toMatchObject({ status: 404 })
    expect(rig.middleware.received).toHaveLength(0)
  })
})
