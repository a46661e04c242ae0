import type { Situation } from '../gateway-step.ts'
import { ask, openCompany } from './local-company.ts'
import type { LocalCompany } from './local-company.ts'

describe("the local Adyen's page and buttons", () => {
  let company: LocalCompany
  let url: string
  beforeEach(async () => {
    company = await openCompany()
    url = company.adyen.url
  })
  afterEach(() => company.close())

  const page = async () => (await fetch(url)).text()
  const post = (path: string, fields: object) =>
    fetch(`${url}/_local/${path}`, {
      method: 'POST',
      body: JSON.stringify(fields),
      headers: { 'content-type': 'application/json' },
    })
  const press = (path: string, fields: Record<string, string>) =>
    fetch(`${url}/_local/${path}`, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' })

  it('shows payments, refunds and webhooks in their own decimals, and escapes what came from outside', async () => {
    const payment = company.adyen.addPayment({ amount: { value: 1234, currency: 'KWD' }, pspReference: '<b>P</b>' })
    await ask(company.adyen, { payment: encodeURIComponent(payment), currency: 'KWD', value: 5 })
    await company.adyen.settleWebhooks()
    const html = await page()
    for (const text of ['KWD 1.234', 'KWD 0.005', 'refund sent', 'REFUND', 'HTTP 200', 'Send the money back']) {
      expect(html).toContain(text)
    }
    expect(html).not.toContain('<b>P</b>')
  })

  it('leads a pressed button back to the page', async () => {
    const response = await press('down', { down: 'true' })
    expect([response.status, response.headers.get('location')]).toEqual([303, '/'])
    expect(await page()).toContain('Adyen is down')
    await press('down', { down: 'false' })
    expect(await page()).not.toContain('Adyen is down')
  })

  it('moves the clock, breaks the next call, and sends money back', async () => {
    const { now } = (await (await post('clock', { advanceMs: 86_400_000 })).json()) as { now: string }
    expect(Date.parse(now) - Date.now()).toBeGreaterThan(86_000_000)
    await post('fault', { name: 'http_429' })
    const payment = company.adyen.addPayment({ amount: { value: 1000, currency: 'EUR' } })
    expect((await ask(company.adyen, { payment })).status).toBe(429)
    const { answer } = await ask(company.adyen, { payment })
    await company.adyen.settleWebhooks()
    expect((await post('reverse', { pspReference: answer.pspReference })).status).toBe(200)
    expect(company.adyen.ledger().at(-1)).toMatchObject({ kind: 'refund reversed' })
  })

  it('tells what can become of a payment and its refunds as they stand, and does it', async () => {
    const payment = company.adyen.addPayment({ amount: { value: 1000, currency: 'EUR' } })
    const situations = async () => {
      const told = (await (await fetch(`${url}/_local/payments/${payment}`)).json()) as Situation[]
      return told.map(({ what, state, steps }) => [what, state, ...steps.map(({ label }) => label)])
    }
    const ofPayment = ['Payment of EUR 10.00', 'captured', 'Refund in the console']
    const more = ['Announce a dispute', 'Charge back', 'Fail its capture']
    expect(await situations()).toEqual([[...ofPayment, 'Decline its refunds', ...more]])
    await press('decline', { pspReference: payment, outcome: 'insufficient_funds' })
    await ask(company.adyen, { payment })
    await company.adyen.settleWebhooks()
    expect(await situations()).toEqual([
      [...ofPayment, 'Accept its refunds again', ...more],
      ['Refund of EUR 5.00', 'refused'],
    ])
    await press('decline', { pspReference: payment, outcome: 'ok' })
    await ask(company.adyen, { payment })
    await company.adyen.settleWebhooks()
    expect((await situations()).at(-1)).toEqual([
      'Refund of EUR 5.00',
      'sent',
      'Fail at the bank',
      'Send the money back',
    ])
    await press('chargeback', { pspReference: payment, amount: '5.00' })
    expect((await situations()).at(-1)).toEqual(['Dispute of EUR 5.00', 'chargeback', 'Reverse the chargeback'])
    expect(await (await fetch(`${url}/_local/payments/NOSUCH`)).json()).toEqual([])
  })

  it.each([
    ['decline', { pspReference: 'NOSUCH', outcome: 'perhaps' }, 422],
    ['clock', { advanceMs: -1 }, 422],
    ['clock', { advanceMs: 'soon' }, 422],
    ['fault', { name: 'earthquake' }, 422],
    ['reverse', { pspReference: 'NOSUCH' }, 422],
    ['nothing', {}, 404],
  ])('says what is wrong with %s %j', async (path, fields, status) => {
    const response = await post(path, fields)
    expect(response.status).toBe(status)
    expect(await response.json()).toEqual({ error: expect.stringMatching(/\S/) })
  })

  it('is open to the panel of another origin on this machine, the API is not', async () => {
    const preflight = await fetch(`${url}/_local/clock`, { method: 'OPTIONS' })
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, '*'])
    const ledger = await fetch(`${url}/_local/ledger`)
    expect(ledger.headers.get('access-control-allow-origin')).toBe('*')
    expect(await ledger.json()).toMatchObject({ down: false, entries: [], tasks: [], deliveries: [] })
    const { headers } = await ask(company.adyen, { payment: 'NOSUCHPAYMENT000' })
    expect(headers.get('access-control-allow-origin')).toBeNull()
    expect((await fetch(`${url}/elsewhere`)).status).toBe(404)
  })
})
