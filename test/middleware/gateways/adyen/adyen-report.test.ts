import { Readable } from 'node:stream'
import { readAccountingReport } from '../../../../middleware/gateways/adyen/adyen-report.ts'
import type { ReportLine } from '../../../../middleware/gateways/report-line.ts'
import { startAdyenRig } from '../../../contracts/gateway-rig-adyen.ts'

const ACCOUNT = 'RefundRelayECOM'
const HEADER =
  'Merchant Account,Psp Reference,Booking Date,TimeZone,Main Currency,Main Amount,Record Type,Payment Currency,Captured (PC),Modification Psp Reference,Modification Merchant Reference'
const STAMP = '0199a8c0-0000-7000-8000-000000000001'

async function read(...rows: string[]): Promise<ReportLine[]> {
  const lines: ReportLine[] = []
  for await (const line of readAccountingReport(Readable.from(`${rows.join('\r\n')}\r\n`), ACCOUNT)) lines.push(line)
  return lines
}

const row = (changes: Record<string, string> = {}) =>
  HEADER.split(',')
    .map((name) => changes[name] ?? USUAL[name] ?? '')
    .join(',')
const USUAL: Record<string, string> = {
  'Merchant Account': ACCOUNT,
  'Psp Reference': 'PAYMENT1',
  'Booking Date': '2026-07-01 00:30:00',
  TimeZone: 'CEST',
  'Main Currency': 'EUR',
  'Main Amount': '-10.00',
  'Record Type': 'Refunded',
  'Payment Currency': 'EUR',
  'Captured (PC)': '10.00',
  'Modification Psp Reference': 'REFUND1',
  'Modification Merchant Reference': STAMP,
}

describe("Adyen's payment accounting report", () => {
  it('reads a refund with its references, its stamp, its amount, and when it was booked, in UTC', async () => {
    const [line] = await read(HEADER, row())
    expect(line).toMatchObject({
      place: 'line 2',
      says: 'refund_succeeded',
      event: {
        kind: 'refund_succeeded',
        gatewayKind: 'report Refunded',
        paymentReference: 'PAYMENT1',
        refundReference: 'REFUND1',
        refundId: STAMP,
        amount: { value: '10.00', currency: 'EUR' },
        occurredAt: '2026-06-30T22:30:00.000Z',
      },
    })
  })

  it('finds columns by their names, wherever they stand and whatever stands beside them', async () => {
    const names = ['Company Account', ...HEADER.split(',').reverse(), 'Reserved']
    const values = names.map((name) => ({ 'Company Account': '"Shop, ""Ltd"""' })[name] ?? USUAL[name] ?? '')
    const [line] = await read(`\ufeff${names.join(',')}`, values.join(','))
    expect(line!.event).toMatchObject({ refundReference: 'REFUND1', amount: { value: '10.00', currency: 'EUR' } })
  })

  it.each([
    ['SentForRefund', 'refund_accepted'],
    ['Refunded', 'refund_succeeded'],
    ['RefundedExternally', 'refund_succeeded'],
    ['RefundedReversed', 'refund_reversed'],
    ['Chargeback', 'chargeback'],
    ['SecondChargeback', 'chargeback'],
    ['ChargebackReversed', 'chargeback_reversed'],
  ])('takes %s for %s', async (type, says) => {
    const [line] = await read(HEADER, row({ 'Record Type': type }))
    expect([line!.says, line!.event.kind]).toEqual([says, says])
  })

  it('passes over other merchant accounts and what is no refund', async () => {
    const others = [
      row({ 'Merchant Account': 'Another' }),
      row({ 'Record Type': 'Settled' }),
      row({ 'Record Type': '' }),
    ]
    expect(await read(HEADER, ...others)).toEqual([])
  })

  it('takes the amount in the currency of the payment, by the decimals of that currency', async () => {
    const amountOf = async (changes: Record<string, string>) => (await read(HEADER, row(changes)))[0]!.event.amount
    const settledInEuro = { 'Payment Currency': 'JPY', 'Captured (PC)': '500' }
    expect(await amountOf(settledInEuro)).toEqual({ value: '500', currency: 'JPY' })
    expect(await amountOf({ 'Payment Currency': 'KWD', 'Captured (PC)': '-1.234' })).toMatchObject({ value: '1.234' })
    const dispute = { 'Record Type': 'Chargeback', 'Captured (PC)': '' }
    expect(await amountOf(dispute)).toEqual({ value: '10.00', currency: 'EUR' })
    expect(await amountOf({ ...dispute, 'Payment Currency': 'JPY' })).toBeNull()
    await expect(read(HEADER, row({ 'Payment Currency': 'JPY', 'Captured (PC)': '5.50' }))).rejects.toThrow(
      'line 2 of the report: JPY has 0 decimals at most.',
    )
  })

  it('names what is missing or makes no sense', async () => {
    const short = HEADER.replace('TimeZone,', '').replace(',Record Type', '')
    await expect(read(short, 'x')).rejects.toThrow('The report has no column "TimeZone", "Record Type".')
    await expect(read(HEADER, row(), row({ 'Booking Date': '01/07/2026' }))).rejects.toThrow(/^line 3 .*"Booking Date"/)
    await expect(read(HEADER, row({ TimeZone: 'CST' }))).rejects.toThrow('time zone "CST", which is not known')
    await expect(read(HEADER)).rejects.toThrow('no line below its header')
    await expect(read(HEADER, '"unfinished')).rejects.toThrow('cannot be read as CSV')
  })

  it("tells of the local gateway's refunds and disputes what its webhooks told, under the same references", async () => {
    const rig = await startAdyenRig()
    try {
      const { adyen, paymentReference } = rig
      for (const value of [1000, 2000]) adyen.refundInConsole(paymentReference, value)
      await rig.events()
      const [first] = adyen.acceptedRefunds()
      adyen.reverseRefund(first!.pspReference)
      const dispute = adyen.chargeback(paymentReference, 3000)
      const told = (await rig.events()).map(({ kind, refundReference, amount }) => [kind, refundReference, amount])

      const day = new Date(Date.now() + 3_600_000).toISOString().slice(0, 10)
      const report = await fetch(
        `${adyen.url}/reports/download/MerchantAccount/${ACCOUNT}/payments_accounting_report_${day.replaceAll('-', '_')}.csv`,
      )
      const period = { since: '', until: '' }
      const lines: ReportLine[] = []
      for await (const line of rig.gateway.reportLines(period, Readable.from(await report.text()))) lines.push(line)
      const said = lines.filter(({ says }) => says !== 'refund_accepted')
      expect(said.map(({ event }) => [event.kind, event.refundReference, event.amount])).toEqual(told)
      expect(said.map(({ event }) => event.refundReference)).toContain(dispute)
      expect(() => rig.gateway.reportLines(period, null)).toThrow('--report FILE')
    } finally {
      await rig.stop()
    }
  })
})
