import { randomUUID } from 'node:crypto'
import type { GatewayAnswer } from '../../../../middleware/gateways/gateway.ts'
import { Money } from '../../../../middleware/money/money.ts'
import { startBraintreeRig } from '../../../contracts/gateway-rig-braintree.ts'
import type { BraintreeRig } from '../../../contracts/gateway-rig-braintree.ts'
import { startScriptedServer } from '../scripted-server.ts'
import type { ScriptedServer } from '../scripted-server.ts'
import { creditAttempt, refundAttempt } from './braintree-attempts.ts'

const referenceOf = (answer: GatewayAnswer) => ('gatewayReference' in answer ? answer.gatewayReference : '')

/** Closed also where a test fails: an open server would keep the whole run from ending. */
const servers: ScriptedServer[] = []
async function scripted(answer: Parameters<typeof startScriptedServer>[0]): Promise<ScriptedServer> {
  const server = await startScriptedServer(answer)
  servers.push(server)
  return server
}
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

describe('a Braintree refund', () => {
  let rig: BraintreeRig
  afterEach(() => rig.stop())

  it('always names amount, order id, merchant account and key, with the SDK speaking', async () => {
    const server = await scripted((response) => response.writeHead(404).end())
    rig = await startBraintreeRig({ environment: { baseUrl: server.url } })
    const attempt = refundAttempt(rig, '12.30', { refundId: '0198a000-0000-7000-8000-000000000001' })
    await rig.gateway.submit(attempt)
    const [request] = server.requests
    expect(request).toMatchObject({
      method: 'POST',
      path: `/merchants/refundrelay/transactions/${rig.paymentReference}/refund`,
      headers: { 'x-apiversion': '6', 'accept-encoding': 'gzip' },
    })
    expect(JSON.parse(request!.body)).toEqual({
      transaction: {
        amount: '12.30',
        order_id: '0198a000-0000-7000-8000-000000000001',
        merchant_account_id: 'refundrelay_eur',
        api_request_key: attempt.key,
      },
    })
  })

  it.each([
    ['EUR', '0.10'],
    ['JPY', '500'],
    ['KWD', '1.234'],
  ])('of %s %s keeps its decimals there and back', async (currency, amount) => {
    rig = await startBraintreeRig({}, { merchantAccounts: [{ id: 'refundrelay_eur', currency }] })
    rig.braintree.addTransaction({ id: 'paid', amount: '9000' })
    const answer = await rig.gateway.submit(refundAttempt(rig, amount, { paymentReference: 'paid', currency }))
    expect(answer).toMatchObject({ kind: 'pending' })
    expect(rig.braintree.find(referenceOf(answer))?.amount).toBe(amount)
  })

  it('may be one of several, until all is refunded', async () => {
    rig = await startBraintreeRig()
    for (const amount of ['60.00', '40.00']) {
      expect(await rig.gateway.submit(refundAttempt(rig, amount))).toMatchObject({ kind: 'pending' })
    }
    expect(await rig.gateway.submit(refundAttempt(rig, '0.01'))).toMatchObject({ code: 'already_refunded' })
  })

  it('of a payment in escrow is taken in full only', async () => {
    rig = await startBraintreeRig()
    const paymentReference = rig.braintree.addTransaction({ amount: '50.00', escrow: true })
    const part = await rig.gateway.submit(refundAttempt(rig, '20.00', { paymentReference }))
    expect(part).toMatchObject({ kind: 'rejected', code: 'escrow_in_full_only' })
    const whole = await rig.gateway.submit(refundAttempt(rig, '50.00', { paymentReference }))
    expect(whole).toMatchObject({ kind: 'pending' })
  })

  it('of a PayPal payment that is settling waits', async () => {
    rig = await startBraintreeRig({}, { settleAfterMs: 60_000 })
    const paymentReference = rig.braintree.addTransaction({
      amount: '50.00',
      instrument: 'paypal_account',
      status: 'settling',
    })
    const attempt = refundAttempt(rig, '20.00', { paymentReference })
    expect(await rig.gateway.submit(attempt)).toMatchObject({ kind: 'not_taken', waitingFor: 'payment_not_settled' })
    expect(await rig.gateway.submit(attempt)).toMatchObject({ kind: 'not_taken', waitingFor: 'payment_not_settled' })
    rig.braintree.settle(paymentReference)
    // Its first key was used up by the refusal; the refund goes out all the same, and once.
    const taken = await rig.gateway.submit(attempt)
    expect(taken).toMatchObject({ kind: 'pending' })
    expect(await rig.gateway.submit(attempt)).toEqual(taken)
    expect(rig.acceptedRefunds()).toHaveLength(1)
  })

  it('that was answered with another amount is unknown', async () => {
    rig = await startBraintreeRig()
    rig.braintree.faultOnNextRequest('other_amount')
    expect(await rig.gateway.submit(refundAttempt(rig, '10.00'))).toEqual({
      kind: 'unknown',
      detail: expect.stringMatching(/^asked for a refund of EUR 10\.00, Braintree took EUR 910\.00 as credit \w+$/),
      answersForAnother: true,
    })
  })

  const taken = (changes: Record<string, string> = {}) => {
    const fields = {
      id: 'r1',
      type: 'credit',
      status: 'submitted_for_settlement',
      amount: '10.00',
      'currency-iso-code': 'EUR',
      'order-id': '0198a000-0000-7000-8000-000000000001',
      'refunded-transaction-id': 'p1',
      ...changes,
    }
    const xml = Object.entries(fields).map(([name, value]) => `<${name}>${value}</${name}>`)
    return `<transaction>${xml.join('')}</transaction>`
  }

  it.each([
    ['another currency', taken({ 'currency-iso-code': 'USD' })],
    ['another type', taken({ type: 'sale' })],
    ['another payment', taken({ 'refunded-transaction-id': 'p2' })],
    ['another order id', taken({ 'order-id': 'x' })],
    ['no id', taken({ id: '' })],
    ['a status that nobody knows', taken({ status: 'pondering' })],
    ['an amount that is none of its currency', taken({ amount: '10.001' })],
    ['something else altogether', '<customer><id>1</id></customer>'],
    ['a cut-off text', '<transaction><id>r1</id>'],
    ['a blank body', '  '],
  ])('answered with %s is unknown', async (_, xml) => {
    const server = await scripted((response) => {
      response.writeHead(201, { 'content-type': 'application/xml' }).end(xml)
    })
    rig = await startBraintreeRig({ environment: { baseUrl: server.url } })
    const asked = { paymentReference: 'p1', refundId: '0198a000-0000-7000-8000-000000000001' }
    const answer = await rig.gateway.submit(refundAttempt(rig, '10.00', asked))
    expect(answer).toMatchObject({ kind: 'unknown', detail: expect.stringMatching(/\S/) })
  })

  it.each([
    ['submitted_for_settlement', { kind: 'pending', gatewayReference: 'r1' }],
    ['settled', { kind: 'succeeded', gatewayReference: 'r1' }],
    ['settlement_declined', { kind: 'rejected', code: 'settlement_declined' }],
    ['voided', { kind: 'rejected', code: 'gateway_refused', gatewayMessage: 'voided' }],
  ])('that a replay shows as %s is %o', async (status, expected) => {
    const server = await scripted((response) => {
      response.writeHead(201, { 'content-type': 'application/xml' }).end(taken({ status }))
    })
    rig = await startBraintreeRig({ environment: { baseUrl: server.url } })
    const asked = { paymentReference: 'p1', refundId: '0198a000-0000-7000-8000-000000000001' }
    expect(await rig.gateway.submit(refundAttempt(rig, '10.00', asked))).toMatchObject(expected)
  })
})

describe('a credit without a payment', () => {
  let rig: BraintreeRig
  afterEach(() => rig.stop())
  const account = { id: 'refundrelay_eur', currency: 'EUR', creditsAllowed: true }

  it('cannot even be prepared unless it is switched on', async () => {
    rig = await startBraintreeRig()
    expect(rig.gateway.prepareCredit).toBeUndefined()
    expect(rig.gateway.capabilities.credits).toEqual([])
  })

  it('goes to a stored payment method, once', async () => {
    rig = await startBraintreeRig({ credits: true }, { merchantAccounts: [account] })
    expect(rig.gateway.capabilities.credits).toEqual(['stored_method'])
    const attempt = creditAttempt(rig, '30.00')
    const answer = await rig.gateway.submit(attempt)
    expect(answer).toMatchObject({ kind: 'pending' })
    expect(await rig.gateway.submit(attempt)).toMatchObject({ gatewayReference: referenceOf(answer) })
    expect(rig.braintree.acceptedRefunds()).toMatchObject([{ kind: 'credit accepted', amount: '30.00' }])
  })

  it('is found again by its order id, and never called absent', async () => {
    rig = await startBraintreeRig({ credits: true }, { merchantAccounts: [account] })
    const attempt = creditAttempt(rig, '30.00')
    const { orderId } = attempt.body['transaction'] as { orderId: string }
    const amount = Money.fromDecimal('30.00', 'EUR')
    const query = { refundId: orderId, paymentReference: '', gatewayReference: null, amount }
    expect(await rig.gateway.lookUpRefund(query)).toMatchObject({ kind: 'unavailable' })
    await rig.gateway.submit(attempt)
    expect(await rig.gateway.lookUpRefund(query)).toMatchObject({ kind: 'found', facts: { refundId: orderId } })
  })

  it.each([
    ['that Braintree has not allowed', { ...account, creditsAllowed: false }, 'local-token', 'credits_not_enabled'],
    ['to a token that nobody knows', account, 'other', 'request_refused_by_gateway'],
    ['in an account without keys', { ...account, keysAllowed: false }, 'local-token', 'credits_not_enabled'],
  ])('%s is refused', async (_, merchantAccount, token, code) => {
    rig = await startBraintreeRig({ credits: true }, { merchantAccounts: [merchantAccount] })
    const answer = await rig.gateway.submit(creditAttempt(rig, '30.00', token))
    expect(answer).toMatchObject({ kind: 'rejected', code })
    expect(rig.acceptedRefunds()).toHaveLength(0)
  })

  it('never goes to a bank account', async () => {
    rig = await startBraintreeRig({ credits: true })
    const target = { kind: 'bank_account', iban: 'NL13TEST0123456789', ownerName: 'A' } as const
    const amount = Money.fromDecimal('1.00', 'EUR')
    expect(() => rig.gateway.prepareCredit!({ refundId: randomUUID(), amount, target })).toThrow(/stored methods only/)
  })
})
