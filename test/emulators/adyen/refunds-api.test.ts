import { ask, openCompany, vendorsApi } from './local-company.ts'
import type { LocalCompany } from './local-company.ts'

const DAY_MS = 24 * 60 * 60 * 1000

describe("the local Adyen's refunds API", () => {
  let company: LocalCompany
  let payment: string
  beforeEach(async () => {
    company = await openCompany()
    payment = company.adyen.addPayment({ amount: { value: 1000, currency: 'EUR' } })
  })
  afterEach(() => company.close())

  it("speaks to the vendor's own SDK", async () => {
    const body = { merchantAccount: 'ShopOne', amount: { value: 500, currency: 'EUR' }, reference: 'r1' }
    const answer = await vendorsApi(company.adyen).refundCapturedPayment(payment, body, { idempotencyKey: 'k1' })
    expect(answer).toMatchObject({ ...body, paymentPspReference: payment, status: 'received' })
    expect(answer.pspReference).toMatch(/^[A-Z0-9]{16}$/)
    expect(company.adyen.acceptedRefunds(payment)).toMatchObject([
      { pspReference: answer.pspReference, reference: 'r1' },
    ])
  })

  it.each([
    ['a wrong API key', { apiKey: 'wrong' }, 401, '000'],
    ['a merchant account of somebody else', { account: 'Other' }, 403, '901'],
    ['no JSON', { body: '{' }, 400, '702'],
    ['no merchant account', { body: '{"amount":{"value":1,"currency":"EUR"}}' }, 422, '158'],
    ['no amount', { body: '{"merchantAccount":"ShopOne"}' }, 422, '100'],
    ['a fraction', { value: 10.5 }, 422, '137'],
    ['an amount as text', { value: '500' }, 422, '137'],
    ['nothing', { value: 0 }, 422, '137'],
    ['another currency', { currency: 'USD' }, 422, '138'],
    [
      'a long reference',
      { body: `{"merchantAccount":"ShopOne","amount":{"value":1,"currency":"EUR"},"reference":"${'r'.repeat(81)}"}` },
      422,
      '198',
    ],
    ['a payment that it does not know', { payment: 'NOSUCHPAYMENT000' }, 422, '167'],
    ['a payment of its other account', { account: 'ShopTwo' }, 422, '167'],
    ['a key of 65 letters', { key: 'k'.repeat(65) }, 422, '702'],
  ])('refuses %s and takes nothing', async (_, asked, status, errorCode) => {
    const { answer, ...response } = await ask(company.adyen, { payment, ...asked })
    expect(response.status).toBe(status)
    expect(answer).toEqual({ status, errorCode, message: expect.any(String), errorType: expect.any(String) })
    expect(company.adyen.acceptedRefunds()).toHaveLength(0)
  })

  it('gives the first answer again under the same key, and takes one refund', async () => {
    const first = await ask(company.adyen, { payment, key: 'k1' })
    const again = await ask(company.adyen, { payment, key: 'k1' })
    expect(again.answer).toEqual(first.answer)
    expect(again.status).toBe(201)
    expect(again.headers.get('idempotency-key')).toBe('k1')
    expect(company.adyen.acceptedRefunds()).toHaveLength(1)
  })

  it('takes one refund when the same key comes many times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(company.adyen, { payment, key: 'k1' })))
    expect(new Set(answers.map(({ answer }) => answer.pspReference)).size).toBe(1)
    expect(company.adyen.acceptedRefunds()).toHaveLength(1)
  })

  it('takes two refunds without a key, or under two', async () => {
    for (const key of [null, null, 'k1', 'k2']) await ask(company.adyen, { payment, key })
    expect(company.adyen.acceptedRefunds()).toHaveLength(4)
  })

  it.each([
    ['another amount', { value: 501 }],
    ['another account of the company', { account: 'ShopTwo' }],
    ['another payment', { payment: 'NOSUCHPAYMENT000' }],
  ])('refuses a key that was used for something else: %s', async (_, asked) => {
    await ask(company.adyen, { payment, key: 'k1' })
    const { answer, headers, status } = await ask(company.adyen, { payment, key: 'k1', ...asked })
    expect([status, answer.errorCode, headers.get('transient-error')]).toEqual([422, '704', null])
    expect(company.adyen.acceptedRefunds()).toHaveLength(1)
  })

  it('asks to come back while the first request under a key is in flight', async () => {
    company.adyen.faultOnNextRequest('slow')
    const first = ask(company.adyen, { payment, key: 'k1' })
    await company.adyen.until('accepted')
    const second = await ask(company.adyen, { payment, key: 'k1' })
    expect([second.answer.errorCode, second.headers.get('transient-error')]).toEqual(['704', 'true'])
    company.adyen.advanceClock(60_000)
    expect((await ask(company.adyen, { payment, key: 'k1' })).answer).toEqual((await first).answer)
    expect(company.adyen.acceptedRefunds()).toHaveLength(1)
  })

  it('forgets a key after seven days, as the vendor may: the same key is then a second refund', async () => {
    await ask(company.adyen, { payment, key: 'k1' })
    company.adyen.advanceClock(7 * DAY_MS - 60_000)
    await ask(company.adyen, { payment, key: 'k1' })
    expect(company.adyen.acceptedRefunds()).toHaveLength(1)
    company.adyen.advanceClock(120_000)
    await ask(company.adyen, { payment, key: 'k1' })
    expect(company.adyen.acceptedRefunds()).toHaveLength(2)
  })

  it('cuts calls off while it is down, takes nothing, and takes the same call when it is back', async () => {
    company.adyen.setDown(true)
    await expect(ask(company.adyen, { payment, key: 'k1' })).rejects.toThrow(/fetch failed/)
    expect(company.adyen.acceptedRefunds()).toHaveLength(0)
    company.adyen.setDown(false)
    expect(await ask(company.adyen, { payment, key: 'k1' })).toMatchObject({ status: 201 })
  })

  it('has each fault once, and then none', async () => {
    company.adyen.faultOnNextRequest('http_429', 2)
    const statuses = [1, 2, 3].map(async () => (await ask(company.adyen, { payment })).status)
    expect((await Promise.all(statuses)).sort()).toEqual([201, 429, 429])
  })
})
