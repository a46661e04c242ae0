import fc from 'fast-check'
import { AdyenGateway } from '../../../../middleware/gateways/adyen/adyen-gateway.ts'
import type { Attempt, AttemptBody, CreditInstruction } from '../../../../middleware/gateways/gateway.ts'
import { Money } from '../../../../middleware/money/money.ts'
import { adyenSettings, startAdyenRig } from '../../../contracts/gateway-rig-adyen.ts'
import type { AdyenRig } from '../../../contracts/gateway-rig-adyen.ts'
import type { LocalAdyenOptions } from '../../../emulators/adyen/server.ts'
import { Seal } from '../../../../middleware/gateways/seal.ts'
import { startScriptedServer } from '../scripted-server.ts'

const REFUND_ID = '0195f2a0-0000-7000-8000-000000000001'
const IBAN = 'NL13TEST0123456789'
const BANK = { kind: 'bank_account', iban: 'nl13 test 0123 4567 89', ownerName: ' A. Klaassen ' } as const
const STORED = { kind: 'stored_method', token: '8315535507322518', shopperReference: 'SHOPPER_1' } as const

const CREDITS = { credits: true, sealingKey: 'sealing-key-of-these-tests' } as const
const gateway = new AdyenGateway(adyenSettings(CREDITS))

const opened: { stop(): Promise<void> }[] = []
afterEach(() => Promise.all(opened.splice(0).map((rig) => rig.stop())))
async function startRig(options: Partial<LocalAdyenOptions> = {}): Promise<AdyenRig> {
  const rig = await startAdyenRig(CREDITS, options)
  opened.push(rig)
  return rig
}

function bodyFor(target: CreditInstruction['target'], amount = Money.fromDecimal('15', 'EUR')): AttemptBody {
  return gateway.prepareCredit!({ refundId: REFUND_ID, amount, target })
}

const attempt = (body: AttemptBody): Attempt => ({ operation: 'credit', paymentReference: '', key: 'key-1', body })

/** What the adapter makes of one answer. */
async function answerTo(status: number, answer: string | object, body: AttemptBody = bodyFor(BANK)) {
  const server = await startScriptedServer((response) =>
    response.writeHead(status).end(typeof answer === 'string' ? answer : JSON.stringify(answer)),
  )
  const account = new AdyenGateway(adyenSettings({ ...CREDITS, classicBaseUrl: server.url }))
  try {
    return { said: await account.submit(attempt(body)), requests: server.requests }
  } finally {
    await server.close()
  }
}

const refusedAs = (code: string, field?: string) =>
  expect.objectContaining({ name: 'RefundError', code, ...(field && { details: expect.objectContaining({ field }) }) })

describe('the body that asks Adyen for money without a payment', () => {
  const common = {
    merchantAccount: 'RefundRelayECOM',
    amount: { value: 1500, currency: 'EUR' },
    reference: REFUND_ID,
  }

  it('names a bank account, sealed where it is stored', () => {
    const body = bodyFor(BANK)
    expect(body).toEqual({ ...common, sealedBankAccount: expect.any(String), selectedBrand: 'bankTransfer_IBAN' })
    expect(JSON.stringify(body)).not.toMatch(/TEST0123|Klaassen/)
  })

  it('names no bank account where there is no key to seal it with', () => {
    const unsealed = new AdyenGateway(adyenSettings({ credits: true }))
    expect(unsealed.capabilities.credits).toEqual(['stored_method'])
    const amount = Money.fromDecimal('15', 'EUR')
    expect(() => unsealed.prepareCredit!({ refundId: REFUND_ID, amount, target: BANK })).toThrow(/sealingKey/)
  })

  it('names what the shopper stored', () => {
    expect(bodyFor(STORED)).toEqual({
      ...common,
      selectedRecurringDetailReference: '8315535507322518',
      shopperReference: 'SHOPPER_1',
      shopperInteraction: 'ContAuth',
      recurring: { contract: 'RECURRING' },
    })
  })

  it.each([
    ['ISK', '15', 1500],
    ['CLP', '15', 1500],
    ['IDR', '15.00', 15],
    ['CVE', '15.00', 15],
    ['JPY', '15', 15],
    ['KWD', '15', 15000],
  ])("counts %s in Adyen's minor units", (currency, amount, value) => {
    expect(bodyFor(BANK, Money.fromDecimal(amount, currency))).toMatchObject({ amount: { value, currency } })
  })

  it('is refused where Adyen could take the amount only rounded', () => {
    expect(() => bodyFor(BANK, Money.fromDecimal('1.50', 'IDR'))).toThrow(refusedAs('amount_not_representable'))
  })

  it.each([
    ['a wrong IBAN', { ...BANK, iban: 'NL14TEST0123456789' }, 'target.iban'],
    ['no IBAN', { ...BANK, iban: '' }, 'target.iban'],
    ['no owner', { ...BANK, ownerName: '  ' }, 'target.ownerName'],
    ['no token', { ...STORED, token: '' }, 'target.token'],
    ['no shopper', { ...STORED, shopperReference: null }, 'target.shopperReference'],
  ])('is refused with %s, which the error does not repeat', (_, target, field) => {
    expect(() => bodyFor(target)).toThrow(refusedAs('invalid_field', field))
    expect(() => bodyFor(target)).toThrow(expect.not.objectContaining({ message: expect.stringContaining('TEST') }))
  })

  it('is not there while credits are off', () => {
    expect(new AdyenGateway(adyenSettings()).prepareCredit).toBeUndefined()
  })
})

describe('raw card data', () => {
  const CARD = '4111 1111 1111 1111'
  it.each([
    ['the IBAN', { ...BANK, iban: CARD }, 'target.iban'],
    ["the owner's name", { ...BANK, ownerName: `A. Klaassen ${CARD}` }, 'target.ownerName'],
    ['the token', { ...STORED, token: CARD }, 'target.token'],
    ['the token, unspaced', { ...STORED, token: '4111111111111111' }, 'target.token'],
    ['the shopper', { ...STORED, shopperReference: CARD }, 'target.shopperReference'],
  ])('is refused by its own error in %s, which does not repeat it', (_, target, field) => {
    expect(() => bodyFor(target)).toThrow(refusedAs('card_number_in_text', field))
    expect(() => bodyFor(target)).toThrow(expect.not.objectContaining({ message: expect.stringContaining('1111') }))
  })

  it('never goes out, even from a stored body', async () => {
    const server = await startScriptedServer((response) => response.end())
    const account = new AdyenGateway(adyenSettings({ ...CREDITS, classicBaseUrl: server.url }))
    const card = { number: '4111111111111111', expiryMonth: '03', expiryYear: '2030', holderName: 'A' }
    const { merchantAccount, amount, reference } = bodyFor(BANK)
    for (const body of [
      { merchantAccount, amount, reference, card },
      { ...bodyFor(BANK), card },
      { ...bodyFor(STORED), card },
    ]) {
      await expect(account.submit(attempt(body))).rejects.toEqual(refusedAs('card_number_in_text', 'card'))
    }
    const sealed = new Seal(CREDITS.sealingKey).close(JSON.stringify({ iban: IBAN, ownerName: 'A', card }))
    const hidden = { ...bodyFor(BANK), sealedBankAccount: sealed }
    await expect(account.submit(attempt(hidden))).rejects.toThrow()
    await expect(account.submit(attempt({ ...bodyFor(STORED), encryptedCard: 'x' }))).rejects.toThrow()
    expect(server.requests).toHaveLength(0)
    await server.close()
  })

  it('is refused by the local Adyen as well', async () => {
    const rig = await startRig()
    const response = await fetch(`${rig.adyen.url}/pal/servlet/Payment/v68/refundWithData`, {
      method: 'POST',
      headers: { 'x-api-key': 'local-api-key' },
      body: JSON.stringify({ merchantAccount: 'RefundRelayECOM', card: {}, reference: 'r' }),
    })
    expect(response.status).toBe(403)
  })
})

describe("Adyen's answer to a credit", () => {
  it('goes through the SDK to /refundWithData, with the key of this attempt', async () => {
    const { said, requests } = await answerTo(200, { pspReference: 'OWN1', resultCode: 'Received' })
    expect(said).toEqual({ kind: 'pending', gatewayReference: 'OWN1' })
    expect(requests).toMatchObject([{ method: 'POST', path: '/pal/servlet/Payment/v68/refundWithData' }])
    expect(requests[0]!.headers['idempotency-key']).toBe('key-1')
    expect(JSON.parse(requests[0]!.body)).toEqual({
      merchantAccount: 'RefundRelayECOM',
      amount: { value: 1500, currency: 'EUR' },
      reference: REFUND_ID,
      bankAccount: { iban: IBAN, ownerName: 'A. Klaassen' },
      selectedBrand: 'bankTransfer_IBAN',
    })
  })

  it.each(['Received', 'Authorised', 'Authorized'])('%s means that Adyen has it, not that it paid', async (word) => {
    const { said } = await answerTo(200, { pspReference: 'OWN1', resultCode: word }, bodyFor(STORED))
    expect(said).toEqual({ kind: 'pending', gatewayReference: 'OWN1' })
  })

  it('Refused is a no', async () => {
    const answer = { pspReference: 'OWN1', resultCode: 'Refused', refusalReason: `${IBAN} is blocked` }
    expect((await answerTo(200, answer)).said).toEqual({
      kind: 'rejected',
      code: 'gateway_refused',
      gatewayMessage: '[number removed] is blocked',
    })
  })

  it.each([
    ['another word', 200, { pspReference: 'OWN1', resultCode: 'Error' }],
    ['no reference', 200, { resultCode: 'Received' }],
    ['nothing', 200, ''],
    ['HTML', 200, '<html></html>'],
    ['error 500', 500, { errorCode: '905', message: 'Payment details are not supported' }],
  ])('%s leaves it unknown', async (_, status, answer) => {
    expect((await answerTo(status, answer)).said).toMatchObject({ kind: 'unknown' })
  })

  it.each([
    [403, '010', 'gateway_credentials_refused'],
    [422, '138', 'currency_not_supported'],
    [422, '161', 'gateway_refused'],
  ])('HTTP %i with code %s is %s, as for refunds', async (status, errorCode, code) => {
    const { said } = await answerTo(status, { errorCode, message: 'Why' })
    expect(said).toMatchObject({ kind: 'rejected', code, gatewayMessage: `${errorCode} Why` })
  })

  it('never repeats the account or its owner, wherever Adyen does', async () => {
    const written = [IBAN, 'NL13 TEST 0123 4567 89', 'nl13-test-0123-4567-89', 'TEST0123456789', '0123456789']
    const around = fc.string({ maxLength: 300 })
    const property = fc.asyncProperty(
      around,
      fc.constantFrom(...written),
      fc.constantFrom(400, 422, 500, 503),
      async (text, number, status) => {
        const { said } = await answerTo(status, {
          errorCode: '137',
          message: `${text} ${number} of A. KLAASSEN ${text}`,
        })
        const told = JSON.stringify(said)
          .toUpperCase()
          .replace(/[^A-Z0-9]/g, '')
        expect(told).not.toMatch(/TEST0123|0123456789|KLAASSEN/)
      },
    )
    await fc.assert(property, { numRuns: 25 })
  })
})

describe('a credit at the local Adyen', () => {
  it.each([
    ['a bank account', BANK],
    ['a stored method', STORED],
  ])('to %s goes out once when it is sent twice, and is told by REFUND_WITH_DATA', async (_, target) => {
    const rig = await startRig()
    rig.adyen.faultOnNextRequest('drop_after_accept')
    const stored = attempt(bodyFor(target))
    expect(await rig.gateway.submit(stored)).toMatchObject({ kind: 'unknown' })
    const answer = await rig.gateway.submit(stored)
    const [credit, ...others] = rig.adyen.acceptedCredits()
    expect(others).toHaveLength(0)
    expect(answer).toEqual({ kind: 'pending', gatewayReference: credit!.pspReference })
    expect(await rig.events()).toMatchObject([
      {
        kind: 'refund_succeeded',
        gatewayKind: 'REFUND_WITH_DATA',
        refundReference: credit!.pspReference,
        refundId: REFUND_ID,
        amount: { value: '15.00', currency: 'EUR' },
      },
    ])
    expect(JSON.stringify([rig.adyen.ledger(), rig.adyen.deliveries()])).not.toContain('0123456789')
  })

  it('fails its validations for the owner "refund failed"', async () => {
    const rig = await startRig()
    await rig.gateway.submit(attempt(bodyFor({ ...BANK, ownerName: 'refund failed' })))
    expect(await rig.events()).toMatchObject([{ kind: 'refund_failed', refusal: { code: 'gateway_refused' } }])
  })

  it('is told before the answer on deliver_before_answer', async () => {
    const rig = await startRig({ outcomeDelayMs: 60_000 })
    rig.adyen.webhookFault('deliver_before_answer')
    await rig.gateway.submit(attempt(bodyFor(BANK)))
    expect(rig.adyen.deliveries()).toMatchObject([{ eventCode: 'REFUND_WITH_DATA', status: 200 }])
  })
})
