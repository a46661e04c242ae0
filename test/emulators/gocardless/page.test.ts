import type { Situation } from '../gateway-step.ts'
import { ask, openOrganisation, refundOf } from './local-organisation.ts'
import type { LocalOrganisation } from './local-organisation.ts'

describe("the local GoCardless's page and buttons", () => {
  let local: LocalOrganisation
  let url: string
  beforeEach(async () => {
    local = await openOrganisation()
    url = local.goCardless.url
  })
  afterEach(() => local.close())

  const page = async () => (await fetch(url)).text()
  const post = (path: string, fields: object) =>
    fetch(`${url}/_local/${path}`, {
      method: 'POST',
      body: JSON.stringify(fields),
      headers: { 'content-type': 'application/json' },
    })
  const press = (path: string, fields: Record<string, string>) =>
    fetch(`${url}/_local/${path}`, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' })

  it('shows payments, refunds, funds and webhooks, and escapes what came from outside', async () => {
    const payment = local.goCardless.addPayment({ id: 'PM<b>1</b>', amount: 1005, currency: 'SEK' })
    await ask(local.goCardless, '/refunds', refundOf(payment, 5))
    await local.goCardless.settleWebhooks()
    const html = await page()
    for (const text of [
      'SEK 10.05',
      'SEK 0.05',
      'refund accepted',
      'refunds.paid',
      'refunds on',
      'SEK 9999999.95',
      'Claim back',
    ]) {
      expect(html).toContain(text)
    }
    expect(html).not.toContain('<b>1</b>')
  })

  it('leads a pressed button back to the page', async () => {
    const response = await press('down', { down: 'true' })
    expect([response.status, response.headers.get('location')]).toEqual([303, '/'])
    expect(await page()).toContain('GoCardless is down')
  })

  it('moves the clock, breaks calls, runs simulators and switches refunds off', async () => {
    const { now } = (await (await post('clock', { advanceMs: 86_400_000 })).json()) as { now: string }
    expect(Date.parse(now) - Date.now()).toBeGreaterThan(86_000_000)
    const payment = local.goCardless.addPayment({ amount: 1000, currency: 'EUR' })
    await post('fault', { name: 'http_429' })
    expect((await ask(local.goCardless, '/refunds', refundOf(payment, 5))).status).toBe(429)
    await post('fault', { name: 'html_500_read' })
    expect((await fetch(`${url}/payments/${payment}`)).status).toBe(500)
    await press('creditor', { id: 'CR1', canCreateRefunds: 'false' })
    expect((await ask(local.goCardless, '/refunds', refundOf(payment, 5))).status).toBe(403)
    await post('creditor', { id: 'CR1', confirmedFunds: { EUR: 7 } })
    expect(await page()).toContain('refunds off')
    expect(await page()).toContain('EUR 0.07')
    await press('simulate', { name: 'payment_charged_back', resource: payment })
    await post('dispute-mandate', { payment })
    expect(local.goCardless.ledger().at(-1)).toMatchObject({ kind: 'payment changed', status: 'charged_back' })
    expect((await post('key-order', { order: 'body_before_key' })).status).toBe(200)
  })

  it('tells what can become of a payment, its refunds and the funds as they stand, and does it', async () => {
    const payment = local.goCardless.addPayment({ amount: 1000, currency: 'EUR', status: 'confirmed' })
    const situations = async () => {
      const told = (await (await fetch(`${url}/_local/payments/${payment}`)).json()) as Situation[]
      return told.map(({ what, state, steps }) => [what, state, ...steps.map(({ label }) => label)])
    }
    const [ofPayment, ofCreditor] = await situations()
    expect(ofPayment?.slice(0, 2)).toEqual(['Payment of EUR 10.00', 'confirmed'])
    expect(ofPayment).toEqual(expect.arrayContaining(['Pay out', 'Fail late', 'Claim back', 'Dispute its mandate']))
    expect(ofCreditor?.slice(-2)).toEqual(['Switch refunds off', 'Take its funds away'])
    await press('funds', { id: 'CR1', currency: 'EUR', amount: '0' })
    const refused = await ask(local.goCardless, '/refunds', refundOf(payment, 5))
    expect(refused.reason).toBe('available_refund_amount_insufficient')
    await press('funds', { id: 'CR1', currency: 'EUR', amount: '500' })
    await ask(local.goCardless, '/refunds', refundOf(payment, 5))
    await local.goCardless.settleWebhooks()
    const [, ofRefund] = await situations()
    expect(ofRefund).toEqual(['Refund of EUR 0.05', 'paid', 'Bounce at the bank', 'Send the money back'])
  })

  it.each([
    ['funds', { id: 'CR1', currency: 'EUR', amount: 'much' }, 422],
    ['clock', { advanceMs: -1 }, 422],
    ['fault', { name: 'earthquake' }, 422],
    ['simulate', { name: 'refund_paid', resource: 'NOSUCH' }, 422],
    ['simulate', { name: 'earthquake', resource: 'NOSUCH' }, 422],
    ['creditor', { id: 'CR9' }, 422],
    ['key-order', { order: 'none' }, 422],
    ['nothing', {}, 404],
  ])('says what is wrong with %s %j', async (path, fields, status) => {
    const response = await post(path, fields)
    expect(response.status).toBe(status)
    expect(await response.json()).toEqual({ error: expect.stringMatching(/\S/) })
  })

  it('is open to the panel of another origin on this machine, the API is not', async () => {
    const ledger = await fetch(`${url}/_local/ledger`)
    expect(ledger.headers.get('access-control-allow-origin')).toBe('*')
    expect(await ledger.json()).toMatchObject({ down: false, tasks: [], deliveries: [] })
    const { headers } = await ask(local.goCardless, '/creditors/CR1')
    expect(headers.get('access-control-allow-origin')).toBeNull()
    expect((await fetch(`${url}/elsewhere`)).status).toBe(404)
  })
})
