import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { until } from '../until.ts'

export const NARROW = { width: 320, height: 640 }
export const DESKTOP = { width: 1280, height: 860 }
/** Less than a test may take, so that what was waited for is named. */
const PATIENCE_MS = 20_000
const SCREENSHOTS = 'test-results/screenshots'

/** A visitor of the local org's page, in a browser context of their own. Close it after use. */
export class Visitor {
  readonly page: Page
  /** Anything the browser complained about: a page that works complains about nothing. */
  readonly complaints: string[] = []
  readonly #context: BrowserContext
  readonly #url: string

  private constructor(url: string, context: BrowserContext, page: Page) {
    this.#url = url
    this.#context = context
    this.page = page
    page.on('pageerror', (error) => this.complaints.push(String(error)))
    page.on('console', (message) => {
      // The browser itself reports every answer of 4xx, and a refusal is one.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
        this.complaints.push(message.text())
      }
    })
  }

  static async arrive(browser: Browser, url: string, viewport = DESKTOP): Promise<Visitor> {
    const context = await browser.newContext({ viewport, locale: 'en-GB', timezoneId: 'Europe/Berlin' })
    context.setDefaultTimeout(PATIENCE_MS)
    return new Visitor(url, context, await context.newPage())
  }
  leave(): Promise<void> {
    return this.#context.close()
  }

  async openPayments(): Promise<void> {
    await this.page.goto(this.#url)
    await this.heading('Payments').waitFor()
  }
  async openTab(label: 'Refunds' | 'Exposures' | 'Credits'): Promise<void> {
    await this.page.goto(`${this.#url}/${label.toLowerCase()}`)
    await this.heading(label).waitFor()
  }
  /** Opens the record page of a payment by its name, from the list, as people do. */
  async openPayment(name: string): Promise<PaymentPage> {
    await this.openPayments()
    await this.page.locator('relay-payment-list').getByRole('link', { name }).click()
    await this.heading(name).waitFor()
    return new PaymentPage(this.page)
  }
  async search(text: string): Promise<void> {
    await this.page.getByRole('searchbox').fill(text)
  }
  /** Texts of the rows of the list that is shown, a cell each, once there are `count` of them. */
  async rows(count: number): Promise<string[][]> {
    await this.page.getByRole('status').getByText(`${count} item`).waitFor()
    const rows = await this.page.locator('tbody tr').all()
    return Promise.all(rows.map((row) => row.locator('td').allInnerTexts()))
  }
  async become(userName: string): Promise<void> {
    const reloaded = this.page.waitForEvent('load')
    await this.page.getByRole('combobox', { name: 'User', exact: true }).selectOption({ label: userName })
    await reloaded
    await this.page.getByRole('heading', { level: 1 }).waitFor()
  }
  heading(text: string): Locator {
    return this.page.getByRole('heading', { level: 1, name: text })
  }
  tryIt(): Locator {
    return this.page.getByRole('complementary', { name: 'Try it' })
  }
  /** Unfolds what else there is to try, and presses a button there. */
  async pressMore(label: string, done: RegExp | string): Promise<void> {
    const button = this.tryIt().getByRole('button', { name: label })
    if (!(await button.isVisible())) await this.tryIt().getByText('More to try').click()
    await button.click()
    await until(async () => expect(await this.tryIt().getByRole('status').innerText()).toMatch(done))
  }

  /** Presses what the gateway, the bank or time would do to the payment that is open, or to a refund or dispute of it. */
  async pressAtGateway(situation: RegExp, label: string): Promise<void> {
    await this.atGateway(situation).last().getByRole('button', { name: label, exact: true }).click()
    await until(async () => expect(await this.tryIt().getByRole('status').innerText()).toContain(`, ${label}.`))
  }
  /** How the gateway has the payment that is open, and what came of it. */
  atGateway(situation: RegExp): Locator {
    return this.tryIt().locator('relay-at-the-gateway li').filter({ hasText: situation })
  }

  /** Violations of the accessibility rules, one line each. */
  async accessibilityViolations(): Promise<string[]> {
    await this.settled()
    // The other mode puts frames together in a page of its own, and there are none.
    const { violations } = await new AxeBuilder({ page: this.page }).setLegacyMode().analyze()
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} ${target.join(' ')}: ${failureSummary}`),
    )
  }
  /** Saved under test-results/screenshots, for people to look at. */
  async screenshot(name: string): Promise<void> {
    await this.settled()
    const { width = 0 } = this.page.viewportSize() ?? {}
    // A dialog covers the window, not the whole page beneath it.
    const fullPage = (await this.page.getByRole('dialog').count()) === 0
    await this.page.screenshot({ path: `${SCREENSHOTS}/${name}-${width}.png`, fullPage })
  }
  /**
   * Takes screenshots of what is shown, narrow and wide, and gives what is wrong with it there: accessibility rules that
   * are broken, and content that sticks out.
   */
  async inspect(name: string): Promise<string[]> {
    const wrong: string[] = []
    for (const viewport of [NARROW, DESKTOP]) {
      await this.page.setViewportSize(viewport)
      await this.dialogInSight(viewport.height)
      await this.screenshot(name)
      wrong.push(...(await this.accessibilityViolations()))
      if (!(await this.fitsWidth())) wrong.push(`${name} is wider than ${viewport.width} px`)
    }
    return wrong
  }
  /** Every button of a dialog's footer can be pressed without scrolling; what is above it scrolls where it is long. */
  private async dialogInSight(height: number): Promise<void> {
    const buttons = await this.page.getByRole('dialog').locator('[slot="footer"]').getByRole('button').all()
    await until(async () => {
      const boxes = await Promise.all(buttons.map((button) => button.boundingBox()))
      const below = boxes.find((box) => box && box.y + box.height > height)
      if (below) throw new Error(`A button of the dialog ends at ${below.y + below.height} px of ${height} px.`)
    })
  }
  /** Dialogs and toasts fade in: colours are final only afterwards. */
  private async settled(): Promise<void> {
    await this.page.evaluate(() =>
      Promise.all(
        document
          .getAnimations()
          .filter((each) => each.effect?.getTiming().iterations !== Infinity)
          .map((each) => each.finished),
      ),
    )
  }
  /** True when nothing sticks out at the right: nobody has to scroll sideways. */
  fitsWidth(): Promise<boolean> {
    return this.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)
  }
}

/** Record page of a payment. */
export class PaymentPage {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }
  get refundButton(): Locator {
    return this.page.locator('relay-record-header').getByRole('button', { name: 'Refund', exact: true })
  }
  async pressRefund(): Promise<RefundDialog> {
    await this.refundButton.click()
    await this.page.getByRole('dialog').waitFor()
    return new RefundDialog(this.page)
  }
  /** Waits until a field of the Details card reads so: "Amount Refunded" → "EUR 20.00". */
  async detailReads(field: string, text: string): Promise<void> {
    await this.page.locator(`[data-field="${field}"] dd`).filter({ hasText: text }).waitFor()
  }
  get history(): Locator {
    return this.page.locator('c-refund-history')
  }
  /** Texts of the refunds in the history, newest first. */
  async historyLines(): Promise<string[]> {
    await this.history.locator('c-refund-line').first().waitFor()
    const lines = await this.history.locator('c-refund-line').allInnerTexts()
    return lines.map((line) => line.replace(/\s+/g, ' ').trim())
  }
  /** Waits until the newest refund reads so. */
  async newestRefundReads(text: string | RegExp): Promise<void> {
    await this.history.locator('c-refund-line').first().filter({ hasText: text }).waitFor()
  }
  /** What the card warns of: money that is out twice. */
  get warning(): Locator {
    return this.history.locator('c-exposure-list')
  }
  /** Opens what a part of the balance is made of. */
  async openPart(name: string | RegExp): Promise<void> {
    await this.history.locator('c-refund-balance').getByRole('button', { name }).click()
  }
  /** What an opened part rests on that is no refund. */
  get evidence(): Locator {
    return this.history.locator('c-balance-evidence')
  }
  get exposures(): Locator {
    return this.page.locator('relay-related-exposures').getByRole('table')
  }
}

/** The dialog of the Refund action. */
export class RefundDialog {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }
  get dialog(): Locator {
    return this.page.getByRole('dialog')
  }
  get amount(): Locator {
    return this.dialog.getByLabel(/^Refund amount/)
  }
  async fillAmount(amount: string): Promise<void> {
    // The field writes its value anew on focus, over what was typed before.
    await this.amount.click()
    await this.amount.fill(amount)
  }
  async chooseReason(label: string): Promise<void> {
    await this.dialog.getByRole('combobox', { name: 'Reason' }).click()
    await this.page.getByRole('option', { name: label }).click()
  }
  async fillNote(note: string): Promise<void> {
    await this.dialog.getByLabel('Note').fill(note)
  }
  /** The button says what it will do: "Refund EUR 70.50". */
  async send(): Promise<void> {
    await this.dialog.getByRole('button', { name: /^Refund [A-Z]{3} / }).click()
  }
  /** A button by its words: "Void EUR 32.00", "Withdraw". */
  async press(label: string | RegExp): Promise<void> {
    await this.dialog.getByRole('button', { name: label }).click()
  }
  /** What would happen, once it says so. */
  async foretells(text: string | RegExp): Promise<void> {
    await this.dialog.locator('[data-id="what-happens"]').filter({ hasText: text }).waitFor()
  }
  /** The agent's word that the payer was asked. */
  get payerAsked(): Locator {
    return this.dialog.getByRole('checkbox', { name: /I have asked the payer/ })
  }
  /** Sentences below the heading of the outcome. */
  async outcomeSentences(): Promise<string> {
    const sentences = await this.dialog.locator('c-refund-outcome [data-id="sentence"]').allInnerTexts()
    return sentences.join(' ')
  }
  /** What is asked before the same amount goes out again; the safe answer has the focus. */
  async question(): Promise<string> {
    return (await this.dialog.locator('[data-id="confirming"]').innerText()).trim()
  }
  /** Heading of what became of it: "Sent to Adyen", "EUR 70.50 refunded", "Not refunded" … */
  async outcomeHeading(): Promise<string> {
    const heading = this.dialog.locator('c-refund-outcome').getByRole('heading').first()
    await heading.waitFor()
    return (await heading.innerText()).trim()
  }
  async close(): Promise<void> {
    await this.dialog.getByRole('button', { name: 'Close', exact: true }).last().click()
    await this.dialog.waitFor({ state: 'hidden' })
  }
}
