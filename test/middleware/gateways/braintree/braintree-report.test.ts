import type { ReportLine } from '../../../../middleware/gateways/report-line.ts'
import { startBraintreeRig } from '../../../contracts/gateway-rig-braintree.ts'
import type { BraintreeRig } from '../../../contracts/gateway-rig-braintree.ts'

const DAY_MS = 86_400_000
const instant = (ms: number) => new Date(Date.now() + ms).toISOString()

describe("Braintree's settlement", () => {
  let rig: BraintreeRig
  beforeEach(async () => {
    rig = await startBraintreeRig()
  })
  afterEach(() => rig.stop())

  async function linesOf(sinceMs: number, untilMs: number): Promise<ReportLine[]> {
    const lines: ReportLine[] = []
    for await (const line of rig.gateway.reportLines({ since: instant(sinceMs), until: instant(untilMs) }))
      lines.push(line)
    return lines
  }

  it('tells every refund that settled in the period, beyond one page of the search, and as it stands now', async () => {
    const { braintree, paymentReference } = rig
    const ids = Array.from({ length: 53 }, () => braintree.refundInConsole(paymentReference, '1.00'))
    await braintree.settleWebhooks()
    braintree.declineSettlement(ids[7]!)
    const lines = await linesOf(-2 * 3_600_000, 3_600_000)
    expect(lines.map(({ event }) => event.refundReference).sort()).toEqual([...ids].sort())
    const says = (id: string) => lines.find(({ event }) => event.refundReference === id)
    expect(says(ids[0]!)).toMatchObject({
      says: 'refund_succeeded',
      event: { paymentReference, amount: { value: '1.00', currency: 'EUR' }, gatewayKind: 'report settled' },
    })
    expect(says(ids[7]!)).toMatchObject({ says: 'refund_failed', event: { refusal: { code: 'settlement_declined' } } })
    expect(await linesOf(-2 * DAY_MS, -DAY_MS)).toEqual([])
  })

  it('tells the disputes of its days, but not what only asks', async () => {
    const { braintree, paymentReference } = rig
    braintree.openDispute(paymentReference, { kind: 'retrieval' })
    const won = braintree.openDispute(paymentReference, { amount: '20.00' })
    braintree.closeDispute(won, 'won')
    const open = braintree.openDispute(paymentReference, { amount: '30.00' })
    const lines = await linesOf(-3_600_000, 3_600_000)
    expect(lines.map(({ says, event }) => [says, event.refundReference, event.amount?.value])).toEqual([
      ['chargeback_reversed', won, '20.00'],
      ['chargeback', open, '30.00'],
    ])
  })

  it('fails as a whole when the search cannot be asked', async () => {
    await rig.switchOff()
    await expect(linesOf(-3_600_000, 0)).rejects.toThrow("Braintree's settlement could not be searched")
  })
})
