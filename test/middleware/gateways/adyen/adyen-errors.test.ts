import { ADYEN_ERROR_CODES, readRefundReason } from '../../../../middleware/gateways/adyen/adyen-errors.ts'
import { AdyenGateway } from '../../../../middleware/gateways/adyen/adyen-gateway.ts'
import type { GatewayAnswer } from '../../../../middleware/gateways/gateway.ts'
import { adyenSettings } from '../../../contracts/gateway-rig-adyen.ts'
import { startScriptedServer } from '../scripted-server.ts'

/** What the adapter makes of one answer of Adyen. */
async function answerTo(status: number, body: string | object, headers: Record<string, string> = {}) {
  const server = await startScriptedServer((response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  try {
    const gateway = new AdyenGateway(adyenSettings({ baseUrl: server.url }))
    const refund = { merchantAccount: 'RefundRelayECOM', amount: { value: 500, currency: 'EUR' }, reference: 'r1' }
    return await gateway.submit({ operation: 'refund', paymentReference: 'PSP1', key: 'key-1', body: refund })
  } finally {
    await server.close()
  }
}

const error = (status: number, errorCode: string) => ({ status, errorCode, message: 'Why', errorType: 'validation' })

describe('what Adyen refuses at once', () => {
  // The table of GATEWAYS, section 2.1, written out once more.
  it.each([
    [401, '000', 'gateway_credentials_refused'],
    [403, '010', 'gateway_credentials_refused'],
    [403, '901', 'gateway_account_wrong'],
    [400, '702', 'request_refused_by_gateway'],
    [422, '702', 'request_refused_by_gateway'],
    [422, '100', 'request_refused_by_gateway'],
    [422, '130', 'request_refused_by_gateway'],
    [422, '137', 'request_refused_by_gateway'],
    [422, '138', 'currency_not_supported'],
    [422, '158', 'request_refused_by_gateway'],
    [422, '166', 'request_refused_by_gateway'],
    [422, '198', 'request_refused_by_gateway'],
    [422, '167', 'original_payment_not_found'],
    [422, '906', 'gateway_account_wrong'],
    [422, '29_999', 'gateway_refused'],
    [422, 'constructor', 'gateway_refused'],
    [403, '999', 'gateway_credentials_refused'],
  ])('HTTP %i with code %s is %s', async (status, errorCode, code) => {
    expect(await answerTo(status, error(status, errorCode))).toEqual({
      kind: 'rejected',
      code,
      gatewayMessage: `${errorCode} Why`,
    })
  })

  it('has a test for every code of its table', () => {
    expect([...ADYEN_ERROR_CODES.keys()].sort().join(' ')).toBe('000 010 100 130 137 138 158 166 167 198 702 901 906')
  })

  it.each<[number, string, GatewayAnswer]>([
    [401, 'Unauthorized', refusal('gateway_credentials_refused', 'HTTP 401')],
    [403, '<html>Forbidden</html>', refusal('gateway_credentials_refused', 'HTTP 403')],
    [404, '<html>Not Found</html>', refusal('request_refused_by_gateway', 'HTTP 404')],
    [413, '', refusal('request_refused_by_gateway', 'HTTP 413')],
  ])('HTTP %i with %j, which is no JSON, is a refusal too', async (status, body, expected) => {
    expect(await answerTo(status, body)).toEqual(expected)
  })

  it('reads the newer form of an error', async () => {
    const problem = { type: 'https://x', title: 'Unprocessable', status: 422, detail: 'Amount', errorCode: '137' }
    expect(await answerTo(422, problem, { 'content-type': 'application/problem+json' })).toEqual(
      refusal('request_refused_by_gateway', '137 Amount'),
    )
  })

  it('never shows a card number that stands in the message', async () => {
    const answer = await answerTo(422, { ...error(422, '137'), message: 'Card 4111 1111 1111 1111\r\nX-Evil: 1' })
    expect(answer).toEqual(refusal('request_refused_by_gateway', '137 Card [number removed] X-Evil: 1'))
  })
})

describe('what Adyen certainly did not take', () => {
  it('is called so on 429, with the time that Adyen asks for', async () => {
    expect(await answerTo(429, '<html>slow down</html>', { 'retry-after': '7' })).toEqual({
      kind: 'not_taken',
      detail: 'HTTP 429',
      retryAfterMs: 7000,
    })
  })

  it.each(['soon', '-1', '99999', 'Wed, 21 Oct 2026 07:28:00 GMT'])(
    'leaves "retry-after: %s" to our own back-off',
    async (value) => {
      expect(await answerTo(429, '', { 'retry-after': value })).toEqual({ kind: 'not_taken', detail: 'HTTP 429' })
    },
  )

  it('is called so when the store of keys was out of reach and Adyen says that it is transient', async () => {
    expect(await answerTo(503, error(503, '703'), { 'transient-error': 'true' })).toMatchObject({ kind: 'not_taken' })
  })
})

describe('what may have paid', () => {
  it.each([
    ['the key is in flight: the first sending may be paying', 422, error(422, '704'), { 'transient-error': 'true' }],
    ['the key is in flight, said with 409', 409, error(409, '704'), { 'transient-error': 'true' }],
    ['the key was used before', 422, error(422, '704'), {}],
    ['703 without the word that it is transient', 503, error(503, '703'), {}],
    ['500 with code 903', 500, error(500, '903'), {}],
    ['500 with code 904', 500, error(500, '904'), {}],
    ['500 with code 905', 500, error(500, '905'), {}],
    ['500 with a code that would be a refusal', 500, error(500, '167'), {}],
    ['HTML with 502', 502, '<html>Bad Gateway</html>', {}],
    ['503 of a proxy', 503, 'unavailable', {}],
    ['a time-out of a proxy', 408, '', {}],
    ['a proxy whose client went away', 499, '', {}],
    ['a conflict without a word', 409, '', {}],
    ['a redirect', 302, '', { location: 'http://127.0.0.1:1/elsewhere' }],
    ['an empty 2xx', 200, '', {}],
    ['2xx with HTML', 200, '<html>hello</html>', {}],
    ['2xx with JSON that is no object', 201, '"received"', {}],
    ['2xx with a list', 201, '[]', {}],
    ['2xx with an error inside', 200, error(422, '167'), {}],
  ])('%s', async (_, status, body, headers) => {
    const answer = await answerTo(status, body, headers as unknown as Record<string, string>)
    expect(answer).toMatchObject({ kind: 'unknown', detail: expect.stringMatching(/\S/) })
  })

  const taken = {
    amount: { value: 500, currency: 'EUR' },
    merchantAccount: 'RefundRelayECOM',
    paymentPspReference: 'PSP1',
    pspReference: 'REF1',
    reference: 'r1',
    status: 'received',
  }

  it.each([
    ['no reference', { pspReference: undefined }, /pspReference/],
    ['an empty reference', { pspReference: '' }, /pspReference/],
    ['another word than received', { status: 'refused' }, /status/],
    ['no amount', { amount: undefined }, /amount/],
    ['an amount as text', { amount: { value: '500', currency: 'EUR' } }, /amount\.value/],
    ['another amount', { amount: { value: 50000, currency: 'EUR' } }, /asked for 500 EUR .* took 50000 EUR as REF1/],
    ['another currency', { amount: { value: 500, currency: 'USD' } }, /took 500 USD as REF1/],
    ['another payment', { paymentPspReference: 'PSP2' }, /asked for payment PSP1, Adyen answered for PSP2/],
    ['a field that the SDK cannot read', { lineItems: 5 }, /unreadable answer/],
  ])('2xx with %s', async (_, changes, detail) => {
    expect(await answerTo(201, { ...taken, ...changes })).toMatchObject({
      kind: 'unknown',
      detail: expect.stringMatching(detail),
    })
  })

  it('while the whole answer means that Adyen has it', async () => {
    expect(await answerTo(201, { ...taken, aNewField: 1 })).toEqual({ kind: 'pending', gatewayReference: 'REF1' })
  })
})

describe('why a refund failed, in our codes', () => {
  it.each([
    ['Requested refund amount too high', 'refund_exceeds_gateway_balance'],
    ['Already partially refunded, new requested refund amount too high', 'refund_exceeds_gateway_balance'],
    ['Already partially disputed, new requested refund amount too high', 'payment_disputed'],
    ['Already fully refunded, no balance available for new requested refund', 'already_refunded'],
    ['Partially refunded and partially disputed, no balance available for new requested refund', 'payment_disputed'],
    ['Already fully disputed, no balance available for new requested refund', 'payment_disputed'],
    ['Insufficient in-process funds on account for refunding this payment', 'insufficient_gateway_funds'],
    ["Transaction hasn't been captured, refund not possible", 'payment_not_captured'],
    ['The maximum period for this operation has expired', 'refund_period_over'],
    ['Insufficient balance on payment', 'refund_exceeds_gateway_balance'],
    ['TRANSACTION HAS NOT YET BEEN CAPTURED', 'payment_not_captured'],
    ['Transaction hasn’t been captured', 'payment_not_captured'],
    ['Something new', 'gateway_refused'],
    ['', 'gateway_refused'],
  ])('%s', (reason, code) => {
    expect(readRefundReason(reason)).toBe(code)
  })
})

function refusal(code: string, gatewayMessage: string): GatewayAnswer {
  return { kind: 'rejected', code, gatewayMessage } as GatewayAnswer
}
