import { AdyenGateway } from '../../../../middleware/gateways/adyen/adyen-gateway.ts'
import type { AdyenSettings } from '../../../../middleware/gateways/adyen/adyen-settings.ts'
import type { Attempt, RefundReason } from '../../../../middleware/gateways/gateway.ts'
import { Money } from '../../../../middleware/money/money.ts'
import { adyenSettings, startAdyenRig } from '../../../contracts/gateway-rig-adyen.ts'
import type { AdyenRig } from '../../../contracts/gateway-rig-adyen.ts'
import { startScriptedServer } from '../scripted-server.ts'
import type { ScriptedServer } from '../scripted-server.ts'

const REFUND_ID = '0195f2a0-0000-7000-8000-000000000001'

function bodyFor(reason: RefundReason | null, account = 'RefundRelayECOM') {
  return new AdyenGateway(adyenSettings({ account })).prepareRefund({
    refundId: REFUND_ID,
    paymentReference: 'PSP1',
    amount: Money.fromDecimal('12.30', 'EUR'),
    alreadyRefunded: Money.zero('EUR'),
    reason,
  })
}

function attempt(changes: Partial<Attempt> = {}): Attempt {
  return { operation: 'refund', paymentReference: 'PSP1', key: 'key-1', body: bodyFor('returned'), ...changes }
}

const TAKEN = JSON.stringify({
  amount: { value: 1230, currency: 'EUR' },
  merchantAccount: 'RefundRelayECOM',
  paymentPspReference: 'PSP1',
  pspReference: 'REF1',
  reference: REFUND_ID,
  status: 'received',
})

describe('the body that asks Adyen for a refund', () => {
  it('carries the account, the amount in minor units and our id', () => {
    expect(bodyFor(null)).toEqual({
      merchantAccount: 'RefundRelayECOM',
      amount: { value: 1230, currency: 'EUR' },
      reference: REFUND_ID,
    })
  })

  it.each<[RefundReason, string]>([
    ['duplicate', 'DUPLICATE'],
    ['fraud', 'FRAUD'],
    ['requested_by_customer', 'CUSTOMER REQUEST'],
    ['returned', 'RETURN'],
    ['other', 'OTHER'],
  ])('calls %s %s', (reason, word) => {
    expect(bodyFor(reason)).toMatchObject({ merchantRefundReason: word })
  })
})

describe('a call to Adyen', () => {
  let server: ScriptedServer
  afterEach(() => server.close())

  const gatewayAt = (url: string, changes: Partial<AdyenSettings> = {}) =>
    new AdyenGateway(adyenSettings({ baseUrl: url, ...changes }))

  it('goes to the configured address and path, with the key of this attempt', async () => {
    server = await startScriptedServer((response) => response.writeHead(201).end(TAKEN))
    const gateway = gatewayAt(`${server.url}/checkout`)
    await gateway.submit(attempt())
    await gateway.submit(attempt({ key: 'key-2', paymentReference: 'a/../b c?#$&' }))
    expect(server.requests.map(({ path, headers }) => [path, headers['idempotency-key']])).toEqual([
      ['/checkout/v72/payments/PSP1/refunds', 'key-1'],
      ['/checkout/v72/payments/a%2F..%2Fb%20c%3F%23%24%26/refunds', 'key-2'],
    ])
    expect(server.requests[0]).toMatchObject({
      method: 'POST',
      headers: { 'x-api-key': 'local-api-key', 'content-type': 'application/json' },
    })
  })

  it('sends the stored body, the same bytes whatever order the database gave its fields', async () => {
    server = await startScriptedServer((response) => response.writeHead(201).end(TAKEN))
    const { merchantAccount, amount, reference, merchantRefundReason } = bodyFor('fraud') as Record<string, string>
    const shuffled = { reference, merchantRefundReason, amount: { currency: 'EUR', value: 1230 }, merchantAccount }
    await gatewayAt(server.url).submit(attempt({ body: bodyFor('fraud') }))
    await gatewayAt(server.url).submit(attempt({ body: shuffled }))
    const [first, second] = server.requests
    expect(JSON.parse(first!.body)).toEqual({ merchantAccount, amount, reference, merchantRefundReason })
    expect(second!.body).toBe(first!.body)
  })

  it('refuses a stored body that the SDK would change, before anything is sent', async () => {
    server = await startScriptedServer((response) => response.writeHead(201).end(TAKEN))
    const body = { ...bodyFor(null), store: 'S1', unheardOf: true }
    await expect(gatewayAt(server.url).submit(attempt({ body }))).rejects.toThrow(/unheardOf/)
    expect(server.requests).toHaveLength(0)
  })

  it('keeps its connections for calls that follow each other', async () => {
    const sockets = new Set<unknown>()
    server = await startScriptedServer((response) => {
      sockets.add(response.socket)
      response.writeHead(201).end(TAKEN)
    })
    const gateway = gatewayAt(server.url)
    for (let call = 0; call < 8; call++) await gateway.submit(attempt())
    expect(server.requests).toHaveLength(8)
    // The next call may leave a moment before the last one's connection is free again.
    expect(sockets.size).toBeLessThanOrEqual(2)
  })

  it('waits past what only announces the answer', async () => {
    server = await startScriptedServer((response) => {
      response.writeProcessing()
      response.writeHead(201).end(TAKEN)
    })
    expect(await gatewayAt(server.url).submit(attempt())).toEqual({ kind: 'pending', gatewayReference: 'REF1' })
  })

  it('follows no redirect, not even one that keeps the method', async () => {
    server = await startScriptedServer((response, { path }) =>
      response.writeHead(308, { location: `${path}/again` }).end(),
    )
    expect(await gatewayAt(server.url).submit(attempt())).toMatchObject({ kind: 'unknown', detail: 'HTTP 308' })
    expect(server.requests).toHaveLength(1)
  })

  it('calls it unknown when the answer drips past the deadline', async () => {
    server = await startScriptedServer((response) => void response.writeHead(201).write('{'))
    const answer = await gatewayAt(server.url, { timeoutMs: 150 }).submit(attempt())
    expect(answer).toEqual({ kind: 'unknown', detail: 'no whole answer within 150 ms' })
  })

  it('calls it unknown when the answer breaks off', async () => {
    server = await startScriptedServer((response) => {
      response.writeHead(201, { 'content-length': TAKEN.length }).write(TAKEN.slice(0, 20), () => response.destroy())
    })
    expect(await gatewayAt(server.url).submit(attempt())).toMatchObject({ kind: 'unknown' })
  })

  it('calls it unknown when the answer is endless, and reads no more of it', async () => {
    server = await startScriptedServer((response) => void response.writeHead(201).end(' '.repeat(70_000) + TAKEN))
    const answer = await gatewayAt(server.url).submit(attempt())
    expect(answer).toEqual({ kind: 'unknown', detail: 'an answer of more than 65536 bytes' })
  })

  it('knows that nothing was sent when the TLS handshake fails', async () => {
    server = await startScriptedServer((response) => response.writeHead(201).end(TAKEN))
    const answer = await gatewayAt(server.url.replace('http:', 'https:')).submit(attempt())
    expect(answer).toMatchObject({ kind: 'not_taken', detail: expect.stringMatching(/SSL|EPROTO/i) })
    expect(server.requests).toHaveLength(0)
  })

  it('knows that nothing was sent when the name does not resolve', async () => {
    server = await startScriptedServer((response) => response.end())
    const answer = await gatewayAt('https://no-such-host.invalid').submit(attempt())
    expect(answer).toMatchObject({ kind: 'not_taken', detail: expect.stringMatching(/no-such-host/) })
  })

  it('tells nobody the API key, whatever goes wrong', async () => {
    server = await startScriptedServer((response) => response.destroy())
    const answer = await gatewayAt(server.url, { apiKey: 'canary-4711' }).submit(attempt())
    expect(JSON.stringify(answer)).not.toContain('canary')
  })
})

describe('against the local Adyen', () => {
  let rig: AdyenRig
  beforeEach(async () => {
    rig = await startAdyenRig()
  })
  afterEach(() => rig.stop())

  const ask = (changes: Partial<Attempt> = {}) => attempt({ paymentReference: rig.paymentReference, ...changes })

  it('calls it unknown when nobody answers in time, and finds the same refund by sending again', async () => {
    const hasty = new AdyenGateway({ ...rig.settings, timeoutMs: 200 })
    rig.adyen.faultOnNextRequest('hang')
    expect(await hasty.submit(ask())).toMatchObject({ kind: 'unknown' })
    const [accepted] = rig.adyen.acceptedRefunds()
    expect(await rig.gateway.submit(ask())).toEqual({ kind: 'pending', gatewayReference: accepted!.pspReference })
    expect(rig.adyen.acceptedRefunds()).toHaveLength(1)
  })

  it('calls it unknown while the first sending of the same attempt is in flight', async () => {
    rig.adyen.faultOnNextRequest('slow')
    const first = rig.gateway.submit(ask())
    await rig.adyen.until('accepted')
    expect(await rig.gateway.submit(ask())).toEqual({ kind: 'unknown', detail: expect.stringContaining('704') })
    rig.adyen.advanceClock(60_000)
    expect(await first).toMatchObject({ kind: 'pending' })
    expect(rig.adyen.acceptedRefunds()).toHaveLength(1)
  })

  it('is told of another amount, and calls the outcome unknown', async () => {
    rig.adyen.faultOnNextRequest('other_amount')
    expect(await rig.gateway.submit(ask())).toMatchObject({
      kind: 'unknown',
      detail: expect.stringContaining('1231 EUR'),
    })
  })

  it('hears of a wrong API key as a matter of configuration', async () => {
    const stranger = new AdyenGateway({ ...rig.settings, apiKey: 'another' })
    expect(await stranger.submit(ask())).toMatchObject({ kind: 'rejected', code: 'gateway_credentials_refused' })
  })

  it('hears of a wrong merchant account as a matter of configuration', async () => {
    const body = bodyFor(null, 'SomebodyElse')
    expect(await rig.gateway.submit(ask({ body }))).toMatchObject({ kind: 'rejected', code: 'gateway_account_wrong' })
  })

  it('hears of a failure at the bank three days later', async () => {
    const paymentReference = rig.adyen.addPayment({
      amount: { value: 5000, currency: 'EUR' },
      holderName: 'refund failed',
    })
    await rig.gateway.submit(ask({ paymentReference }))
    expect((await rig.events()).map(({ kind }) => kind)).toEqual(['refund_succeeded'])
    rig.adyen.advanceClock(3 * 24 * 60 * 60 * 1000)
    const [sent, failed] = await rig.events()
    expect(failed).toMatchObject({ kind: 'refund_failed_late', refusal: { code: 'bank_returned_refund' } })
    expect(failed!.refundReference).toBe(sent!.refundReference)
    expect(Date.parse(failed!.occurredAt!) - Date.parse(sent!.occurredAt!)).toBeGreaterThan(2.9 * 24 * 60 * 60 * 1000)
  })
})
