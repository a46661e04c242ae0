import { parse, parseWithMeta } from 'gocardless-nodejs/webhooks'
import { ask, openOrganisation, refundOf, SECRET, vendorsClient } from './local-organisation.ts'
import type { LocalOrganisation } from './local-organisation.ts'
import { signedBatch } from './webhook-sender.ts'

const MINUTE_MS = 60_000

describe('webhooks of the local GoCardless', () => {
  let local: LocalOrganisation
  let payment: string
  beforeEach(async () => {
    local = await openOrganisation()
    payment = local.goCardless.addPayment({ amount: 1000, currency: 'EUR' })
  })
  afterEach(() => local.close())

  const refund = async (amount = 100, confirmation = amount) =>
    ((await ask(local.goCardless, '/refunds', refundOf(payment, amount, confirmation))).answer as never)['refunds'][
      'id'
    ] as string
  const settled = () => local.goCardless.settleWebhooks()
  const received = () =>
    local.inbox.deliveries.map(({ body, headers }) =>
      parse(body.toString(), SECRET, String(headers['webhook-signature'])),
    )
  const actions = () =>
    received().map((events) => events.map(({ resource_type, action }) => `${resource_type}.${action}`))
  const statuses = () => local.goCardless.deliveries().map(({ attempt, status }) => [attempt, status])

  it("are signed as the vendor's own verifier wants it, to the last byte", () => {
    const { body, signature } = signedBatch([], SECRET)
    expect(parseWithMeta(body, SECRET, signature)).toEqual({ events: [], webhookId: 'WB000LOCAL' })
    const refused = expect.objectContaining({ name: 'InvalidSignatureError' })
    const refusalOf = (text: string, secret: string) => {
      try {
        return parse(text, secret, signature)
      } catch (error) {
        // The SDK throws what is no Error.
        return error
      }
    }
    expect(refusalOf(`${body} `, SECRET)).toEqual(refused)
    expect(refusalOf(body, `${SECRET} `)).toEqual(refused)
  })

  it("carry events that the vendor's SDK takes, without amount or status", async () => {
    const id = await refund()
    await settled()
    const [created, paid] = received().flat()
    expect(created).toMatchObject({ action: 'created', resource_type: 'refunds', links: { refund: id } })
    expect(paid).toMatchObject({ action: 'paid', details: { cause: 'refund_paid', origin: 'gocardless' } })
    expect(JSON.stringify(received())).not.toMatch(/amount|"status"/)
    expect(await vendorsClient(local.goCardless).events.find(paid!.id!)).toMatchObject({ action: 'paid' })
  })

  it('carry many events at once when many wait, never more than 250', async () => {
    const patient = local.goCardless.addPayment({ amount: 1000, currency: 'EUR', refundOutcome: 'manual' })
    local.goCardless.setDown(true)
    const ids = Array.from({ length: 300 }, () => local.goCardless.refundInDashboard(patient, 1))
    local.goCardless.setDown(false)
    await settled()
    const sizes = received().map((events) => events.length)
    expect(sizes).toEqual([250, 50])
    expect(
      new Set(
        received()
          .flat()
          .map(({ links }) => links!.refund),
      ).size,
    ).toBe(ids.length)
  })

  it('come again at growing intervals, eight times, then never', async () => {
    local.inbox.answerNext(...Array<number>(20).fill(500))
    local.goCardless.simulate('payment_charged_back', payment)
    await settled()
    for (const minutes of [1, 5, 15, 60, 180, 360, 720, 1440]) {
      const before = statuses().length
      local.goCardless.advanceClock((minutes - 0.5) * MINUTE_MS)
      await settled()
      expect(statuses()).toHaveLength(before)
      local.goCardless.advanceClock(MINUTE_MS)
      await settled()
      expect(statuses()).toHaveLength(before + 1)
    }
    local.goCardless.advanceClock(30 * 1440 * MINUTE_MS)
    await settled()
    expect(statuses()).toHaveLength(9)
  })

  it('follow no redirect', async () => {
    local.inbox.answerNext(302)
    await refund()
    await settled()
    expect(statuses()[0]).toEqual([1, 302])
  })

  it('arrive twice, late, before the answer, or never, as asked', async () => {
    local.goCardless.webhookFault('deliver_twice')
    local.goCardless.simulate('payment_charged_back', payment)
    await settled()
    expect(actions()).toEqual([['payments.charged_back'], ['payments.charged_back']])

    local.goCardless.webhookFault('deliver_out_of_order')
    local.goCardless.simulate('payment_chargeback_cancelled', payment)
    await settled()
    expect(actions()).toHaveLength(2)
    local.goCardless.webhookFault('never_deliver')
    local.goCardless.simulate('payment_charged_back', payment)
    await settled()
    expect(actions()).toHaveLength(2)
    local.goCardless.simulate('payment_chargeback_settled', payment)
    await settled()
    expect(actions().slice(2)).toEqual([['payments.chargeback_settled'], ['payments.chargeback_cancelled']])
  })

  it('arrive before the answer of the call on deliver_before_answer', async () => {
    local.goCardless.webhookFault('deliver_before_answer')
    local.goCardless.faultOnNextRequest('slow')
    const call = refund()
    const { id } = await local.goCardless.untilAccepted(payment)
    await local.goCardless.settleWebhooks()
    expect(actions().flat()).toEqual(['refunds.created', 'refunds.paid'])
    local.goCardless.advanceClock(60_000)
    expect(await call).toBe(id)
  })

  it('are forged at first on tamper_body, and come again genuine', async () => {
    local.goCardless.webhookFault('tamper_body')
    local.inbox.answerNext(401)
    local.goCardless.simulate('payment_charged_back', payment)
    await settled()
    expect(received).toThrow()
    local.goCardless.advanceClock(MINUTE_MS)
    await settled()
    const { body, headers } = local.inbox.deliveries[1]!
    expect(parse(body.toString(), SECRET, String(headers['webhook-signature']))).toHaveLength(1)
  })
})
