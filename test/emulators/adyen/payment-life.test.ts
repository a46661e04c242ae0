import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ask, openCompany } from './local-company.ts'
import type { LocalCompany } from './local-company.ts'
import type { PaymentOptions } from './company.ts'
import type { WebhookItem } from './webhook-item.ts'

describe('what banks, schemes and people in the console do to a payment at the local Adyen', () => {
  let company: LocalCompany
  beforeEach(async () => {
    company = await openCompany()
  })
  afterEach(() => company.close())

  const pay = (options: Partial<PaymentOptions> = {}) =>
    company.adyen.addPayment({ amount: { value: 1000, currency: 'EUR' }, ...options })

  async function items(): Promise<WebhookItem[]> {
    await company.adyen.settleWebhooks()
    return company.inbox.deliveries.map(({ body }) => {
      const delivery = JSON.parse(body.toString()) as { notificationItems: [{ NotificationRequestItem: WebhookItem }] }
      return delivery.notificationItems[0].NotificationRequestItem
    })
  }
  const told = async () =>
    (await items()).map(({ eventCode, success, amount }) => `${eventCode} ${success} ${amount.value}`)

  it('a dispute is announced, charged back and reversed under one reference', async () => {
    const payment = pay()
    const dispute = company.adyen.announceChargeback(payment, 400)
    expect(company.adyen.chargeback(payment)).toBe(dispute)
    company.adyen.reverseChargeback(payment)
    expect(await told()).toEqual([
      ...['NOTIFICATION_OF_CHARGEBACK true 400', 'CHARGEBACK true 400', 'CHARGEBACK_REVERSED true 400'],
    ])
    expect((await items()).map(({ pspReference, originalReference }) => [pspReference, originalReference])).toEqual(
      Array(3).fill([dispute, payment]),
    )
    expect(() => company.adyen.reverseChargeback(dispute)).toThrow(/no chargeback/)
    expect(() => company.adyen.chargeback(payment, 1001)).toThrow(/1 to 1000/)
    expect(() => company.adyen.chargeback('NOSUCH')).toThrow(/no payment/)
  })

  it.each([
    [1000, 0, 1, 'Already fully disputed, no balance available for new requested refund'],
    [400, 0, 601, 'Already partially disputed, new requested refund amount too high'],
    [400, 500, 101, 'Partially refunded and partially disputed, no balance available for new requested refund'],
  ])('after a chargeback of %i and a refund of %i, %i more is refused', async (disputed, refunded, value, reason) => {
    const payment = pay()
    if (refunded > 0) await ask(company.adyen, { payment, value: refunded })
    await told()
    company.adyen.chargeback(payment, disputed)
    await ask(company.adyen, { payment, value })
    expect((await items()).at(-1)).toMatchObject({ eventCode: 'REFUND', success: 'false', reason })
  })

  it('a bank does not ask what was refunded: the money goes out twice', async () => {
    const payment = pay()
    await ask(company.adyen, { payment, value: 1000 })
    await told()
    company.adyen.chargeback(payment)
    expect(await told()).toEqual(['REFUND true 1000', 'CHARGEBACK true 1000'])
  })

  it.each(['sepadirectdebit', 'directdebit_GB'] as const)(
    'a refund of a %s that was not captured yet waits for it',
    async (method) => {
      const payment = pay({ method, captured: false })
      await ask(company.adyen, { payment, value: 300 })
      expect(await told()).toEqual(['POSTPONED_REFUND true 300'])
      company.adyen.capture(payment)
      expect(await told()).toEqual(['POSTPONED_REFUND true 300', 'CAPTURE true 1000', 'REFUND true 300'])
      expect((await items()).map(({ paymentMethod }) => paymentMethod)).toEqual(Array(3).fill(method))
    },
  )

  it('a refund that waited for a debit fails with it, and so does the next', async () => {
    const payment = pay({ method: 'sepadirectdebit', captured: false })
    await ask(company.adyen, { payment, value: 300 })
    await told()
    company.adyen.captureFailed(payment)
    await ask(company.adyen, { payment, value: 100 })
    expect((await told()).slice(1)).toEqual(['CAPTURE_FAILED true 1000', 'REFUND false 300', 'REFUND false 100'])
  })

  it('is captured in parts up to the whole, and a capture may fail late', async () => {
    const payment = pay({ captured: false })
    company.adyen.capture(payment, 400)
    company.adyen.capture(payment)
    expect(() => company.adyen.capture(payment, 1)).toThrow(/cannot be captured/)
    company.adyen.captureFailed(payment, 600)
    await ask(company.adyen, { payment, value: 401 })
    expect(await told()).toEqual([
      ...['CAPTURE true 400', 'CAPTURE true 600', 'CAPTURE_FAILED true 600', 'REFUND false 401'],
    ])
  })

  it('offers on its page what can be done now, and does it in decimals', async () => {
    const payment = pay()
    const { url } = company.adyen
    const page = async () => (await fetch(url)).text()
    const press = (path: string, fields: Record<string, string>) =>
      fetch(`${url}/_local/${path}`, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' })
    expect(await page()).toMatch(/Refund in the console[^]*value="10.00"[^]*Charge back/)
    expect((await press('console-refund', { pspReference: payment, amount: '2.5' })).status).toBe(303)
    expect((await press('chargeback', { pspReference: payment, amount: '4' })).status).toBe(303)
    expect(await page()).toContain('Reverse the chargeback')
    expect((await press('reverse-chargeback', { pspReference: payment })).status).toBe(303)
    expect(await page()).not.toContain('Reverse the chargeback')
    for (const amount of ['2.555', '-1', 'all', '']) {
      expect((await press('console-refund', { pspReference: payment, amount })).status).toBe(422)
    }
    expect((await told()).sort()).toEqual(['CHARGEBACK true 400', 'CHARGEBACK_REVERSED true 400', 'REFUND true 250'])
    const waiting = pay({ captured: false })
    expect((await press('capture', { pspReference: waiting })).status).toBe(303)
    expect((await press('announce-chargeback', { pspReference: waiting })).status).toBe(303)
    expect((await press('capture-failed', { pspReference: waiting })).status).toBe(303)
    expect((await told()).slice(-3).map((line) => line.split(' ')[0])).toEqual([
      ...['CAPTURE', 'NOTIFICATION_OF_CHARGEBACK', 'CAPTURE_FAILED'],
    ])
  })

  it('refuses at one address the key that was used at another: keys are the whole company’s', async () => {
    const payment = pay()
    await ask(company.adyen, { payment, key: 'k1' })
    const addresses = [`v72/payments/${payment}/cancels`, 'pal/servlet/Payment/v68/cancel']
    for (const address of addresses) {
      const response = await fetch(`${company.adyen.url}/${address}`, {
        method: 'POST',
        headers: { 'x-api-key': 'local-api-key', 'idempotency-key': 'k1' },
        body: JSON.stringify({ merchantAccount: 'ShopOne', originalReference: payment, reference: 'r1' }),
      })
      expect([response.status, await response.json()]).toEqual([422, expect.objectContaining({ errorCode: '704' })])
    }
    expect(await told()).toEqual(['REFUND true 500'])
  })
})

describe('a local Adyen that is started again', () => {
  it('knows what was captured, disputed, reversed and paid out before', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'local adyen '))
    const before = await openCompany({ directory })
    const payment = before.adyen.addPayment({ amount: { value: 1000, currency: 'EUR' }, captured: false })
    before.adyen.capture(payment)
    before.adyen.chargeback(payment, 400)
    await before.adyen.settleWebhooks()
    const entries = before.adyen.ledger()
    await before.close()
    const after = await openCompany({ directory })
    expect(after.adyen.ledger()).toEqual(entries)
    expect(() => after.adyen.capture(payment)).toThrow(/cannot be captured/)
    after.adyen.reverseChargeback(payment)
    expect(after.adyen.ledger().at(-1)).toMatchObject({ kind: 'chargeback reversed', amount: { value: 400 } })
    await after.close()
    rmSync(directory, { recursive: true })
  })
})
