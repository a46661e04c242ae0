import type { Browser } from 'playwright-core'
import { startFixtureOrg } from './fixture-org.ts'
import type { FixtureOrg } from './fixture-org.ts'
import { CREDIT_ID, EXPOSURE_ID, fillWithSamples, PAYMENT_ID, REFUND_ID } from './fixtures.ts'
import { launchBrowser } from './launch-browser.ts'
import { COLD_BUNDLE_MS, pageDirectory } from './page-directory.ts'
import { DESKTOP, NARROW, Visitor } from './pages.ts'

let directory: string
let browser: Browser
let org: FixtureOrg
let visitor: Visitor

beforeAll(async () => {
  directory = await pageDirectory()
  browser = await launchBrowser()
}, COLD_BUNDLE_MS)
afterAll(() => browser?.close())
beforeEach(async () => {
  org = await startFixtureOrg(directory)
  fillWithSamples(org)
  visitor = await Visitor.arrive(browser, org.url)
})
afterEach(async () => {
  await visitor.leave()
  await org.close()
  expect(visitor.complaints).toEqual([])
})

describe('the payments list', () => {
  it('shows every payment with what can still be refunded, in its own currency', async () => {
    await visitor.openPayments()
    const rows = await visitor.rows(4)
    expect(rows[0]).toEqual([
      'PAY-000000001',
      'Visa •••• 1111',
      'Adyen',
      'Collected',
      '12 Oct 2026',
      'EUR 120.50',
      'EUR 70.50',
    ])
    expect(rows[1]?.at(-1)).toBe('JPY 500')
  })
  it('finds a payment by what is typed', async () => {
    await visitor.openPayments()
    await visitor.search('mastercard')
    expect((await visitor.rows(1))[0]?.[0]).toBe('PAY-000000002')
  })
  it('says so when nothing matches', async () => {
    await visitor.openPayments()
    await visitor.search('no such thing')
    await visitor.page.getByText('Nothing matches "no such thing".').waitFor()
  })
})

describe('the record pages', () => {
  it('open at their address, and name themselves in the title', async () => {
    await visitor.page.goto(`${org.url}/payment/${PAYMENT_ID}`)
    await visitor.heading('PAY-000000001').waitFor()
    await visitor.page.getByText('Card · Adyen · Collected 12 Oct 2026').waitFor()
    expect(await visitor.page.title()).toBe('PAY-000000001 | Refunds')
    await visitor.page.goto(`${org.url}/refund/${REFUND_ID}`)
    await visitor.heading('REF-000000001').waitFor()
    await visitor.page.getByRole('link', { name: 'PAY-000000001' }).first().click()
    await visitor.heading('PAY-000000001').waitFor()
  })
  it('say what is wrong at an address that has nothing', async () => {
    await visitor.page.goto(`${org.url}/payment/a01000000000009AAA`)
    await visitor.page.getByText('The requested resource does not exist').waitFor()
  })
})

describe('what stands with a payment', () => {
  it('its exposures are listed below its details, and lead to their own page and back', async () => {
    const payment = await visitor.openPayment('PAY-000000001')
    expect(await payment.exposures.locator('tbody td').allInnerTexts()).toEqual([
      'EXP-000000001',
      'Double refund',
      'Yes',
      'No',
      'EUR 20.00',
    ])
    await payment.exposures.getByRole('link', { name: 'EXP-000000001' }).click()
    await visitor.heading('EXP-000000001').waitFor()
    await visitor.page.getByText('EUR 20.00 · Double refund · at risk · not handled').waitFor()
    await visitor.page.getByRole('link', { name: 'PAY-000000001' }).first().click()
    await visitor.heading('PAY-000000001').waitFor()
  })
  it('a failure whose day is still to come is shown with its date', async () => {
    const history = org.apex['RefundController.getRefundHistory']!({}) as { refunds: object[] }
    const [line] = history.refunds
    const failed = { ...line, stage: 'Failed', decidedAt: '2035-03-01T09:31:00.000Z' }
    org.apex['RefundController.getRefundHistory'] = () => ({ ...history, refunds: [failed] })
    const payment = await visitor.openPayment('PAY-000000001')
    expect((await payment.historyLines())[0]).toMatch(/^Failed EUR 30\.00 1 Mar 2035/)
  })
})

describe('without a mouse', () => {
  it('Tab reaches Refund, Enter opens the dialog, Escape closes it and focus is back on the button', async () => {
    const payment = await visitor.openPayment('PAY-000000001')
    for (let step = 0; step < 20; step += 1) {
      await visitor.page.keyboard.press('Tab')
      if (await payment.refundButton.evaluate((button) => button.matches(':focus'))) break
    }
    await visitor.page.keyboard.press('Enter')
    const dialog = visitor.page.getByRole('dialog')
    await dialog.waitFor()
    await visitor.page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    expect(await payment.refundButton.evaluate((button) => button.matches(':focus'))).toBe(true)
  })
})

describe('what a component asks of the platform', () => {
  it('a toast is shown, and can be closed', async () => {
    await visitor.openPayment('PAY-000000001')
    await visitor.page.evaluate(() => {
      const detail = { title: 'The refund is on its way', variant: 'success', mode: 'sticky' }
      const toast = new CustomEvent('lightning__showtoast', { detail, bubbles: true, composed: true })
      document.querySelector('relay-app')?.dispatchEvent(toast)
    })
    const toast = visitor.page.locator('.slds-notify_toast')
    await toast.getByText('The refund is on its way').waitFor()
    expect(await visitor.inspect('toast')).toEqual([])
    await toast.getByRole('button').click()
    await toast.waitFor({ state: 'hidden' })
  })
  it('a record that changed is shown anew once a component has told of it', async () => {
    const payment = await visitor.openPayment('PAY-000000001')
    await payment.detailReads('Amount_Refunded_Display__c', 'EUR 20.00')
    const dialog = await payment.pressRefund()
    org.payments[0]!['Amount_Refunded_Display__c'] = 'EUR 90.50'
    await dialog.send()
    await payment.detailReads('Amount_Refunded_Display__c', 'EUR 90.50')
  })
  it('a refusal by Apex is shown in the words that it came with, and the form stays', async () => {
    org.apex['RefundController.requestRefund'] = () => {
      throw new Error('Only EUR 10.00 of this payment can still be refunded. Lower the amount.')
    }
    const payment = await visitor.openPayment('PAY-000000001')
    const dialog = await payment.pressRefund()
    await dialog.fillAmount('15.00')
    await dialog.send()
    await dialog.dialog.getByRole('alert').getByText('Only EUR 10.00 of this payment can still be refunded.').waitFor()
    expect(await dialog.amount.inputValue()).toBe('15.00')
    expect(await visitor.inspect('nothing-stored')).toEqual([])
  })
})

describe('the "Try it" panel', () => {
  it('moves the clock and stops the gateway, at the gateway itself', async () => {
    await visitor.openPayments()
    await visitor.tryIt().getByRole('button', { name: 'Advance clock 3 days' }).click()
    await visitor.page.getByText('It is three days later at Adyen.').waitFor()
    await visitor.tryIt().getByRole('button', { name: 'Take Adyen down' }).click()
    await visitor.page.getByText('Adyen does not answer any more.').waitFor()
    await visitor.tryIt().getByRole('button', { name: 'Bring Adyen back' }).click()
    await visitor.page.getByText('Adyen answers again.').waitFor()
    expect(org.gatewayRequests).toEqual([
      { path: '/adyen/_local/clock', body: { advanceMs: 259_200_000 } },
      { path: '/adyen/_local/down', body: { down: true } },
      { path: '/adyen/_local/down', body: { down: false } },
    ])
  })
  it('does what only the bank, time or a console would do, at the gateway of the payment', async () => {
    for (const number of [7, 10, 11]) {
      const Name = `PAY-${String(number).padStart(9, '0')}`
      org.payments.push({
        ...org.payments[0]!,
        Id: `a010000000000${number}0AAA`,
        Name,
        Gateway_Reference__c: `R${number}`,
      })
    }
    await visitor.openPayments()
    await visitor.pressMore('Settle it at Braintree', 'Braintree has settled it.')
    await visitor.pressMore('Payer claims it back', 'The bank has taken the debit back')
    await visitor.pressMore('Claim is withdrawn', 'The bank has let go')
    await visitor.pressMore("Refund in Adyen's console", 'It was refunded at Adyen')
    expect(org.gatewayRequests).toEqual([
      { path: '/braintree/_local/settle', body: { id: 'R10' } },
      { path: '/gocardless/_local/simulate', body: { name: 'payment_charged_back', resource: 'R11' } },
      { path: '/gocardless/_local/simulate', body: { name: 'payment_chargeback_cancelled', resource: 'R11' } },
      { path: '/adyen/_local/console-refund', body: { pspReference: 'R7', amount: '2.345' } },
    ])
    const ledgers = visitor.tryIt().getByRole('link', { name: /^Ledger of/ })
    expect(await ledgers.allInnerTexts()).toEqual(['Ledger of Adyen', 'Ledger of Braintree', 'Ledger of GoCardless'])
  })
  it('stays closed once it was closed', async () => {
    await visitor.openPayments()
    await visitor.tryIt().getByRole('button', { name: 'Close the panel' }).click()
    await visitor.tryIt().waitFor({ state: 'hidden' })
    await visitor.page.reload()
    await visitor.heading('Payments').waitFor()
    expect(await visitor.tryIt().count()).toBe(0)
    await visitor.page.getByRole('button', { name: 'Try it' }).click()
    await visitor.tryIt().waitFor()
  })
  it('is the way to be somebody who may not refund', async () => {
    const payment = await visitor.openPayment('PAY-000000001')
    await visitor.become('Olu Observer')
    await visitor.heading('PAY-000000001').waitFor()
    await payment.refundButton.click()
    await visitor.page
      .getByRole('dialog')
      .getByText('You need the Refunds permission set to refund payments.')
      .waitFor()
    expect(await visitor.inspect('refused-user')).toEqual([])
  })
})

describe.each([NARROW, DESKTOP])('at $width px', (viewport) => {
  beforeEach(() => visitor.page.setViewportSize(viewport))

  it('every screen fits and is accessible', async () => {
    await visitor.openPayments()
    await visitor.rows(4)
    await visitor.screenshot('payments')
    expect(await visitor.accessibilityViolations()).toEqual([])
    expect(await visitor.fitsWidth()).toBe(true)

    await visitor.openTab('Refunds')
    await visitor.rows(1)
    await visitor.screenshot('refunds')
    expect(await visitor.accessibilityViolations()).toEqual([])

    const payment = await visitor.openPayment('PAY-000000001')
    await payment.historyLines()
    await visitor.screenshot('payment')
    expect(await visitor.accessibilityViolations()).toEqual([])
    expect(await visitor.fitsWidth()).toBe(true)

    const dialog = await payment.pressRefund()
    await dialog.amount.waitFor()
    await visitor.screenshot('dialog')
    expect(await visitor.accessibilityViolations()).toEqual([])

    await dialog.send()
    expect(await dialog.outcomeHeading()).toBe('Sent to Adyen')
    await visitor.screenshot('dialog-sent')
    expect(await visitor.accessibilityViolations()).toEqual([])
    await dialog.close()

    await visitor.page.goto(`${org.url}/refund/${REFUND_ID}`)
    await visitor.heading('REF-000000001').waitFor()
    await visitor.screenshot('refund')
    expect(await visitor.accessibilityViolations()).toEqual([])
    expect(await visitor.fitsWidth()).toBe(true)
  })

  it('exposures and credits fit and are accessible', async () => {
    for (const tab of ['Exposures', 'Credits'] as const) {
      await visitor.openTab(tab)
      await visitor.rows(1)
      await visitor.screenshot(tab.toLowerCase())
      expect(await visitor.accessibilityViolations()).toEqual([])
      expect(await visitor.fitsWidth()).toBe(true)
    }
    for (const [page, id, name] of [
      ['exposure', EXPOSURE_ID, 'EXP-000000001'],
      ['credit', CREDIT_ID, 'CR-000000001'],
    ] as const) {
      await visitor.page.goto(`${org.url}/${page}/${id}`)
      await visitor.heading(name).waitFor()
      await visitor.screenshot(page)
      expect(await visitor.accessibilityViolations()).toEqual([])
      expect(await visitor.fitsWidth()).toBe(true)
    }
  })

  it('the "Try it" panel fits and is accessible', async () => {
    await visitor.openPayments()
    if ((await visitor.tryIt().count()) === 0) await visitor.page.getByRole('button', { name: 'Try it' }).click()
    await visitor.tryIt().waitFor()
    await visitor.tryIt().getByText('More to try').click()
    await visitor.tryIt().getByRole('button', { name: 'Payer claims it back' }).waitFor()
    await visitor.screenshot('try-it')
    expect(await visitor.accessibilityViolations()).toEqual([])
    expect(await visitor.fitsWidth()).toBe(true)
  })
})
