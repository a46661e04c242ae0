import { createHmac, generateKeyPairSync } from 'node:crypto'
import { SignJWT } from 'jose'
import { ACCOUNTS } from '../emulators/local-gateways.ts'
import { ORG_ID } from '../emulators/local-world.ts'
import { AGENT, OBSERVER, startWorld } from './world.ts'
import type { CallOptions, PaidPayment, World } from './world.ts'

describe('bad input', () => {
  let world: World
  let paid: PaidPayment
  beforeAll(async () => {
    world = await startWorld()
    paid = await world.pay({ amount: { value: 12050, currency: 'EUR' } }, { Amount__c: 120.5 })
  })
  afterAll(async () => {
    // I9: a refused request has no effect anywhere.
    expect(await world.database.database.query('SELECT id FROM refunds')).toEqual([])
    expect(await world.database.database.query('SELECT payment_id FROM payments')).toEqual([])
    expect(await world.database.database.query('SELECT id FROM gateway_events')).toEqual([])
    expect(world.adyen.acceptedRefunds(paid.reference)).toEqual([])
    await world.close()
  })

  it.each<[string, object, number, string, string | undefined]>([
    ['amount 0', { amount: '0.00' }, 422, 'invalid_field', 'amount'],
    ['a negative amount', { amount: '-5.00' }, 422, 'invalid_field', 'amount'],
    ['too many decimals', { amount: '1.005' }, 422, 'invalid_field', 'amount'],
    ['a number instead of decimal text', { amount: 5 }, 422, 'invalid_field', 'amount'],
    ['an exponent', { amount: '1e2' }, 422, 'invalid_field', 'amount'],
    ['an amount in other digits', { amount: '５.00' }, 422, 'invalid_field', 'amount'],
    ['an enormous amount', { amount: '9999999999999999' }, 422, 'invalid_field', 'amount'],
    ['more than is left', { amount: '120.51' }, 409, 'amount_exceeds_refundable', 'amount'],
    ['a currency that is none', { currency: 'EURO' }, 422, 'invalid_field', 'currency'],
    ['a currency that is not in ISO 4217', { currency: 'ZZZ' }, 422, 'invalid_field', 'currency'],
    ['an unknown field', { amonut: '5.00' }, 422, 'invalid_field', 'amonut'],
    ['a payment id that is none', { paymentId: 'a01' }, 422, 'invalid_field', 'paymentId'],
    ['a gateway that is not connected', { gateway: 'braintree' }, 403, 'account_not_allowed', 'gatewayAccount'],
    ['an account of somebody else', { gatewayAccount: 'AnotherECOM' }, 403, 'account_not_allowed', 'gatewayAccount'],
    ['a reference with a separator in it', { gatewayReference: 'PSP:1' }, 422, 'invalid_field', 'gatewayReference'],
    ['a reason that is none', { reason: 'because' }, 422, 'invalid_field', 'reason'],
    ['a card number in the note', { note: 'card 4111 1111 1111 1111' }, 422, 'card_number_in_text', 'note'],
    ['a note of 32,000 characters', { note: 'x'.repeat(32_000) }, 422, 'invalid_field', 'note'],
    ['control characters in the note', { note: 'a\r\nb' }, 422, 'invalid_field', 'note'],
  ])('%s is refused in words, by field', async (_what, change, status, code, field) => {
    const answer = await world.request({ ...paid.body, ...change })
    expect(answer).toMatchObject({ status, body: { code, field } })
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(answer.body.detail).not.toMatch(/4111/)
  })

  it.each<[string, CallOptions, number, string]>([
    ['a body of 1 MB', { raw: JSON.stringify({ note: 'x'.repeat(1_048_576) }) }, 413, 'body_too_large'],
    ['something that is not JSON', { raw: '{"paymentId": ' }, 400, 'invalid_json'],
    ['a JSON array', { raw: '[]' }, 422, 'invalid_field'],
    ['no body', { raw: '' }, 422, 'invalid_field'],
    ['a key that is too short', { key: 'short' }, 400, 'idempotency_key_missing'],
    ['a key with spaces', { key: 'not a key at all' }, 400, 'idempotency_key_missing'],
    ['a user without the permission set', { user: OBSERVER }, 403, 'not_permitted'],
  ])('%s is refused', async (_what, options, status, code) => {
    expect(await world.request(paid.body, options)).toMatchObject({ status, body: { code } })
  })

  it('a request without a token is refused', async () => {
    const response = await fetch(`${world.relay().url}/v1/refunds`, { method: 'POST', body: '{}' })
    expect([response.status, (await response.json()).code]).toEqual([401, 'token_missing'])
  })

  const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  const forge = (claims: object, header: object = {}) =>
    new SignJWT({ iss: ORG_ID, sub: AGENT, aud: 'refund-relay-local', ...claims })
      .setProtectedHeader({ alg: 'RS256', ...header })
      .setExpirationTime('60s')
      .sign(foreign)
  const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const soon = () => Math.floor(Date.now() / 1000) + 60

  it.each<[string, () => Promise<string> | string, string]>([
    ['signed with another key', () => forge({}), 'token_invalid'],
    ['naming another org', () => world.org.tokenFor(AGENT, { iss: '00D000000000002EAA' }), 'token_invalid'],
    ['for another audience', () => world.org.tokenFor(AGENT, { aud: 'somebody-else' }), 'token_invalid'],
    ['that expired', () => world.org.tokenFor(AGENT, { exp: soon() - 600 }), 'token_expired'],
    ['that lives for an hour', () => world.org.tokenFor(AGENT, { exp: soon() + 3600 }), 'token_invalid'],
    ['of nobody', () => world.org.tokenFor(AGENT, { sub: 'nobody' }), 'token_invalid'],
    [
      'without a signature',
      () => `${base64({ alg: 'none' })}.${base64({ iss: ORG_ID, sub: AGENT, exp: soon() })}.`,
      'token_invalid',
    ],
    [
      'signed with the public key as a secret',
      () => {
        const head = `${base64({ alg: 'HS256' })}.${base64({ iss: ORG_ID, sub: AGENT, aud: 'refund-relay-local', exp: soon() })}`
        return `${head}.${createHmac('sha256', 'public').update(head).digest('base64url')}`
      },
      'token_invalid',
    ],
    ['that is no token', () => 'hello', 'token_invalid'],
  ])('a token %s is refused', async (_what, token, code) => {
    expect(await world.request(paid.body, { token: await token() })).toMatchObject({ status: 401, body: { code } })
  })

  it.each(['/v1/payments/a01000000000099AAA', '/v1/payments/nonsense'])(
    'an unknown payment is not found: %s',
    async (path) => {
      expect(await world.get(path)).toMatchObject({ status: 404, body: { code: 'payment_not_found' } })
    },
  )

  it.each(['/v1/refunds/0190a0a0-0000-7000-8000-000000000000', "/v1/refunds/';DROP TABLE refunds"])(
    'an unknown refund is not found: %s',
    async (path) => {
      expect(await world.get(path)).toMatchObject({ status: 404, body: { code: 'refund_not_found' } })
    },
  )

  it('an unknown address is not found', async () => {
    const response = await fetch(`${world.relay().url}/v2/refunds`)
    expect([response.status, (await response.json()).code]).toEqual([404, 'route_not_found'])
  })

  it.each<[string, string, string, number, string]>([
    [
      'without basic auth and signature',
      ACCOUNTS.adyen,
      JSON.stringify({ live: 'false', notificationItems: [] }),
      401,
      'webhook_not_authentic',
    ],
    ['for an account that is not configured', 'AnotherECOM', '{}', 401, 'webhook_not_authentic'],
    ['of 1 MB', ACCOUNTS.adyen, 'x'.repeat(1_048_576), 413, 'body_too_large'],
    ['that is empty', ACCOUNTS.adyen, '', 401, 'webhook_not_authentic'],
  ])('a webhook %s is refused', async (_what, account, body, status, code) => {
    const response = await fetch(`${world.relay().url}/webhooks/adyen/${account}`, { method: 'POST', body })
    expect([response.status, (await response.json()).code]).toEqual([status, code])
  })
})
