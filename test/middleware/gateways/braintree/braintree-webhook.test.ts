import braintree from 'braintree'
import type { GatewayEvent } from '../../../../middleware/gateways/gateway.ts'
import { BraintreeGateway } from '../../../../middleware/gateways/braintree/braintree-gateway.ts'
import { braintreeSettings, startBraintreeRig } from '../../../contracts/gateway-rig-braintree.ts'
import type { BraintreeRig } from '../../../contracts/gateway-rig-braintree.ts'
import { refundAttempt } from './braintree-attempts.ts'

type Kind = Parameters<braintree.BraintreeGateway['webhookTesting']['sampleNotification']>[0]

/** The vendor's own signer. */
function sdk(changes: { publicKey?: string; privateKey?: string } = {}) {
  const { merchantId, publicKey, privateKey } = { ...braintreeSettings(), ...changes }
  const environment = braintree.Environment.Sandbox
  return new braintree.BraintreeGateway({ environment, merchantId, publicKey, privateKey })
}

const sample = async (kind: string, id = 'r1', by = sdk()) => by.webhookTesting.sampleNotification(kind as Kind, id)
const body = (form: object) => Buffer.from(new URLSearchParams({ ...form }).toString())

function read(form: object, account = 'ogaotkivejpfayqfeaimuktty'): Promise<readonly GatewayEvent[]> {
  return new BraintreeGateway(braintreeSettings({ account })).readWebhook({ headers: {}, body: body(form) })
}

/** A genuine delivery of any content. */
function signed(xml: string) {
  const payload = `${Buffer.from(xml).toString('base64')}\n`
  const testing = sdk().webhookTesting as unknown as { sampleSignature(payload: string): string }
  return { bt_signature: testing.sampleSignature(payload), bt_payload: payload }
}
const notification = (kind: string, subject: string) =>
  signed(`<notification><timestamp type="datetime">2026-03-01T10:00:00Z</timestamp><kind>${kind}</kind>
<subject>${subject}</subject></notification>`)
const refund = (more: string) =>
  `<transaction><id>r1</id><type>credit</type><amount>12.30</amount><currency-iso-code>EUR</currency-iso-code>
<merchant-account-id>ogaotkivejpfayqfeaimuktty</merchant-account-id><refunded-transaction-id>p1</refunded-transaction-id>
<order-id>0198a000-0000-7000-8000-000000000001</order-id>${more}</transaction>`
const history = (...steps: string[]) =>
  `<status-history type="array">${steps.map((status) => `<status-event><status>${status}</status></status-event>`).join('')}</status-history>`

const notAuthentic = expect.objectContaining({ code: 'webhook_not_authentic' }) as unknown

describe('a webhook that is not Braintree’s', () => {
  it.each([
    ['without a signature', async () => ({ bt_payload: (await sample('check')).bt_payload })],
    ['without a payload', async () => ({ bt_signature: (await sample('check')).bt_signature })],
    ['signed with another private key', () => sample('check', 'x', sdk({ privateKey: 'other' }))],
    ['signed under another public key', () => sample('check', 'x', sdk({ publicKey: 'other' }))],
    [
      'with the signature of another payload',
      async () => ({ ...(await sample('check')), bt_payload: (await sample('refund_failed')).bt_payload }),
    ],
    [
      'with a signature cut short',
      async () => {
        const form = await sample('check')
        return { ...form, bt_signature: form.bt_signature.slice(0, -1) }
      },
    ],
    [
      'with letters that are no base64',
      async () => {
        const form = await sample('check')
        return { ...form, bt_payload: `${form.bt_payload}<` }
      },
    ],
  ])('is refused: %s', async (_, forge) => {
    await expect(read(await forge())).rejects.toEqual(notAuthentic)
  })

  it('is refused whatever else its body is', async () => {
    const gateway = new BraintreeGateway(braintreeSettings())
    for (const text of ['', '{}', 'bt_signature=', 'bt_signature=a|b&bt_payload=c', '\u0000\uffff']) {
      const delivery = { headers: {}, body: Buffer.from(text) }
      await expect(gateway.readWebhook(delivery)).rejects.toEqual(notAuthentic)
    }
  })

  it('is taken with several signatures when one of them is ours', async () => {
    const form = await sample('check')
    const events = await read({ ...form, bt_signature: `other|0000&${form.bt_signature}` })
    expect(events).toMatchObject([{ kind: 'other' }])
  })
})

describe('what a webhook of Braintree says', () => {
  it.each([
    ['refund_failed', { kind: 'refund_failed', refundReference: 'r1', refusal: { code: 'bank_declined_hard' } }],
    ['transaction_settled', { kind: 'other', paymentReference: 'r1' }],
    ['transaction_settlement_declined', { kind: 'payment_changed', paymentReference: 'r1' }],
    ['transaction_disbursed', { kind: 'other' }],
    ['disbursement', { kind: 'other' }],
    ['subscription_canceled', { kind: 'other' }],
    ['check', { kind: 'other' }],
    ['dispute_opened', { kind: 'chargeback', paymentReference: 'r1', amount: { value: '250.00', currency: 'USD' } }],
    ['dispute_won', { kind: 'chargeback_reversed', paymentReference: 'r1' }],
    ['dispute_lost', { kind: 'other', paymentReference: 'r1' }],
    ['dispute_under_review', { kind: 'other' }],
    ['dispute_disputed', { kind: 'other' }],
    ['dispute_accepted', { kind: 'other' }],
    ['dispute_auto_accepted', { kind: 'other' }],
    ['dispute_expired', { kind: 'other' }],
  ])('the vendor’s own sample of %s is %o', async (kind, expected) => {
    expect(await read(await sample(kind))).toMatchObject([{ ...expected, gatewayKind: kind }])
  })

  it('a refund of a debit that settled has succeeded', async () => {
    const [event] = await read(notification('transaction_settled', refund('<status>settled</status>')))
    expect(event).toEqual({
      identity: 'transaction_settled:r1:settled:2026-03-01T10:00:00.000Z',
      kind: 'refund_succeeded',
      gatewayKind: 'transaction_settled',
      occurredAt: '2026-03-01T10:00:00.000Z',
      paymentReference: 'p1',
      refundReference: 'r1',
      refundId: '0198a000-0000-7000-8000-000000000001',
      amount: { value: '12.30', currency: 'EUR' },
      refusal: null,
      payload: expect.objectContaining({ id: 'r1', status: 'settled', refundedTransactionId: 'p1' }),
    })
  })

  it.each([
    ['before it was ever paid', history('submitted_for_settlement', 'settlement_declined'), 'refund_failed'],
    ['after it was paid', history('settled', 'settlement_declined'), 'refund_failed_late'],
    ['nobody knows when', '', 'refund_failed_late'],
  ])('a settlement declined %s', async (_, steps, kind) => {
    const why = '<processor-settlement-response-code>4001</processor-settlement-response-code>'
    const xml = refund(`<status>settlement_declined</status>${why}${steps}`)
    expect(await read(notification('transaction_settlement_declined', xml))).toMatchObject([
      { kind, refusal: { code: 'settlement_declined', gatewayMessage: '4001 Settlement declined' } },
    ])
  })

  it('a question about a payment takes no money', async () => {
    const dispute = `<dispute><id>d1</id><kind>retrieval</kind><status>open</status><amount-disputed>5.00</amount-disputed>
<currency-iso-code>EUR</currency-iso-code><transaction><id>p1</id></transaction></dispute>`
    expect(await read(notification('dispute_opened', dispute))).toMatchObject([
      { kind: 'chargeback_announced', paymentReference: 'p1', refundReference: 'd1', amount: null },
    ])
    expect(await read(notification('dispute_won', dispute))).toMatchObject([{ kind: 'other' }])
  })

  it('what happens in another merchant account is stored and acknowledged only', async () => {
    const form = notification('transaction_settled', refund('<status>settled</status>'))
    expect(await read(form, 'another_account')).toMatchObject([{ kind: 'other' }])
  })

  it.each([
    ['text that is no XML', () => signed('<notification>')],
    ['nothing', () => signed(' ')],
    [
      'a refund without an id',
      () => notification('refund_failed', '<transaction><status>failed</status></transaction>'),
    ],
    [
      'a chargeback without an amount',
      () => notification('dispute_opened', '<dispute><id>d1</id><transaction><id>p1</id></transaction></dispute>'),
    ],
    ['an amount that is none', () => notification('transaction_settled', refund('').replace('12.30', '12.345'))],
    ['a dispute that is none', () => notification('dispute_opened', '<check>true</check>')],
  ])('%s is parked, and can be told apart', async (_, form) => {
    const [event] = await read(form())
    expect(event).toMatchObject({ kind: 'unreadable', identity: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) })
  })

  it('keeps nothing of card and customer', async () => {
    const xml =
      refund(`<status>settled</status><credit-card><last-4>1111</last-4><number>4111111111111111</number></credit-card>
<customer><first-name>Canary</first-name></customer><processor-response-text>card 4111 1111 1111 1111</processor-response-text>`)
    const [event] = await read(notification('transaction_settled', xml))
    expect(JSON.stringify(event)).not.toMatch(/1111|Canary/)
  })
})

describe('the local Braintree’s webhooks, read by the adapter', () => {
  let rig: BraintreeRig
  beforeEach(async () => {
    rig = await startBraintreeRig()
  })
  afterEach(() => rig.stop())
  const kinds = async () => (await rig.events()).map(({ kind }) => kind)

  it('tell a debit’s refund from beginning to end, and its late failure', async () => {
    await rig.gateway.submit(refundAttempt(rig, '10.00'))
    expect(await kinds()).toEqual(['refund_succeeded'])
    rig.braintree.declineSettlement(rig.braintree.acceptedRefunds()[0]!.reference)
    expect(await kinds()).toEqual(['refund_succeeded', 'refund_failed_late'])
  })

  it('say nothing of a card’s refund but that it failed', async () => {
    const card = rig.braintree.addTransaction({ amount: '50.00' })
    await rig.gateway.submit(refundAttempt(rig, '10.00', { paymentReference: card }))
    expect(await kinds()).toEqual([])
    rig.braintree.failRefund(rig.braintree.acceptedRefunds(card)[0]!.reference)
    expect(await rig.events()).toMatchObject([
      { kind: 'refund_failed', paymentReference: card, refusal: { gatewayMessage: '2044 Declined - Call Issuer' } },
    ])
  })

  it('tell a dispute, opened and won', async () => {
    const dispute = rig.braintree.openDispute(rig.paymentReference, { amount: '30.00' })
    rig.braintree.closeDispute(dispute, 'won')
    const told = {
      paymentReference: rig.paymentReference,
      refundReference: dispute,
      amount: { value: '30.00', currency: 'EUR' },
    }
    expect(await rig.events()).toMatchObject([
      { kind: 'chargeback', ...told },
      { kind: 'chargeback_reversed', ...told },
    ])
  })

  it('have one identity however often they arrive', async () => {
    rig.braintree.webhookFault('deliver_twice')
    await rig.gateway.submit(refundAttempt(rig, '10.00'))
    const events = await rig.events()
    expect(events).toHaveLength(2)
    expect(new Set(events.map(({ identity }) => identity)).size).toBe(1)
  })

  it('are not believed when forged', async () => {
    rig.braintree.webhookFault('tamper_payload')
    await rig.gateway.submit(refundAttempt(rig, '10.00'))
    await expect(rig.events()).rejects.toEqual(notAuthentic)
  })
})
