import type { Gateway } from '../../gateways/gateway.ts'
import { ReportError } from '../../gateways/report-line.ts'
import type { ReportLine } from '../../gateways/report-line.ts'
import { Money } from '../../money/money.ts'

/**
 * A line that names a refund alone, and one that the ledger does not know: the gateway is asked of which payment it is, and how much.
 * @returns null for a payment that is not of this account
 * @throws ReportError when the gateway cannot be asked
 */
export async function completeLine(gateway: Gateway, line: ReportLine): Promise<ReportLine | null> {
  const { paymentReference, refundReference, refundId } = line.event
  if (paymentReference !== null || refundReference === null || !gateway.lookUpRefund) return line
  const query = {
    refundId: refundId ?? '',
    paymentReference: '',
    gatewayReference: refundReference,
    amount: Money.zero('EUR'),
  }
  const found = await gateway.lookUpRefund(query)
  if (found.kind === 'absent') return line
  if (found.kind === 'unavailable') throw cannotAsk(gateway, line, found.detail)
  const { paymentReference: payment = null, amount } = found.facts
  if (payment && gateway.lookUpPayment) {
    const looked = await gateway.lookUpPayment(payment)
    if (looked.kind === 'absent') return null
    if (looked.kind === 'unavailable') throw cannotAsk(gateway, line, looked.detail)
  }
  const told = { value: amount.toDecimal(), currency: amount.currency }
  return { ...line, event: { ...line.event, paymentReference: payment, amount: line.event.amount ?? told } }
}

function cannotAsk({ label }: Gateway, { place }: ReportLine, detail: string): ReportError {
  return new ReportError(`${label} could not be asked about ${place}: ${detail}.`)
}
