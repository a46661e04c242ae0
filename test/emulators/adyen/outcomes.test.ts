import { ask, openCompany } from './local-company.ts'
import type { LocalCompany } from './local-company.ts'
import type { PaymentOptions } from './company.ts'
import type { WebhookItem } from './webhook-item.ts'

const DAY_MS = 24 * 60 * 60 * 1000

describe('what becomes of a refund at the local Adyen', () => {
  let company: LocalCompany
  beforeEach(async () => {
    company = await openCompany()
  })
  afterEach(() => company.close())

  const pay = (options: Partial<PaymentOptions> = {}) =>
    company.adyen.addPayment({ amount: { value: 1000, currency: 'EUR' }, ...options })

  /** Everything told so far: kind, outcome and reason. */
  async function told(): Promise<string[]> {
    await company.adyen.settleWebhooks()
    const items = company.inbox.deliveries.map(({ body }) => {
      const { notificationItems } = JSON.parse(body.toString()) as {
        notificationItems: [{ NotificationRequestItem: WebhookItem }]
      }
      return notificationItems[0].NotificationRequestItem
    })
    return items.map(({ eventCode, success, reason }) => `${eventCode} ${success} ${reason}`.trim())
  }

  it('is sent to the scheme, several times up to what was taken', async () => {
    const payment = pay()
    for (const value of [300, 700]) await ask(company.adyen, { payment, value })
    expect(await told()).toEqual(['REFUND true', 'REFUND true'])
    expect(company.adyen.ledger().map(({ kind }) => kind)).toEqual([
      ...['payment', 'refund accepted', 'refund sent', 'refund accepted', 'refund sent'],
    ])
  })

  it.each([
    ['too much at once', {}, [1001], 'Requested refund amount too high'],
    ['too much after a part', {}, [600, 500], 'Already partially refunded, new requested refund amount too high'],
    ['more than everything', {}, [1000, 1], 'Already fully refunded, no balance available for new requested refund'],
    ['not captured', { captured: false }, [500], "Transaction hasn't been captured, refund not possible"],
    ['too late', { refundOutcome: 'period_expired' }, [500], 'The maximum period for this operation has expired'],
    [
      'no funds',
      { refundOutcome: 'insufficient_funds' },
      [500],
      'Insufficient in-process funds on account for refunding this payment',
    ],
  ] as const)('is taken first and refused later: %s', async (_, options, values, reason) => {
    const payment = pay(options)
    for (const value of values) expect(await ask(company.adyen, { payment, value })).toMatchObject({ status: 201 })
    expect((await told()).at(-1)).toBe(`REFUND false ${reason}`)
  })

  it('fails at the bank after three days for the card holder "refund failed", and leaves the balance', async () => {
    const payment = pay({ holderName: 'refund failed' })
    await ask(company.adyen, { payment, value: 1000 })
    expect(await told()).toEqual(['REFUND true'])
    company.adyen.advanceClock(3 * DAY_MS - 60_000)
    expect(await told()).toHaveLength(1)
    company.adyen.advanceClock(60_000)
    expect((await told()).at(-1)).toMatch(/^REFUND_FAILED true /)
    await ask(company.adyen, { payment, value: 1000 })
    expect((await told()).at(-1)).toBe('REFUND true')
  })

  it('comes back, fails or is repaired when somebody says so, each step once', async () => {
    const payment = pay()
    const { answer } = await ask(company.adyen, { payment })
    const refund = answer.pspReference!
    expect(() => company.adyen.reverseRefund(refund)).toThrow(/"refund accepted"/)
    await told()
    company.adyen.failRefund(refund)
    company.adyen.repairRefund(refund)
    company.adyen.reverseRefund(refund)
    expect(() => company.adyen.reverseRefund(refund)).toThrow(/"refund reversed"/)
    expect((await told()).map((line) => line.split(' ')[0])).toEqual([
      ...['REFUND', 'REFUND_FAILED', 'REFUND', 'REFUNDED_REVERSED'],
    ])
    expect(() => company.adyen.failRefund('NOSUCH')).toThrow(/no refund NOSUCH/)
  })

  it('is decided only after the delay that was asked for', async () => {
    const slow = await openCompany({ outcomeDelayMs: 60_000 })
    const payment = slow.adyen.addPayment({ amount: { value: 1000, currency: 'EUR' } })
    await ask(slow.adyen, { payment })
    await slow.adyen.settleWebhooks()
    expect(slow.adyen.deliveries()).toHaveLength(0)
    slow.adyen.advanceClock(60_000)
    await slow.adyen.settleWebhooks()
    expect(slow.adyen.deliveries()).toHaveLength(1)
    await slow.close()
  })

  it('made in the console is told without a reference of ours', async () => {
    const payment = pay()
    company.adyen.refundInConsole(payment, 250)
    await told()
    expect(company.inbox.deliveries[0]!.body.toString()).toMatch(/"merchantReference":"".*"success":"true"/)
    expect(() => company.adyen.refundInConsole('NOSUCH', 1)).toThrow(/no payment NOSUCH/)
  })

  it('keeps a sample payment as it is when it is added again', () => {
    const once = pay({ pspReference: 'SAMPLE0000000001' })
    expect(pay({ pspReference: once, amount: { value: 1, currency: 'EUR' } })).toBe(once)
    expect(company.adyen.ledger()).toHaveLength(1)
  })
})
