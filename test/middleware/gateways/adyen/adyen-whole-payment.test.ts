import { AdyenGateway } from '../../../../middleware/gateways/adyen/adyen-gateway.ts'
import type { AdyenSettings } from '../../../../middleware/gateways/adyen/adyen-settings.ts'
import type { Attempt, GatewayAnswer } from '../../../../middleware/gateways/gateway.ts'
import { Money } from '../../../../middleware/money/money.ts'
import { adyenSettings, startAdyenRig } from '../../../contracts/gateway-rig-adyen.ts'
import type { AdyenRig } from '../../../contracts/gateway-rig-adyen.ts'
import { startScriptedServer } from '../scripted-server.ts'
import type { ScriptedServer } from '../scripted-server.ts'

const REFUND_ID = '0195f2a0-0000-7000-8000-000000000001'
type Operation = 'refund' | 'void' | 'undo' | 'technicalCancel'

/** The attempt that an account with these settings would store. */
function attempt(gateway: AdyenGateway, operation: Operation, paymentReference = 'PSP1'): Attempt {
  const whole = { refundId: REFUND_ID, paymentReference }
  const money = { amount: Money.fromDecimal('12.30', 'EUR'), alreadyRefunded: Money.zero('EUR') }
  const body = {
    refund: () => gateway.prepareRefund({ ...whole, ...money, reason: 'returned' }),
    void: () => gateway.prepareVoid(whole),
    undo: () => gateway.prepareUndo(whole),
    technicalCancel: () => gateway.prepareTechnicalCancel!({ refundId: REFUND_ID, merchantReference: 'ORDER-7' }),
  }[operation]()
  return { operation: operation === 'technicalCancel' ? 'void' : operation, paymentReference, key: 'key-1', body }
}

describe('what Adyen is asked for', () => {
  let server: ScriptedServer
  afterEach(() => server.close())

  const CHECKOUT = {
    merchantAccount: 'RefundRelayECOM',
    paymentPspReference: 'PSP1',
    pspReference: 'OWN1',
    reference: REFUND_ID,
    status: 'received',
  }

  async function ask(operation: Operation, api: AdyenSettings['api'], status: number, answer: object) {
    server = await startScriptedServer((response) => response.writeHead(status).end(JSON.stringify(answer)))
    const urls = { baseUrl: `${server.url}/checkout`, classicBaseUrl: server.url }
    const gateway = new AdyenGateway(adyenSettings({ api, ...urls }))
    const said = await gateway.submit(attempt(gateway, operation))
    const { path, body, headers } = server.requests[0]!
    return { said, path, body: JSON.parse(body) as unknown, key: headers['idempotency-key'] }
  }

  const pending: GatewayAnswer = { kind: 'pending', gatewayReference: 'OWN1' }

  it.each<[Operation, string]>([
    ['void', 'cancels'],
    ['undo', 'reversals'],
  ])('in Checkout a %s goes to /%s, without an amount', async (operation, address) => {
    expect(await ask(operation, 'checkout', 201, CHECKOUT)).toEqual({
      said: pending,
      path: `/checkout/v72/payments/PSP1/${address}`,
      body: { merchantAccount: 'RefundRelayECOM', reference: REFUND_ID },
      key: 'key-1',
    })
  })

  const named = { merchantAccount: 'RefundRelayECOM', originalReference: 'PSP1', reference: REFUND_ID }
  it.each<[Operation, string, string, object]>([
    ['refund', 'refund', '[refund-received]', { ...named, modificationAmount: { value: 1230, currency: 'EUR' } }],
    ['void', 'cancel', '[cancel-received]', named],
    ['undo', 'cancelOrRefund', '[cancelOrRefund-received]', named],
    [
      'technicalCancel',
      'technicalCancel',
      '[technical-cancel-received]',
      { merchantAccount: 'RefundRelayECOM', originalMerchantReference: 'ORDER-7', reference: REFUND_ID },
    ],
  ])('in Classic a %s goes to /%s and is received as %s', async (operation, address, response, body) => {
    expect(await ask(operation, 'classic', 200, { pspReference: 'OWN1', response })).toEqual({
      said: pending,
      path: `/pal/servlet/Payment/v68/${address}`,
      body,
      key: 'key-1',
    })
  })

  it.each<[string, Operation, object]>([
    ['the word of another operation', 'refund', { pspReference: 'OWN1', response: '[cancel-received]' }],
    ['no word', 'void', { pspReference: 'OWN1' }],
    ['a refusal inside 200', 'undo', { pspReference: 'OWN1', response: 'Refused' }],
    ['no reference', 'technicalCancel', { response: '[technical-cancel-received]' }],
    ['an odd reference', 'refund', { pspReference: 'a b', response: '[refund-received]' }],
  ])('calls a Classic answer with %s unknown', async (_, operation, answer) => {
    const { said } = await ask(operation, 'classic', 200, answer)
    expect(said).toMatchObject({ kind: 'unknown', detail: expect.stringMatching(/pspReference|response/) })
  })

  it.each<[string, object]>([
    ['another word', { ...CHECKOUT, status: 'refused' }],
    ['another payment', { ...CHECKOUT, paymentPspReference: 'PSP2' }],
    ['no reference', { ...CHECKOUT, pspReference: undefined }],
  ])('calls a Checkout cancel answered with %s unknown', async (_, answer) => {
    expect((await ask('void', 'checkout', 201, answer)).said).toMatchObject({ kind: 'unknown' })
  })

  it.each<[Operation, AdyenSettings['api']]>([
    ['void', 'checkout'],
    ['undo', 'checkout'],
    ['refund', 'classic'],
    ['void', 'classic'],
    ['undo', 'classic'],
    ['technicalCancel', 'classic'],
  ])('reads a refusal of a %s in %s as that of a refund', async (operation, api) => {
    const error = { status: 422, errorCode: '167', message: 'Original pspReference required', errorType: 'validation' }
    expect((await ask(operation, api, 422, error)).said).toMatchObject({
      kind: 'rejected',
      code: 'original_payment_not_found',
    })
    await server.close()
    expect((await ask(operation, api, 500, error)).said).toMatchObject({ kind: 'unknown' })
  })

  it('sends what was stored to the API that it was prepared for, after the account was set to the other one', async () => {
    server = await startScriptedServer((response) => response.writeHead(500).end())
    const urls = { baseUrl: server.url, classicBaseUrl: server.url }
    const [checkout, classic] = (['checkout', 'classic'] as const).map(
      (api) => new AdyenGateway(adyenSettings({ api, ...urls })),
    )
    for (const operation of ['refund', 'void', 'undo'] as const) {
      await classic!.submit(attempt(checkout!, operation))
      await checkout!.submit(attempt(classic!, operation))
    }
    await checkout!.submit(attempt(classic!, 'technicalCancel'))
    expect(server.requests.map(({ path }) => path!.split('/').at(-1))).toEqual([
      ...['refunds', 'refund', 'cancels', 'cancel', 'reversals', 'cancelOrRefund', 'technicalCancel'],
    ])
  })

  it('refuses before sending: a body of another payment, or with a field that the SDK would drop', async () => {
    server = await startScriptedServer((response) => response.end())
    const classic = new AdyenGateway(adyenSettings({ api: 'classic', classicBaseUrl: server.url }))
    const stored = attempt(classic, 'refund')
    await expect(classic.submit({ ...stored, paymentReference: 'PSP2' })).rejects.toThrow(/another payment/)
    for (const operation of ['refund', 'void', 'undo', 'technicalCancel'] as const) {
      const { body, ...rest } = attempt(classic, operation)
      await expect(classic.submit({ ...rest, body: { ...body, unheardOf: 1 } })).rejects.toThrow(/unheardOf/)
    }
    expect(server.requests).toHaveLength(0)
  })
})

describe.each(['checkout', 'classic'] as const)('a whole payment, through %s, at the local Adyen', (api) => {
  let rig: AdyenRig
  beforeEach(async () => {
    rig = await startAdyenRig({ api })
  })
  afterEach(() => rig.stop())

  const pay = (captured: boolean) => rig.adyen.addPayment({ amount: { value: 5000, currency: 'EUR' }, captured })
  const referenceOf = (answer: GatewayAnswer) => ('gatewayReference' in answer ? answer.gatewayReference : null)

  it.each([
    ['void', false, 'void_succeeded', undefined, 'cancel cancelled'],
    ['void', true, 'void_failed', 'void_too_late', 'cancel refused'],
    ['undo', false, 'void_succeeded', undefined, 'reversal cancelled'],
    ['undo', true, 'void_succeeded', undefined, 'reversal refunded'],
  ] as const)('%s, captured %s: %s', async (operation, captured, kind, code, entry) => {
    const paymentReference = pay(captured)
    const answer = await rig.gateway.submit(attempt(rig.gateway, operation, paymentReference))
    expect(await rig.events()).toMatchObject([
      {
        kind,
        paymentReference,
        refundReference: referenceOf(answer),
        refundId: REFUND_ID,
        refusal: code === undefined ? null : { code },
      },
    ])
    expect(rig.adyen.ledger().at(-1)).toMatchObject({ kind: entry })
  })

  it('is undone once when one attempt is sent twice', async () => {
    const twice = attempt(rig.gateway, 'undo', pay(true))
    rig.adyen.faultOnNextRequest('drop_after_accept')
    expect(await rig.gateway.submit(twice)).toMatchObject({ kind: 'unknown' })
    expect(await rig.gateway.submit(twice)).toMatchObject({ kind: 'pending' })
    expect(rig.adyen.ledger().filter(({ kind }) => kind === 'reversal accepted')).toHaveLength(1)
  })

  it('leaves nothing to refund after it was undone, or voided', async () => {
    for (const [operation, captured, code] of [
      ['undo', true, 'already_refunded'],
      ['void', false, 'payment_not_captured'],
    ] as const) {
      const paymentReference = pay(captured)
      await rig.gateway.submit(attempt(rig.gateway, operation, paymentReference))
      await rig.events()
      await rig.gateway.submit({ ...attempt(rig.gateway, 'refund', paymentReference), key: `after-${operation}` })
      expect((await rig.events()).at(-1)).toMatchObject({ kind: 'refund_failed', refusal: { code } })
      // The next payment's attempt is another one.
      rig.adyen.advanceClock(8 * 24 * 60 * 60 * 1000)
    }
  })
})

describe('a technical cancel at the local Adyen', () => {
  it("finds the payment by the merchant's own reference", async () => {
    const rig = await startAdyenRig({ api: 'classic' })
    const amount = { value: 5000, currency: 'EUR' }
    const paymentReference = rig.adyen.addPayment({ amount, captured: false, reference: 'ORDER-7' })
    await rig.gateway.submit(attempt(rig.gateway, 'technicalCancel', ''))
    expect(await rig.events()).toMatchObject([
      { kind: 'void_succeeded', gatewayKind: 'TECHNICAL_CANCEL', paymentReference, refundId: REFUND_ID },
    ])
    await rig.stop()
  })
})

describe('what the account can do', () => {
  it('says so as data', () => {
    const { capabilities, prepareCredit, prepareTechnicalCancel } = new AdyenGateway(adyenSettings())
    expect(capabilities).toMatchObject({
      voids: 'whole payment',
      undoes: true,
      credits: [],
      lineItems: false,
      captureMode: 'immediate',
    })
    expect([prepareCredit, prepareTechnicalCancel]).toEqual([undefined, undefined])
    const credits = { credits: true, sealingKey: 'sealing-key-of-these-tests' }
    const other = new AdyenGateway(adyenSettings({ ...credits, api: 'classic', captureMode: 'manual' }))
    expect(other.capabilities).toMatchObject({ credits: ['stored_method', 'bank_account'], captureMode: 'manual' })
    expect([typeof other.prepareCredit, typeof other.prepareTechnicalCancel]).toEqual(['function', 'function'])
  })
})
