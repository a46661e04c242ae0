import type { Browser } from 'playwright-core'
import { startWorld } from '../journeys/world.ts'
import type { World } from '../journeys/world.ts'
import { launchBrowser } from './launch-browser.ts'
import { COLD_BUNDLE_MS, pageDirectory } from './page-directory.ts'
import { Visitor } from './pages.ts'

/** The sample payments, by what they are for. */
const ORDINARY = 'PAY-000000001'
const DECLINED = 'PAY-000000002'
const FAILS_LATER = 'PAY-000000003'
const OUTAGE = 'PAY-000000004'
const UNKNOWN_TO_ADYEN = 'PAY-000000005'
const YEN = 'PAY-000000006'

describe('an agent, from the Refund button to the money and back', () => {
  let browser: Browser
  let world: World
  let visitor: Visitor

  beforeAll(async () => {
    const directory = await pageDirectory()
    browser = await launchBrowser()
    world = await startWorld({ pageDirectory: directory, outcomeDelayMs: 300, orgLimits: { refund: { JPY: '2500' } } })
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

  it('refunds a part: sent, then refunded, and the amount refunded has grown', async () => {
    const payment = await visitor.openPayment(ORDINARY)
    const dialog = await payment.pressRefund()
    await dialog.fillAmount('20.00')
    await dialog.chooseReason('Returned')
    await dialog.fillNote('One of two shirts')
    await dialog.send()
    expect(await dialog.outcomeHeading()).toBe('Sent to Adyen')
    expect(await visitor.inspect('sent')).toEqual([])
    await dialog.close()
    await payment.newestRefundReads('Refunded')
    await payment.detailReads('Amount_Refunded_Display__c', 'EUR 20.00')
    await payment.detailReads('Refundable_Display__c', 'EUR 100.50')
    expect((await payment.historyLines())[0]).toMatch(/Refunded EUR 20\.00 .*Returned · by Ava Agent/)
    expect(await visitor.inspect('refunded')).toEqual([])
  })

  it('is asked before the same amount goes out a second time, and can keep it', async () => {
    const payment = await visitor.openPayment(ORDINARY)
    const dialog = await payment.pressRefund()
    await dialog.fillAmount('20.00')
    await dialog.send()
    expect(await dialog.question()).toMatch(/^EUR 20\.00 was refunded on this payment .* Refund it a second time\?$/)
    expect(await visitor.inspect('second-time')).toEqual([])
    await visitor.page.keyboard.press('Enter')
    await dialog.amount.waitFor()
    expect(await payment.historyLines()).toHaveLength(1)
  })

  it('is told at most what is left, before anything is sent', async () => {
    const payment = await visitor.openPayment(ORDINARY)
    const dialog = await payment.pressRefund()
    await dialog.fillAmount('100.51')
    await dialog.dialog.getByText('At most EUR 100.50').waitFor()
    expect(await visitor.inspect('too-much')).toEqual([])
  })

  it('sees a decline at once, with the remedy', async () => {
    const payment = await visitor.openPayment(UNKNOWN_TO_ADYEN)
    const dialog = await payment.pressRefund()
    await dialog.send()
    expect(await dialog.outcomeHeading()).toBe('Not refunded')
    expect(await visitor.inspect('declined')).toEqual([])
    await dialog.close()
    await payment.newestRefundReads('Failed')
  })

  it('sees a decline that comes later in the history', async () => {
    const payment = await visitor.openPayment(DECLINED)
    const dialog = await payment.pressRefund()
    await dialog.send()
    expect(await dialog.outcomeHeading()).toBe('Sent to Adyen')
    await dialog.close()
    await payment.newestRefundReads('Failed')
    await payment.detailReads('Refundable_Display__c', 'EUR 89.00')
    expect(await visitor.inspect('failed')).toEqual([])
  })

  it('sees a refund fail three days later', async () => {
    const payment = await visitor.openPayment(FAILS_LATER)
    const dialog = await payment.pressRefund()
    await dialog.send()
    await dialog.close()
    await payment.newestRefundReads('Refunded')
    await visitor.tryIt().getByRole('button', { name: 'Advance clock 3 days' }).click()
    await payment.newestRefundReads('Failed')
    expect(await visitor.inspect('failed-later')).toEqual([])
  })

  it('learns that a refund is being checked while the gateway is down, and it arrives once', async () => {
    const payment = await visitor.openPayment(OUTAGE)
    await visitor.tryIt().getByRole('button', { name: 'Take Adyen down' }).click()
    await visitor.tryIt().getByText('Adyen does not answer any more.').waitFor()
    const dialog = await payment.pressRefund()
    await dialog.send()
    expect(await dialog.outcomeHeading()).toBe('Being checked with the gateway')
    expect(await visitor.inspect('being-checked')).toEqual([])
    await dialog.close()
    await visitor.tryIt().getByRole('button', { name: 'Bring Adyen back' }).click()
    await world.later('10 minutes')
    await payment.newestRefundReads('Refunded')
    const [refund] = world.org.rows('Refund__c').filter(({ Amount__c }) => Amount__c === 60)
    expect(
      world.adyen.acceptedRefunds(
        String(world.org.find('Payment__c', String(refund?.Payment__c))?.Gateway_Reference__c),
      ),
    ).toHaveLength(1)
  })

  it('types yen without decimals', async () => {
    const payment = await visitor.openPayment(YEN)
    const dialog = await payment.pressRefund()
    await dialog.fillAmount('10.50')
    await dialog.dialog.getByText(/JPY/).first().waitFor()
    await dialog.fillAmount('1000')
    await dialog.send()
    await dialog.close()
    await payment.newestRefundReads('JPY 1000')
  })

  it('is told what a limit of the org lets out at once, and the form stays open', async () => {
    const payment = await visitor.openPayment(YEN)
    const dialog = await payment.pressRefund()
    await dialog.fillAmount('2501')
    await dialog.send()
    await dialog.dialog
      .getByText('At most JPY 2500 may go out at once. Lower the amount, or ask your administrator.')
      .waitFor()
    expect(await visitor.inspect('beyond-limit')).toEqual([])
    await dialog.fillAmount('2500')
    await dialog.send()
    await dialog.close()
    await payment.newestRefundReads('JPY 2500')
  })

  it('is refused without the permission set, and sees no amount to refund', async () => {
    const payment = await visitor.openPayment(ORDINARY)
    await visitor.become('Olu Observer')
    await visitor.heading(ORDINARY).waitFor()
    await payment.detailReads('Amount_Display__c', 'EUR 120.50')
    expect(await visitor.page.getByText('Refundable').count()).toBe(0)
    await payment.refundButton.click()
    await visitor.page.getByRole('dialog').getByText('You need the Refunds permission set').waitFor()
    expect(await visitor.inspect('not-permitted')).toEqual([])
  })
})
