import type { Browser } from 'playwright-core'
import { startWorld } from '../journeys/world.ts'
import type { World } from '../journeys/world.ts'
import { until } from '../until.ts'
import { CreditForm } from './credit-form.ts'
import { launchBrowser } from './launch-browser.ts'
import { COLD_BUNDLE_MS, pageDirectory } from './page-directory.ts'
import { Visitor } from './pages.ts'

/** The sample payments, by what they are for. */
const YEN = 'PAY-000000006'
const CONSOLE = 'PAY-000000007'
const TWO_PARTS = 'PAY-000000009'
const UNSETTLED = 'PAY-000000010'
const DEBIT = 'PAY-000000011'
const YOUNG_DEBIT = 'PAY-000000012'

describe('an agent, with every gateway', () => {
  let browser: Browser
  let world: World
  let visitor: Visitor

  beforeAll(async () => {
    const directory = await pageDirectory()
    browser = await launchBrowser()
    // Whoever waits in line has time to be seen there, and to be withdrawn.
    world = await startWorld({ pageDirectory: directory, outcomeDelayMs: 300, spacingMs: 10_000 })
  }, COLD_BUNDLE_MS)
  afterAll(async () => {
    await browser?.close()
    await world?.close()
  })
  beforeEach(async () => {
    visitor = await Visitor.arrive(browser, world.org.url)
  })
  afterEach(async () => {
    await visitor.leave()
    expect(visitor.complaints).toEqual([])
  })

  it('voids a payment that has not settled, is told so before, and sees it', async () => {
    const payment = await visitor.openPayment(UNSETTLED)
    const dialog = await payment.pressRefund()
    await dialog.foretells('The whole payment is voided; nothing will appear on the statement.')
    expect(await visitor.inspect('void-before')).toEqual([])
    await dialog.press('Void EUR 32.00')
    expect(await dialog.outcomeHeading()).toBe('Voided')
    expect(await dialog.outcomeSentences()).toBe('The whole payment is voided; nothing will appear on the statement.')
    expect(await visitor.inspect('void-after')).toEqual([])
    await dialog.close()
    await payment.newestRefundReads('Void of the whole payment')
    await payment.detailReads('Refundable_Display__c', 'EUR 0.00')
    expect((await payment.historyLines())[0]).toMatch(/^Voided EUR 32\.00/)
    expect(await visitor.inspect('voided')).toEqual([])
  })

  it('sees the second part wait in line, and withdraws it from the dialog or from the card', async () => {
    const payment = await visitor.openPayment(TWO_PARTS)
    const first = await payment.pressRefund()
    await first.fillAmount('25.00')
    await first.send()
    expect(await first.outcomeHeading()).toBe('Sent to Braintree')
    await first.close()

    const second = await payment.pressRefund()
    await second.fillAmount('20.00')
    await second.foretells(/Another refund of this payment/)
    expect(await visitor.inspect('line-before')).toEqual([])
    await second.send()
    expect(await second.outcomeHeading()).toBe('Waiting in line')
    expect(await second.outcomeSentences()).toMatch(/Number 1 in line; it goes out in about/)
    expect(await visitor.inspect('line')).toEqual([])
    await second.close()

    const third = await payment.pressRefund()
    await third.fillAmount('10.00')
    await third.send()
    expect(await third.outcomeHeading()).toBe('Waiting in line')
    await third.press('Withdraw')
    await third.dialog.getByRole('heading', { name: 'Withdrawn' }).waitFor()
    expect(await third.outcomeSentences()).toBe('Nothing was sent to Braintree, and EUR 10.00 can be refunded again.')
    await third.close()

    const fourth = await payment.pressRefund()
    await fourth.fillAmount('5.00')
    await fourth.send()
    await fourth.close()
    await payment.newestRefundReads(/Waiting in line.*EUR 5\.00.*Number \d in line/s)
    expect(await visitor.inspect('line-card')).toEqual([])
    await payment.history.getByRole('button', { name: 'Withdraw EUR 5.00' }).click()
    await payment.history.getByRole('button', { name: 'Withdraw EUR 5.00' }).waitFor({ state: 'hidden' })
    await payment.detailReads('Refundable_Display__c', 'EUR 30.00')
  })

  it('is warned of a direct debit, must say that the payer was asked, and learns that the payer claimed it', async () => {
    const payment = await visitor.openPayment(DEBIT)
    const dialog = await payment.pressRefund()
    await dialog.dialog.getByText(/The payer can still claim this debit back from the bank until/).waitFor()
    await dialog.fillAmount('18.00')
    await dialog.send()
    await dialog.dialog.getByText('Ask the payer not to claim it, then tick this box.').waitFor()
    expect(await visitor.inspect('debit-not-asked')).toEqual([])
    await dialog.payerAsked.press('Space')
    expect(await dialog.payerAsked.isChecked()).toBe(true)
    await dialog.send()
    expect(await dialog.outcomeHeading()).toBe('Sent to GoCardless')
    expect(await visitor.inspect('debit-sent')).toEqual([])
    await dialog.close()
    await payment.newestRefundReads('Refunded')

    await visitor.pressMore('Payer claims it back', 'The bank has taken the debit back')
    await payment.warning.getByText('EUR 18.00').first().waitFor()
    await payment.detailReads('Exposure_Display__c', 'EUR 18.00')
    await payment.exposures.getByText('Double refund').waitFor()
    expect(await visitor.inspect('exposure-card')).toEqual([])
    await payment.openPart('48.00 with the bank')
    expect(await payment.evidence.innerText()).toMatch(/With the bank\s+EUR 48\.00\s+since .*\s+Gateway reference PM/)
    expect(await visitor.inspect('charged-back')).toEqual([])
    await payment.openPart('48.00 collected')
    expect(await payment.evidence.innerText()).toMatch(
      /EUR 48\.00 was collected through GoCardless\.\s+Gateway reference PM/,
    )
    await payment.openPart(/^Refundable/)
    expect(await payment.evidence.innerText()).toMatch(
      /Original payment\s+EUR 48\.00\s+Refunded to date\s+− EUR 18\.00/,
    )
    expect(await visitor.inspect('refundable-sum')).toEqual([])

    await visitor.openTab('Exposures')
    const [exposure] = await visitor.rows(1)
    expect(exposure?.slice(1, 5)).toEqual([DEBIT, 'Double refund', 'Yes', 'No'])
    await visitor.page.getByRole('link', { name: /^EXP-/ }).click()
    await visitor.page.getByText('EUR 18.00 · Double refund · at risk · not handled').waitFor()
    expect(await visitor.inspect('exposure-page')).toEqual([])
  })

  it('cannot refund a direct debit that may still fail, and is told from when', async () => {
    const payment = await visitor.openPayment(YOUNG_DEBIT)
    const dialog = await payment.pressRefund()
    await dialog.dialog.getByText(/This debit is too young to refund: .* It can be refunded from/).waitFor()
    expect(await visitor.inspect('debit-too-young')).toEqual([])
  })

  it('sees a refund that somebody made in the console of the gateway', async () => {
    const payment = await visitor.openPayment(CONSOLE)
    await visitor.pressMore("Refund in Adyen's console", 'It was refunded at Adyen')
    await until(async () => {
      const waiting = await world.database.database.query(
        `SELECT id FROM gateway_events WHERE outcome = 'no_such_payment'`,
      )
      expect(waiting).toHaveLength(1)
    })
    // Payment records are looked for every half minute, and at start.
    await world.later('5 seconds')
    await payment.newestRefundReads(/Refunded.*KWD 2\.345.*Made in the gateway's console/s)
    await payment.detailReads('Refundable_Display__c', 'KWD 10.000')
    expect(await visitor.inspect('elsewhere')).toEqual([])
  })

  it("does from the org's own page what only time, a bank or a person at the gateway would do", async () => {
    let payment = await visitor.openPayment(YEN)
    await visitor.atGateway(/^Payment of JPY 5000, captured/).waitFor()
    await visitor.pressAtGateway(/^Payment/, 'Decline its refunds')
    const declined = await payment.pressRefund()
    await declined.fillAmount('100')
    await declined.send()
    await declined.outcomeHeading()
    await declined.close()
    await payment.newestRefundReads(/Failed.*Your balance at the gateway is too low/s)
    await visitor.pressAtGateway(/^Payment/, 'Accept its refunds again')
    await visitor.pressAtGateway(/^Payment/, 'Charge back')
    await payment.openPart('5000 with the bank')
    await visitor.pressAtGateway(/^Dispute of JPY 5000/, 'Reverse the chargeback')
    await payment.detailReads('Refundable_Display__c', 'JPY 5000')
    expect(await visitor.inspect('at-adyen')).toEqual([])

    payment = await visitor.openPayment(TWO_PARTS)
    await visitor.pressAtGateway(/^Payment of EUR 75.00/, 'Charge back')
    await visitor.atGateway(/^Payment of EUR 75.00, settled, dispute open/).waitFor()
    await payment.detailReads('Refundable_Display__c', 'EUR 0.00')
    await visitor.openPayment(YOUNG_DEBIT)
    await visitor.pressAtGateway(/^Payment of GBP 21.00/, 'Fail late')
    await visitor.atGateway(/^Payment of GBP 21.00, failed/).waitFor()
    expect(await visitor.inspect('at-gocardless')).toEqual([])
  })

  it('pays a customer without a payment, after one more question', async () => {
    await visitor.openTab('Credits')
    const credit = new CreditForm(visitor.page)
    await credit.choose('Gateway', 'Braintree')
    await credit.fill('Gateway account', 'refundrelay_eur')
    await credit.fill('Amount', '15.00')
    await credit.fill('Currency', 'EUR')
    await credit.fill('Payment method token', 'local-token')
    await credit.press('Pay EUR 15.00')
    expect(await credit.question()).toContain(
      'Pay EUR 15.00 to the stored payment method local-token through Braintree (refundrelay_eur)?',
    )
    expect(await visitor.inspect('credit-question')).toEqual([])
    await credit.press('Yes, pay EUR 15.00')
    expect(await credit.outcomeHeading()).toBe('Sent to Braintree')
    const [row] = await visitor.rows(1)
    expect(row?.slice(2, 5)).toEqual(['Stored method', 'Braintree', 'Ava Agent'])
    await visitor.page.locator('tbody').getByText('Refunded').waitFor()
    expect(await visitor.inspect('credit-paid')).toEqual([])
    await visitor.page.getByRole('link', { name: /^CR-/ }).click()
    await visitor.page.getByText('EUR 15.00 · Refunded · Stored method · Braintree').waitFor()
  })

  it('without the permission set reads which one it takes to pay without a payment, and sees the refunds', async () => {
    await visitor.openTab('Credits')
    await visitor.become('Olu Observer')
    await visitor.page.getByText('You need the Refunds Credits permission set to pay a customer').waitFor()
    expect(await visitor.inspect('credit-not-permitted')).toEqual([])
    const payment = await visitor.openPayment(TWO_PARTS)
    expect(await payment.historyLines()).toHaveLength(4)
    expect(await payment.history.getByRole('button', { name: /Try again|Withdraw/ }).count()).toBe(0)
    expect(await visitor.inspect('observer')).toEqual([])
  })
})
