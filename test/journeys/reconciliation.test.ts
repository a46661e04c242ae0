import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ACCOUNTS } from '../emulators/local-gateways.ts'
import { card } from '../emulators/sample-payments.ts'
import { until } from '../until.ts'
import { refundsCommand } from './refunds-command.ts'
import { startWorld } from './world.ts'
import type { World } from './world.ts'

const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10)
/** Whatever the hour: neither a test nor a time zone ends at midnight. */
const PERIOD = ['--from', day(-1), '--to', day(1)]

interface Found {
  readonly lines: number
  readonly open: number
  readonly closed: number
  readonly told: number
  readonly breaks: readonly Record<string, string | null>[]
}

describe('reconciling', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld({ outcomeDelayMs: 0 })
  })
  afterAll(() => world.close())

  const refunds = (...args: string[]) => refundsCommand(world.configPath, ...args)
  const compare = async (gateway: keyof typeof ACCOUNTS, ...args: string[]): Promise<Found> => {
    const { out, err } = await refunds(
      ...['reconcile', '--gateway', gateway, '--account', ACCOUNTS[gateway], ...PERIOD, '--json', ...args],
    )
    expect(err).toBe('')
    return JSON.parse(out) as Found
  }
  const reportFile = (csv: string) => {
    const path = join(world.configPath, '..', 'report.csv')
    return writeFile(path, csv).then(() => path)
  }
  const report = () => world.adyen.accountingReport(ACCOUNTS.adyen, '')

  const pay = (currency = 'EUR') =>
    world.pay({ amount: { value: 10000, currency } }, { Amount__c: 100, Currency__c: currency })
  const refund = async (amount = '10.00') => {
    const paid = await pay()
    const { body } = await world.request({ ...paid.body, amount })
    const { id } = body.refund
    await world.record(id, 'Refunded')
    const [accepted] = world.adyen.acceptedRefunds(paid.reference)
    return { ...paid, id, pspReference: accepted!.pspReference }
  }
  /** Sent, taken and paid by the gateway, and nobody here hears of it. */
  const lostRefund = async () => {
    const paid = await pay()
    world.adyen.webhookFault('never_deliver')
    world.adyen.faultOnNextRequest('drop_after_accept')
    const { body } = await world.request({ ...paid.body, amount: '10.00' })
    expect(body.refund.state).toBe('unknown')
    const sent = await world.adyen.until('sent', paid.reference)
    return { ...paid, id: body.refund.id, pspReference: sent.pspReference }
  }
  const silently = async (happen: () => void) => {
    await world.adyen.settleWebhooks()
    world.adyen.webhookFault('never_deliver')
    happen()
    await world.adyen.settleWebhooks()
  }

  it("finds no break in the gateways' own accounts after a normal day", async () => {
    for (const amount of ['10.00', '12.34']) await refund(amount)
    const inOrg = card(100, 'EUR', 'Visa', '2026-10-12')
    const byCard = await world.payWith({ hint: '', gateway: 'braintree', atGateway: { amount: '100.00' }, inOrg })
    const byDebit = await world.payWith({
      ...{ hint: '', gateway: 'gocardless', inOrg },
      atGateway: { amount: 10000, currency: 'EUR' },
    })
    for (const paid of [byCard, byDebit]) {
      const { body } = await world.request({ ...paid.body, amount: '10.00' })
      await world.record(body.refund.id, 'Refunded')
    }
    world.goCardless.payOut()
    const nothing = { open: 0, breaks: [] }
    expect(await compare('adyen', '--report', await reportFile(report()))).toMatchObject({ ...nothing, lines: 4 })
    expect(await compare('braintree')).toMatchObject({ ...nothing, lines: 1 })
    expect(await compare('gocardless')).toMatchObject({ ...nothing, lines: 3 })
  })

  it('finds ten planted breaks, says why, mends those that the report proves, and shows all to an admin', async () => {
    const known = await refund()
    const planted: Record<string, string> = {}
    const plant = (kind: string, subject: string) => (planted[subject] = kind)

    // Made in the console for a payment that is refunded from here, and not told.
    await silently(() => world.adyen.refundInConsole(known.reference, 500))
    const unheard = world.adyen.acceptedRefunds(known.reference)[1]!.pspReference
    plant('missing_here', unheard)
    // Told, but no payment record has this reference.
    const stranger = world.adyen.addPayment({ account: ACCOUNTS.adyen, amount: { value: 9000, currency: 'EUR' } })
    world.adyen.refundInConsole(stranger, 700)
    plant('missing_here', world.adyen.acceptedRefunds(stranger)[0]!.pspReference)
    // The bank took a payment back, and nobody told.
    let dispute = ''
    await silently(() => (dispute = world.adyen.chargeback(known.reference, 8000)))
    plant('missing_here', dispute)
    // An answer was lost.
    const lost = await lostRefund()
    plant('other_state', lost.id)
    // A person called it failed, and it was paid.
    const misjudged = await lostRefund()
    const settled = await refunds('settle', misjudged.id, '--as', 'failed', '--reason', 'Support said so by phone')
    expect(settled.err).toBe('')
    plant('other_state', misjudged.id)
    // The money came back, and nobody told.
    const returned = await refund()
    await silently(() => world.adyen.reverseRefund(returned.pspReference))
    plant('other_state', returned.id)
    // Salesforce refuses the newest state of this one.
    world.org.faults.set('refuse_rows', { where: (row) => row['Stage__c'] === 'Reversed', message: 'not on a Sunday' })
    const refused = await refund()
    world.adyen.reverseRefund(refused.pspReference)
    await until(async () => {
      const [row] = await world.database.database.query<{ refusal: string | null }>(
        'SELECT crm_refusal AS refusal FROM refunds WHERE id = $1',
        [refused.id],
      )
      if (!row?.refusal) throw new Error('not refused yet')
    })
    world.org.faults.clear('refuse_rows')
    plant('not_in_salesforce', refused.id)
    // What the report says otherwise than the ledger.
    const [absent, dearer, elsewhere] = [await refund('1.01'), await refund('2.02'), await refund('3.03')]
    plant('missing_there', absent!.id)
    plant('other_amount', dearer!.id)
    plant('other_currency', elsewhere!.id)
    const csv = report()
      .split('\r\n')
      .filter((line) => !line.includes(absent!.pspReference))
      .map((line) => (line.includes(dearer!.pspReference) ? line.replaceAll('2.02', '20.20') : line))
      .map((line) => (line.includes(elsewhere!.pspReference) ? line.replaceAll('EUR', 'USD') : line))
      .join('\r\n')
    const path = await reportFile(csv)

    const first = await compare('adyen', '--report', path)
    expect(Object.fromEntries(first.breaks.map(({ subject, kind }) => [subject, kind]))).toEqual(planted)
    expect(first).toMatchObject({ open: 10, told: 0 })
    const breakOf = (subject: string) => first.breaks.find((found) => found['subject'] === subject)!
    expect(breakOf(unheard)).toMatchObject({ cause: 'It was made at Adyen itself, and its webhook never came.' })
    expect(breakOf(unheard)['command']).toMatch(/^npm run refunds -- reconcile .*--apply$/)
    expect(breakOf(dearer!.id)).toMatchObject({ ledgerSays: 'EUR 2.02, Refunded' })
    expect(breakOf(dearer!.id)['gatewaySays']).toMatch(/^EUR 20.20, Refunded, .* \(line \d+\)$/)
    expect(breakOf(refused.id)['cause']).toContain('not on a Sunday')

    // An admin sees them in Salesforce, ticks one off with a reason, and no later comparison undoes that.
    const records = () => world.org.rows('Refund_Break__c').filter((row) => row['Open__c'] === true)
    await until(() => expect(records()).toHaveLength(10))
    const inSalesforce = records().find((row) => row['Refund_Key__c'] === absent!.id)!
    expect(inSalesforce).toMatchObject({ Kind__c: 'Missing at gateway', Payment__c: absent!.recordId })
    const handling = { Handled__c: true, Handling__c: 'Explained by the gateway' }
    world.org.update('Refund_Break__c', String(inSalesforce['Id']), handling)

    // Telling the ledger what the report says mends what it proves.
    const again = await compare('adyen', '--report', path, '--apply')
    expect(again).toMatchObject({ open: 10 })
    expect(again.told).toBeGreaterThanOrEqual(5)
    await world.record(lost.id, 'Refunded')
    await world.record(misjudged.id, 'Refunded')
    await world.record(returned.id, 'Reversed')
    await until(async () => {
      const { body } = await world.get(`/v1/payments/${known.recordId}`)
      expect(body.payment).toMatchObject({ refunded: '15.00', chargedBack: '80.00' })
    })
    expect((await refunds('retry', refused.id)).err).toBe('')
    await world.record(refused.id, 'Reversed')

    const third = await compare('adyen', '--report', path)
    const left = ['missing_here', 'missing_there', 'other_amount', 'other_currency']
    expect(third.breaks.map(({ kind }) => kind).sort()).toEqual(left)
    expect(third).toMatchObject({ open: 4, closed: 6 })
    await until(() => expect(records()).toHaveLength(4))
    expect(records().find((row) => row['Id'] === inSalesforce['Id'])).toMatchObject(handling)
  })

  it('asks a gateway that can be asked for one payment, and takes what it says into the books', async () => {
    const inOrg = card(100, 'EUR', 'Visa', '2026-10-12')
    const paid = await world.payWith({ hint: '', gateway: 'braintree', atGateway: { amount: '100.00' }, inOrg })
    const { body } = await world.request({ ...paid.body, amount: '10.00' })
    await world.record(body.refund.id, 'Refunded')
    const elsewhere = world.braintree.refundInConsole(paid.reference, '5.00')
    world.braintree.settle(elsewhere)
    const found = await compare('braintree')
    expect(found.breaks).toMatchObject([{ kind: 'missing_here', subject: elsewhere, paymentId: paid.recordId }])
    const mended = await refunds('reconcile', '--payment', paid.recordId)
    expect(mended.out).toMatch(/not known → EUR 5.000?, succeeded/)
    expect((await refunds('reconcile', '--payment', paid.reference)).out).toContain('says the same as the ledger')
    expect(await compare('braintree')).toMatchObject({ open: 0, closed: 1 })
  })

  it.each([
    [['--gateway', 'adyen'], /account: --account is missing.*from/],
    [['--gateway', 'adyen', '--account', 'Nobody', '--from', '2026-11-25'], /no account "Nobody" of "adyen"/],
    [['--gateway', 'adyen', '--account', ACCOUNTS.adyen, '--from', '2026-11-25'], /report is needed.*--report FILE/],
    [['--gateway', 'adyen', '--account', ACCOUNTS.adyen, '--from', 'today'], /from: must be a day/],
    [['--gateway', 'adyen', '--account', ACCOUNTS.adyen, '--from', '2026-11-25', '--time-zone', 'Mars'], /time zone/],
    [['--payment', 'a01999999999999AAA'], /knows no payment a01999999999999AAA/],
  ])('says in one line what is wrong with %j', async (args, line) => {
    const { code, out, err } = await refunds('reconcile', ...args)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(line)
    expect(err.trim().split('\n')).toHaveLength(1)
  })
})
