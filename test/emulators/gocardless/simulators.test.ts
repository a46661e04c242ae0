import { openOrganisation, vendorsClient } from './local-organisation.ts'
import type { LocalOrganisation } from './local-organisation.ts'

describe('scenario simulators of the local GoCardless', () => {
  let local: LocalOrganisation
  let payment: string
  beforeEach(async () => {
    local = await openOrganisation()
    payment = local.goCardless.addPayment({ amount: 1000, currency: 'EUR', refundOutcome: 'manual' })
  })
  afterEach(() => local.close())

  const run = (name: string, resource: string) =>
    vendorsClient(local.goCardless).scenarioSimulators.run(name, { links: { resource } })
  const newest = async () => (await vendorsClient(local.goCardless).events.list()).events[0]

  it.each([
    ['refund_paid', 'paid', 'paid'],
    ['refund_settled', 'created', 'refund_settled'],
    ['refund_bounced', 'bounced', 'failed'],
    ['refund_returned', 'funds_returned', 'funds_returned'],
  ])('%s makes a refund %s, told as %s', async (name, status, action) => {
    const refund = local.goCardless.refundInDashboard(payment, 100)
    await run(name, refund)
    expect((await vendorsClient(local.goCardless).refunds.find(refund)).status).toBe(status)
    expect(await newest()).toMatchObject({ resource_type: 'refunds', action, links: { refund } })
  })

  it.each([
    [['payment_charged_back'], 'charged_back', 'charged_back'],
    [['payment_charged_back', 'payment_chargeback_settled'], 'charged_back', 'chargeback_settled'],
    [['payment_charged_back', 'payment_chargeback_cancelled'], 'paid_out', 'chargeback_cancelled'],
    [['payment_late_failure'], 'failed', 'failed'],
    [['payment_late_failure', 'payment_late_failure_settled'], 'failed', 'late_failure_settled'],
  ])('%j makes a payment %s, told as %s', async (names, status, action) => {
    for (const name of names) await run(name, payment)
    expect((await vendorsClient(local.goCardless).payments.find(payment)).status).toBe(status)
    expect(await newest()).toMatchObject({ resource_type: 'payments', action, links: { payment } })
  })

  it('lead a payment from its submission to the payout', async () => {
    const young = local.goCardless.addPayment({ amount: 1000, currency: 'EUR', status: 'pending_submission' })
    const statuses: unknown[] = []
    for (const name of ['payment_submitted', 'payment_confirmed', 'payment_paid_out']) {
      await run(name, young)
      statuses.push((await vendorsClient(local.goCardless).payments.find(young)).status)
    }
    expect(statuses).toEqual(['submitted', 'confirmed', 'paid_out'])
  })

  it('give back the funds and the balance of a refund that came back', async () => {
    local.goCardless.changeCreditor('CR1', { confirmedFunds: { EUR: 1000 } })
    const refund = local.goCardless.refundInDashboard(payment, 1000)
    const funds = async () =>
      (await vendorsClient(local.goCardless).balances.list({ creditor: 'CR1' })).balances.find(
        ({ currency }) => currency === 'EUR',
      )!.amount
    expect(await funds()).toBe(0)
    await run('refund_paid', refund)
    await run('refund_bounced', refund)
    await run('refund_returned', refund)
    expect(await funds()).toBe(1000)
    expect((await vendorsClient(local.goCardless).payments.find(payment)).amount_refunded).toBe(0)
  })

  it.each([
    ['refund_paid', 'RFNOSUCH'],
    ['payment_paid_out', 'PMNOSUCH'],
    ['earthquake', 'PMNOSUCH'],
  ])('refuse %s on %s', async (name, resource) => {
    await expect(run(name, resource)).rejects.toThrow()
  })

  it('refuse what is past', async () => {
    await run('payment_charged_back', payment)
    await expect(run('payment_charged_back', payment)).rejects.toThrow(/is charged_back/)
  })
})
