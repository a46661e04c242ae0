import { GoCardlessGateway } from '../../../../middleware/gateways/gocardless/gocardless-gateway.ts'
import type { Attempt } from '../../../../middleware/gateways/gateway.ts'
import { goCardlessSettings, startGoCardlessRig } from '../../../contracts/gateway-rig-gocardless.ts'
import type { GoCardlessRig } from '../../../contracts/gateway-rig-gocardless.ts'
import { startScriptedServer } from '../scripted-server.ts'
import type { ScriptedServer } from '../scripted-server.ts'
import { PAYMENT, TAKEN, REFUND_ID, attempt, error, euros, instruction, withScript } from './gocardless-refunds.ts'

const gatewayAt = (baseUrl: string, timeoutMs = 2000) =>
  new GoCardlessGateway(goCardlessSettings({ baseUrl, timeoutMs, accessToken: 'canary-4711' }))

describe('the body that asks GoCardless for a refund', () => {
  it('confirms the sum of all refunds of the payment, this one included, and carries our stamp', () => {
    expect(gatewayAt('http://127.0.0.1:1').prepareRefund(instruction())).toEqual({
      refunds: {
        amount: 1230,
        total_amount_confirmation: 1730,
        metadata: { refund: REFUND_ID },
        links: { payment: 'PM1' },
      },
    })
  })

  it('leaves alone what the merchant keeps on a payment that is cancelled', () => {
    expect(gatewayAt('http://127.0.0.1:1').prepareVoid()).toEqual({ data: {} })
  })
})

describe('a call to GoCardless', () => {
  let server: ScriptedServer
  afterEach(() => server.close())
  const taken = JSON.stringify({ refunds: TAKEN })

  it('goes to the configured address with version, token, key and the stored bytes', async () => {
    server = await startScriptedServer((response) => response.writeHead(201).end(taken))
    const { refunds } = attempt().body as { refunds: object }
    const shuffled = Object.fromEntries(Object.entries(refunds).reverse())
    await gatewayAt(`${server.url}/prefix`).submit(attempt({}, 'key-1'))
    await gatewayAt(server.url).submit({ ...attempt({}, 'key-2'), body: { refunds: shuffled } })
    const [first, second] = server.requests
    expect(first).toMatchObject({
      method: 'POST',
      path: '/prefix/refunds',
      headers: {
        authorization: 'Bearer canary-4711',
        'gocardless-version': '2015-07-06',
        'content-type': 'application/json',
        'idempotency-key': 'key-1',
      },
    })
    expect(second!.headers['idempotency-key']).toBe('key-2')
    expect(second!.body).toBe(first!.body)
  })

  it('is not made with a stored body that is another payment’s, or none of ours', async () => {
    server = await startScriptedServer((response) => response.writeHead(201).end(taken))
    const gateway = gatewayAt(server.url)
    await expect(gateway.submit({ ...attempt(), paymentReference: 'PM2' })).rejects.toThrow(/another payment/)
    const more = { refunds: { ...(attempt().body['refunds'] as object), reference: 'x' } }
    await expect(gateway.submit({ ...attempt(), body: more })).rejects.toThrow(/reference/)
    await expect(gateway.submit({ ...attempt(), operation: 'credit' })).rejects.toThrow(/has no credit/)
    expect(server.requests).toHaveLength(0)
  })

  it('follows no redirect and tells nobody the token', async () => {
    server = await startScriptedServer((response, { path }) =>
      response.writeHead(308, { location: `${path}/again` }).end(),
    )
    const answer = await gatewayAt(server.url).submit(attempt())
    expect(answer).toMatchObject({ kind: 'unknown', detail: 'HTTP 308' })
    expect(JSON.stringify(answer)).not.toContain('canary')
    expect(server.requests).toHaveLength(1)
  })

  it('calls it unknown when the answer drips past the deadline', async () => {
    server = await startScriptedServer((response) => void response.writeHead(201).write('{'))
    const answer = await gatewayAt(server.url, 150).submit(attempt())
    expect(answer).toEqual({ kind: 'unknown', detail: 'no whole answer within 150 ms' })
  })

  it('reads no more of an answer than a page of a list can hold', async () => {
    server = await startScriptedServer((response) => void response.writeHead(201).end(' '.repeat(3_000_000) + taken))
    const answer = await gatewayAt(server.url).submit(attempt())
    expect(answer).toEqual({ kind: 'unknown', detail: 'an answer of more than 2097152 bytes' })
  })

  it.each([
    ['refund', 'total_amount_confirmation_invalid', () => attempt()],
    ['void', 'cancellation_failed', () => ({ ...attempt(), operation: 'void', body: { data: {} } }) as const],
  ])('says that the first call of a %s went out even when the second cannot be sent', async (_, reason, asked) => {
    server = await startScriptedServer((response) => {
      const { body } = error(422, 'invalid_state', { reason })
      // Nobody listens any more when the look-up follows.
      response.writeHead(422, { connection: 'close' }).end(JSON.stringify(body), () => void server.close())
    })
    const answer = await gatewayAt(server.url).submit(asked())
    expect(answer).toMatchObject({ kind: 'unknown', detail: expect.stringContaining('ECONNREFUSED') })
  })
})

describe('a payment that has not gone to the banks', () => {
  let rig: GoCardlessRig
  let waiting: Attempt
  beforeEach(async () => {
    rig = await startGoCardlessRig()
    const paymentReference = rig.goCardless.addPayment({ amount: 500, currency: 'EUR', status: 'pending_submission' })
    waiting = { operation: 'void', paymentReference, key: 'k', body: rig.gateway.prepareVoid() }
  })
  afterEach(() => rig.stop())

  it('is cancelled, and cancelled again with the same result', async () => {
    const cancelled = { kind: 'succeeded', gatewayReference: waiting.paymentReference }
    expect(await rig.gateway.submit(waiting)).toEqual(cancelled)
    expect(await rig.gateway.submit(waiting)).toEqual(cancelled)
    expect(await rig.gateway.lookUpPayment(waiting.paymentReference)).toMatchObject({ facts: { status: 'voided' } })
  })

  it('is cancelled once when the answer was lost', async () => {
    rig.goCardless.faultOnNextRequest('drop_after_accept')
    expect(await rig.gateway.submit(waiting)).toMatchObject({ kind: 'unknown' })
    expect(await rig.gateway.submit(waiting)).toMatchObject({ kind: 'succeeded' })
  })

  it.each(['submitted', 'confirmed', 'paid_out', 'failed', 'charged_back'] as const)(
    'is too late to cancel once %s',
    async (status) => {
      const paymentReference = rig.goCardless.addPayment({ amount: 500, currency: 'EUR', status })
      const answer = await rig.gateway.submit({ ...waiting, paymentReference })
      expect(answer).toMatchObject({ kind: 'rejected', code: 'void_too_late' })
    },
  )

  it('stays open when it was not said whether it is cancelled', async () => {
    const late = error(422, 'invalid_state', { reason: 'cancellation_failed' })
    const cancel = (script: Parameters<typeof withScript>[0]) =>
      withScript(script, (gateway) => gateway.submit({ ...waiting, paymentReference: 'PM1' }))
    const path = 'POST /payments/PM1/actions/cancel'
    expect(await cancel({ [path]: late })).toMatchObject({ kind: 'unknown' })
    expect(await cancel({ [path]: { body: { payments: PAYMENT } } })).toMatchObject({ kind: 'unknown' })
    expect(await cancel({ [path]: { body: '' } })).toMatchObject({ kind: 'unknown' })
    const forbidden = error(403, 'invalid_api_usage', { reason: 'forbidden' })
    expect(await cancel({ [path]: forbidden })).toMatchObject({ code: 'gateway_credentials_refused' })
    const unknown = error(404, 'invalid_api_usage', { reason: 'resource_not_found' })
    expect(await cancel({ [path]: unknown })).toMatchObject({ code: 'original_payment_not_found' })
  })
})

describe('against the local GoCardless', () => {
  let rig: GoCardlessRig
  beforeEach(async () => {
    rig = await startGoCardlessRig()
  })
  afterEach(() => rig.stop())

  const ask = (amount = '12.30') =>
    attempt({ paymentReference: rig.paymentReference, amount: euros(amount), alreadyRefunded: euros('0') })

  it('is told of another amount, and calls the outcome unknown', async () => {
    rig.goCardless.faultOnNextRequest('other_amount')
    expect(await rig.gateway.submit(ask())).toMatchObject({ kind: 'unknown', detail: expect.stringContaining('1231') })
  })

  it('calls it unknown when nobody answers in time, and finds the same refund by sending again', async () => {
    const hasty = new GoCardlessGateway({ ...rig.settings, timeoutMs: 200 })
    const one = ask()
    rig.goCardless.faultOnNextRequest('hang')
    expect(await hasty.submit(one)).toMatchObject({ kind: 'unknown' })
    const [taken] = rig.goCardless.acceptedRefunds()
    expect(await rig.gateway.submit(one)).toMatchObject({ gatewayReference: taken!.id })
  })

  it('hears of a wrong token, and of refunds that are switched off, as matters of configuration', async () => {
    const stranger = new GoCardlessGateway({ ...rig.settings, accessToken: 'another' })
    expect(await stranger.submit(ask())).toMatchObject({ kind: 'rejected', code: 'gateway_credentials_refused' })
    rig.goCardless.changeCreditor('CR000RELAY', { canCreateRefunds: false })
    expect(await rig.gateway.submit(ask())).toMatchObject({
      kind: 'rejected',
      code: 'refunds_not_enabled',
      gatewayMessage: 'forbidden Forbidden request',
    })
    expect(rig.acceptedRefunds()).toHaveLength(0)
  })

  it('waits for funds, and is taken when they are there, under the same key', async () => {
    rig.goCardless.changeCreditor('CR000RELAY', { confirmedFunds: { EUR: 1229 } })
    const one = ask()
    expect(await rig.gateway.submit(one)).toMatchObject({ waitingFor: 'insufficient_gateway_funds' })
    rig.goCardless.changeCreditor('CR000RELAY', { confirmedFunds: { EUR: 1230 } })
    expect(await rig.gateway.submit(one)).toMatchObject({ kind: 'pending' })
    expect(rig.acceptedRefunds()).toHaveLength(1)
  })
})
