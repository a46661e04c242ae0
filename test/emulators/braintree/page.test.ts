import type { Situation } from '../gateway-step.ts'
import { openMerchant, vendorsApi } from './local-merchant.ts'
import type { LocalMerchant } from './local-merchant.ts'

describe('the local Braintree’s page and its buttons', () => {
  let merchant: LocalMerchant
  beforeEach(async () => {
    merchant = await openMerchant({ settleAfterMs: 86_400_000 })
  })
  afterEach(() => merchant.close())

  const page = async () => (await fetch(merchant.braintree.url)).text()
  const press = (path: string, fields: object) =>
    fetch(`${merchant.braintree.url}/_local/${path}`, { method: 'POST', body: JSON.stringify(fields) })

  it('shows the ledger, with what a person can make of each transaction', async () => {
    const payment = merchant.braintree.addTransaction({ amount: '100.00', orderId: '<script>', escrow: true })
    await vendorsApi(merchant.braintree).transaction.refund(payment)
    const html = await page()
    expect(html).toContain('Local Braintree')
    expect(html).toContain('refund accepted')
    expect(html).toContain('/_local/settle')
    expect(html).not.toContain('<script>')
  })

  it('settles, fails, disputes and closes disputes', async () => {
    const payment = merchant.braintree.addTransaction({ amount: '100.00' })
    const { transaction } = await vendorsApi(merchant.braintree).transaction.refund(payment)
    expect((await press('settle', { id: transaction.id })).status).toBe(200)
    expect(merchant.braintree.find(transaction.id)?.status).toBe('settled')
    await press('fail', { id: transaction.id })
    expect(merchant.braintree.find(transaction.id)?.status).toBe('processor_declined')
    await press('dispute', { id: payment })
    const [dispute] = merchant.braintree.find(payment)!.disputes
    await press('win', { id: dispute!.id })
    expect(merchant.braintree.find(payment)!.disputes).toMatchObject([{ status: 'won' }])
    const kinds = merchant.braintree.ledger().map(({ kind }) => kind)
    expect(kinds.slice(2)).toEqual(['refund settled', 'refund failed', 'dispute opened', 'dispute won'])
  })

  it('tells what can become of a payment and its refunds as they stand, and does it', async () => {
    const payment = merchant.braintree.addTransaction({ amount: '100.00', status: 'submitted_for_settlement' })
    const situations = async () => {
      const told = (await (await fetch(`${merchant.braintree.url}/_local/payments/${payment}`)).json()) as Situation[]
      return told.map(({ what, state, steps }) => [what, state, ...steps.map(({ label }) => label)])
    }
    expect(await situations()).toEqual([
      ['Payment of EUR 100.00', 'submitted for settlement', 'Settle', 'Decline the settlement', 'Let its card expire'],
    ])
    await press('settle', { id: payment })
    await press('expire-card', { id: payment })
    const { success, transaction } = await vendorsApi(merchant.braintree).transaction.refund(payment, '10.00')
    expect([success, transaction.processorResponseCode]).toEqual([false, '2004'])
    expect(await situations()).toEqual([
      ['Payment of EUR 100.00', 'settled, card expired', 'Decline the settlement', 'Charge back'],
      ['Refund of EUR 10.00', 'processor declined'],
    ])
  })

  it('moves the clock, goes down and comes back, and breaks what it is told to', async () => {
    expect((await press('clock', { advanceMs: 86_400_000 })).status).toBe(200)
    await press('down', { down: true })
    expect(await page()).toContain('Braintree is down')
    await press('down', { down: false })
    expect((await press('fault', { name: 'drop_after_accept' })).status).toBe(200)
    expect((await press('fault', { name: 'tamper_payload' })).status).toBe(200)
    expect((await press('fault', { name: 'nonsense' })).status).toBe(422)
    expect((await press('settle', { id: 'nosuch' })).status).toBe(422)
  })

  it('tells the local org’s panel, which is another origin', async () => {
    const response = await fetch(`${merchant.braintree.url}/_local/ledger`)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(await response.json()).toMatchObject({ down: false, entries: [], tasks: [] })
  })
})
