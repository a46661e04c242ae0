import { TAKEN, PAYMENT, answerTo, error, list } from './gocardless-refunds.ts'
import type { Reply } from './gocardless-refunds.ts'

const NOTHING_OF_OURS = { 'GET /refunds': list('refunds', []) }
const reason = (name: string) => ({ reason: name, message: `about ${name}` })

describe('a definite no of GoCardless', () => {
  it.each([
    ['refunds are not switched on', 403, 'invalid_api_usage', 'forbidden', 'refunds_not_enabled'],
    ['a feature is not switched on', 403, 'invalid_api_usage', 'feature_disabled', 'refunds_not_enabled'],
    ['403 with a reason that is new', 403, 'invalid_api_usage', 'new_word', 'refunds_not_enabled'],
    ['the token may only read', 403, 'invalid_api_usage', 'insufficient_permissions', 'gateway_credentials_refused'],
    ['the token is unknown', 401, 'invalid_api_usage', 'access_token_not_found', 'gateway_credentials_refused'],
    ['the token was revoked', 401, 'invalid_api_usage', 'access_token_revoked', 'gateway_credentials_refused'],
    ['the token is not active', 401, 'invalid_api_usage', 'access_token_not_active', 'gateway_credentials_refused'],
    ['401 with a reason that is new', 401, 'invalid_api_usage', 'new_word', 'gateway_credentials_refused'],
    ['the payment is not there', 404, 'invalid_api_usage', 'resource_not_found', 'original_payment_not_found'],
    ['the linked payment is not there', 422, 'validation_failed', 'link_not_found', 'original_payment_not_found'],
    ['the sum differs', 422, 'invalid_state', 'total_amount_confirmation_invalid', 'refund_exceeds_gateway_balance'],
    [
      'the sum differs, said as validation',
      422,
      'validation_failed',
      'total_amount_confirmation_invalid',
      'refund_exceeds_gateway_balance',
    ],
    ['there are too many refunds', 422, 'invalid_state', 'number_of_refunds_exceeded', 'too_many_refunds'],
    ['the account cannot be reached', 422, 'invalid_state', 'refund_is_unreachable', 'gateway_refused'],
    ['the state forbids it for a new reason', 422, 'invalid_state', 'new_word', 'gateway_refused'],
    ['the JSON is none', 400, 'invalid_api_usage', 'bad_request', 'request_refused_by_gateway'],
    ['the version is missing', 400, 'invalid_api_usage', 'missing_version_header', 'request_refused_by_gateway'],
    ['the key is too long', 400, 'invalid_api_usage', 'idempotency_key_too_long', 'request_refused_by_gateway'],
    ['its use is wrong for a new reason', 400, 'invalid_api_usage', 'new_word', 'request_refused_by_gateway'],
  ])('%s', async (_, status, type, word, code) => {
    const answer = await answerTo(error(status, type, reason(word)), NOTHING_OF_OURS)
    expect(answer).toEqual({ kind: 'rejected', code, gatewayMessage: `${word} about ${word}` })
  })

  it.each([
    ['amount', 'is greater than the amount available', 'refund_exceeds_gateway_balance'],
    ['amount', 'must be greater than 0', 'request_refused_by_gateway'],
    ['amount', 'is not a number', 'request_refused_by_gateway'],
    ['total_amount_confirmation', 'does not match', 'refund_exceeds_gateway_balance'],
    ['payment', 'must exist', 'original_payment_not_found'],
    ['reference', 'is too long', 'request_refused_by_gateway'],
    ['currency', 'is not supported', 'currency_not_supported'],
  ])('a validation of %s that %s', async (field, message, code) => {
    const validation = error(422, 'validation_failed', { field, request_pointer: `/refunds/${field}`, message })
    expect(await answerTo(validation, NOTHING_OF_OURS)).toEqual({
      kind: 'rejected',
      code,
      gatewayMessage: `validation_failed ${field} ${message}`,
    })
  })

  it('tells all that was wrong', async () => {
    const fields = ['amount', 'metadata'].map((field) => ({ field, message: 'is wrong' }))
    expect(await answerTo(error(422, 'validation_failed', ...fields), NOTHING_OF_OURS)).toMatchObject({
      gatewayMessage: 'validation_failed amount is wrong metadata is wrong',
    })
  })

  it.each([
    ['pending_submission', 'payment_not_captured'],
    ['submitted', 'payment_not_captured'],
    ['failed', 'payment_debit_failed'],
    ['charged_back', 'payment_disputed'],
    ['cancelled', 'payment_already_voided'],
    ['a_new_word', 'payment_not_captured'],
  ])('tells why the payment is in no state for it: %s', async (status, code) => {
    const state = error(422, 'invalid_state', reason('refund_payment_invalid_state'))
    const reads = { ...NOTHING_OF_OURS, 'GET /payments/PM1': { body: { payments: { ...PAYMENT, status } } } }
    expect(await answerTo(state, reads)).toMatchObject({ kind: 'rejected', code })
  })

  it.each([
    [400, 'request_refused_by_gateway'],
    [401, 'gateway_credentials_refused'],
    [403, 'gateway_credentials_refused'],
    [404, 'request_refused_by_gateway'],
    [422, 'request_refused_by_gateway'],
  ])('HTML with %d, of a server that did not process it', async (status, code) => {
    const answer = await answerTo({ status, body: '<html>no</html>' })
    expect(answer).toEqual({ kind: 'rejected', code, gatewayMessage: `HTTP ${status}` })
  })

  it('shows no bank account in what GoCardless said', async () => {
    const leak = { reason: 'refund_is_unreachable', message: 'DE89370400440532013000 is closed' }
    const answer = await answerTo(error(422, 'invalid_state', leak), NOTHING_OF_OURS)
    expect(JSON.stringify(answer)).not.toContain('DE89')
  })
})

describe('what was certainly not taken', () => {
  it.each([
    ['without a date', {}, undefined],
    ['with a date', { 'ratelimit-reset': new Date(Date.now() + 30_000).toUTCString() }, 30_000],
    ['with seconds', { 'retry-after': '7' }, 7000],
    ['with a date that is past', { 'ratelimit-reset': 'Mon, 12 Sep 2016 15:31:00 GMT' }, undefined],
    ['with a date that is far', { 'ratelimit-reset': 'Mon, 12 Sep 2095 15:31:00 GMT' }, undefined],
  ])('too many requests, %s', async (_, headers, retryAfterMs) => {
    const busy = error(429, 'invalid_api_usage', reason('rate_limit_exceeded'))
    const answer = await answerTo({ ...busy, headers: headers as Record<string, string> })
    expect(answer).toMatchObject({ kind: 'not_taken', detail: expect.stringContaining('rate_limit_exceeded') })
    const given = answer.kind === 'not_taken' ? answer.retryAfterMs : NaN
    if (retryAfterMs === undefined) expect(given).toBeUndefined()
    else expect(Math.abs(given! - retryAfterMs)).toBeLessThan(2000)
  })

  it('too little funds: it waits long, and says for what', async () => {
    const poor = error(422, 'invalid_state', reason('available_refund_amount_insufficient'))
    expect(await answerTo(poor, NOTHING_OF_OURS)).toEqual({
      kind: 'not_taken',
      detail: expect.stringContaining('available_refund_amount_insufficient'),
      waitingFor: 'insufficient_gateway_funds',
      retryAfterMs: 4 * 60 * 60 * 1000,
    })
  })
})

describe('what may have paid', () => {
  it.each<[string, Reply]>([
    ['an error of GoCardless itself', error(500, 'gocardless', reason('internal_server_error'))],
    ['an error of GoCardless itself, said with 4xx', error(408, 'gocardless', reason('request_timed_out'))],
    ['500 with a reason that would be a refusal', error(500, 'invalid_state', reason('number_of_refunds_exceeded'))],
    ['HTML with 502', { status: 502, body: '<html>Bad Gateway</html>' }],
    ['a time-out of a proxy', { status: 408, body: '' }],
    ['a conflict without a word', { status: 409, body: '' }],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' }, body: '' }],
    ['an empty 2xx', { status: 201, body: '' }],
    ['2xx with HTML', { status: 200, body: '<html>hello</html>' }],
    ['2xx with a list', { status: 201, body: [] }],
    ['2xx without a refund', { status: 201, body: { payments: {} } }],
    ['2xx with an error inside', { status: 200, body: error(422, 'validation_failed').body }],
    ...Object.entries({
      'no id': { id: undefined },
      'an id that is none': { id: 'XX1' },
      'another amount': { amount: 1231 },
      'a fraction': { amount: 12.3 },
      'another payment': { links: { payment: 'PM2' } },
      'no stamp': { metadata: {} },
      'a refund of somebody else altogether': { metadata: {}, amount: 7, links: { payment: 'PM2' } },
      "somebody else's stamp": { metadata: { refund: '0195f2a0-0000-7000-8000-000000000002' } },
    }).map(([what, changes]): [string, Reply] => [
      `2xx with ${what}`,
      { status: 201, body: { refunds: { ...TAKEN, ...changes } } },
    ]),
  ])('%s', async (_, reply) => {
    expect(await answerTo(reply)).toMatchObject({ kind: 'unknown', detail: expect.stringMatching(/\S/) })
  })

  it('while the whole answer means that GoCardless has it, amounts as text included', async () => {
    for (const amount of [1230, '1230']) {
      const body = { refunds: { ...TAKEN, amount, aNewField: 1 } }
      expect(await answerTo({ status: 201, body })).toEqual({ kind: 'pending', gatewayReference: 'RF1' })
    }
  })
})
