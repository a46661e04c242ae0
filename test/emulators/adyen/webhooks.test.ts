import hmacValidator from '@adyen/api-library/lib/src/utils/hmacValidator.js'
import { HMAC_KEY, ask, openCompany } from './local-company.ts'
import type { LocalCompany } from './local-company.ts'
import { signedDelivery } from './webhook-item.ts'
import type { WebhookItem } from './webhook-item.ts'

type Signed = Parameters<hmacValidator.default['validateHMAC']>[0]
const vendors = new hmacValidator.default()

describe("the local Adyen's webhooks", () => {
  let company: LocalCompany
  let payment: string
  beforeEach(async () => {
    company = await openCompany()
    payment = company.adyen.addPayment({ amount: { value: 1000, currency: 'EUR' } })
  })
  afterEach(() => company.close())

  const itemOf = (body: Buffer | string) => {
    const delivery = JSON.parse(body.toString()) as { notificationItems: [{ NotificationRequestItem: WebhookItem }] }
    return delivery.notificationItems[0].NotificationRequestItem
  }
  const isGenuine = (body: Buffer | string) => vendors.validateHMAC(itemOf(body) as unknown as Signed, HMAC_KEY)
  const received = () => company.inbox.deliveries.map(({ body }) => itemOf(body))
  const kinds = () => received().map(({ eventCode, pspReference }) => `${eventCode} ${pspReference}`)
  const statuses = () => company.adyen.deliveries().map(({ attempt, status }) => [attempt, status])

  it('are signed as the vendor published it', () => {
    const published = {
      pspReference: 'pspReference',
      originalReference: 'originalReference',
      merchantAccountCode: 'merchantAccount',
      merchantReference: 'reference',
      amount: { currency: 'EUR', value: 1000 },
      eventCode: 'CAPTURE',
      success: 'true',
      eventDate: '',
      paymentMethod: 'VISA',
      reason: 'reason',
    } as const
    // Source: Adyen/adyen-node-api-library, src/__tests__/hmacValidator.spec.ts, with the key of this test.
    expect(signedDelivery(published, HMAC_KEY)).toContain('"xhpHvYq2u2Np0rstbZ6QjLGu7JWhvf7Iwaa6EviJSX0="')
  })

  it("carry what the vendor's carry, a signature that the vendor's validator takes, and a login", async () => {
    const { answer } = await ask(company.adyen, { payment })
    await company.adyen.settleWebhooks()
    const [{ headers, body }] = company.inbox.deliveries as [(typeof company.inbox.deliveries)[number]]
    expect(isGenuine(body)).toBe(true)
    expect(headers['authorization']).toBe(`Basic ${Buffer.from('adyen:pass:word').toString('base64')}`)
    expect(itemOf(body)).toMatchObject({
      amount: { value: 500, currency: 'EUR' },
      eventCode: 'REFUND',
      eventDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+01:00$/),
      merchantAccountCode: 'ShopOne',
      merchantReference: 'r1',
      originalReference: payment,
      pspReference: answer.pspReference,
      success: 'true',
    })
  })

  it('come again after 9, 18 and 27 seconds and then from the queue, until somebody takes them', async () => {
    company.inbox.answerNext(500, 401, 302, 503)
    await ask(company.adyen, { payment })
    await company.adyen.settleWebhooks()
    for (const seconds of [9, 18, 27, 120]) {
      const before = statuses().length
      company.adyen.advanceClock((seconds - 2) * 1000)
      await company.adyen.settleWebhooks()
      expect(statuses()).toHaveLength(before)
      company.adyen.advanceClock(2000)
      await company.adyen.settleWebhooks()
      expect(statuses()).toHaveLength(before + 1)
    }
    expect(statuses()).toEqual([
      ...[
        [1, 500],
        [2, 401],
        [3, 302],
        [4, 503],
        [5, 200],
      ],
    ])
    company.adyen.advanceClock(30 * 24 * 60 * 60 * 1000)
    await company.adyen.settleWebhooks()
    expect(statuses()).toHaveLength(5)
  })

  it('come again when nobody was there', async () => {
    await company.inbox.close()
    await ask(company.adyen, { payment })
    await company.adyen.settleWebhooks()
    expect(statuses()).toEqual([[1, null]])
  })

  it('wait while Adyen is down', async () => {
    company.inbox.answerNext(500)
    await ask(company.adyen, { payment })
    await company.adyen.settleWebhooks()
    company.adyen.setDown(true)
    company.adyen.advanceClock(9_000)
    await company.adyen.settleWebhooks()
    expect(statuses()).toEqual([[1, 500]])
    company.adyen.setDown(false)
    await company.adyen.settleWebhooks()
    expect(statuses()).toEqual([
      [1, 500],
      [2, 200],
    ])
  })

  it('arrive twice on deliver_twice', async () => {
    company.adyen.webhookFault('deliver_twice')
    await ask(company.adyen, { payment })
    await company.adyen.settleWebhooks()
    expect(new Set(kinds()).size).toBe(1)
    expect(kinds()).toHaveLength(2)
  })

  it('arrive after the next one on deliver_out_of_order', async () => {
    company.adyen.webhookFault('deliver_out_of_order')
    const { answer } = await ask(company.adyen, { payment })
    await company.adyen.settleWebhooks()
    expect(kinds()).toEqual([])
    company.adyen.failRefund(answer.pspReference!)
    await company.adyen.settleWebhooks()
    expect(kinds()).toEqual([`REFUND_FAILED ${answer.pspReference}`, `REFUND ${answer.pspReference}`])
  })

  it('arrive before the answer of the call on deliver_before_answer, whatever delay is set', async () => {
    const slow = await openCompany({ outcomeDelayMs: 60_000 })
    const other = slow.adyen.addPayment({ amount: { value: 1000, currency: 'EUR' } })
    slow.adyen.webhookFault('deliver_before_answer')
    slow.adyen.faultOnNextRequest('slow')
    const call = ask(slow.adyen, { payment: other })
    const sent = await slow.adyen.until('sent', other)
    await slow.adyen.settleWebhooks()
    expect(slow.adyen.deliveries()).toHaveLength(1)
    slow.adyen.advanceClock(60_000)
    expect((await call).answer.pspReference).toBe(sent.pspReference)
    await slow.close()
  })

  it('never arrive on never_deliver, though the money went', async () => {
    company.adyen.webhookFault('never_deliver')
    await ask(company.adyen, { payment })
    await company.adyen.settleWebhooks()
    company.adyen.advanceClock(30 * 24 * 60 * 60 * 1000)
    await company.adyen.settleWebhooks()
    expect(kinds()).toEqual([])
    expect(company.adyen.ledger().at(-1)).toMatchObject({ kind: 'refund sent' })
  })

  it('carry another amount than was signed on tamper_amount, and come again genuine', async () => {
    company.adyen.webhookFault('tamper_amount')
    company.inbox.answerNext(401)
    await ask(company.adyen, { payment })
    await company.adyen.settleWebhooks()
    company.adyen.advanceClock(9000)
    await company.adyen.settleWebhooks()
    expect(received().map(({ amount }) => amount.value)).toEqual([501, 500])
    expect(company.inbox.deliveries.map(({ body }) => isGenuine(body))).toEqual([false, true])
  })
})
