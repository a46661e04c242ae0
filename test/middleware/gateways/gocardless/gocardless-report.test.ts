import type { ReportLine } from '../../../../middleware/gateways/report-line.ts'
import { startGoCardlessRig } from '../../../contracts/gateway-rig-gocardless.ts'
import type { GoCardlessRig } from '../../../contracts/gateway-rig-gocardless.ts'

const HOUR_MS = 3_600_000

describe("GoCardless's payouts", () => {
  let rig: GoCardlessRig
  beforeEach(async () => {
    rig = await startGoCardlessRig()
  })
  afterEach(() => rig.stop())

  async function linesOf(sinceMs: number, untilMs: number): Promise<ReportLine[]> {
    const period = {
      since: new Date(Date.now() + sinceMs).toISOString(),
      until: new Date(Date.now() + untilMs).toISOString(),
    }
    const lines: ReportLine[] = []
    for await (const line of rig.gateway.reportLines(period)) lines.push(line)
    return lines
  }

  it('tells what happened to a refund by its events, and what lowered a payout by its items', async () => {
    const { goCardless, paymentReference: payment } = rig
    const id = goCardless.refundInDashboard(payment, 1234)
    await goCardless.settleWebhooks()
    goCardless.simulate('payment_charged_back', payment)
    const [payout] = goCardless.payOut()
    const lines = await linesOf(-HOUR_MS, HOUR_MS)
    expect(lines.map(({ place, says, event }) => [place.split(' ')[0], says, event.refundReference])).toEqual([
      ['event', 'refund_succeeded', id],
      ['event', 'refund_accepted', id],
      ['payout', 'chargeback', null],
      ['payout', 'refund_accepted', id],
    ])
    expect(lines[3]!.event).toMatchObject({
      identity: `report:${payout}:payment_refunded:${id}`,
      paymentReference: payment,
      amount: { value: '12.34', currency: 'EUR' },
    })
    expect(lines[2]!.event).toMatchObject({ kind: 'payment_changed', paymentReference: payment })
    expect(await linesOf(-2 * HOUR_MS, -HOUR_MS)).toEqual([])
  })

  it('reads a payout of more items than one page', async () => {
    const { goCardless } = rig
    for (let count = 0; count < 300; count++) {
      goCardless.refundInDashboard(goCardless.addPayment({ amount: 1000, currency: 'EUR' }), 100)
    }
    await goCardless.settleWebhooks()
    goCardless.payOut()
    const lines = await linesOf(-HOUR_MS, HOUR_MS)
    expect(lines.filter(({ place }) => place.startsWith('payout'))).toHaveLength(300)
  })

  it('fails as a whole when GoCardless cannot be asked', async () => {
    await rig.switchOff()
    await expect(linesOf(-HOUR_MS, 0)).rejects.toThrow("GoCardless's payouts could not be read")
  })
})
