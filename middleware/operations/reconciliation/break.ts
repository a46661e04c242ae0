import type { ReportLine } from '../../gateways/report-line.ts'
import { stageOf } from '../../refunds/refund-view.ts'
import type { Refund } from '../../refunds/refund.ts'
import { Money } from '../../money/money.ts'

export type BreakKind =
  'missing_here' | 'missing_there' | 'other_amount' | 'other_currency' | 'other_state' | 'not_in_salesforce'

/** One thing of which the gateway, the ledger and Salesforce do not say the same. */
export interface Break {
  readonly kind: BreakKind
  /** The refund's id, or the gateway's reference of what is not here. */
  readonly subject: string
  readonly refundId: string | null
  readonly paymentId: string | null
  readonly paymentReference: string | null
  readonly gatewayReference: string | null
  readonly ledgerSays: string
  readonly gatewaySays: string
  /** Likely, in a sentence. */
  readonly cause: string
  /** What mends it. */
  readonly command: string
  /** ISO 8601. */
  readonly happenedAt: string | null
}

/** What the ledger holds of a refund, as far as a comparison needs it. Amounts are decimal text. */
export interface LedgerRefund extends Pick<Refund, 'kind' | 'state' | 'gatewayReference' | 'paymentReference'> {
  readonly refundId: string
  readonly paymentId: string | null
  readonly amount: string
  readonly currency: string
}

/** "EUR 10.00, Refunded" */
export function ledgerSays(refund: LedgerRefund): string {
  return `${Money.fromDecimal(refund.amount, refund.currency)}, ${stageOf(refund)}`
}

/** "EUR 10.00, Refunded, 2026-11-25 10:00:00 UTC (line 17)" */
export function gatewaySays({ place, event }: ReportLine): string {
  const parts = [
    event.amount && `${event.amount.currency} ${event.amount.value}`,
    event.gatewayKind.replace(/^report /, ''),
    event.occurredAt && `${event.occurredAt.slice(0, 19).replace('T', ' ')} UTC`,
  ]
  return `${parts.filter(Boolean).join(', ')} (${place})`
}

const REFUNDS = 'npm run refunds --'

/** The commands of the operator's tool, complete, so that they can be pasted. */
export const COMMANDS = {
  settle: (refundId: string) => `${REFUNDS} settle ${refundId} --as succeeded|failed|reversed --reason "…"`,
  show: (refundId: string) => `${REFUNDS} show ${refundId}`,
  retry: (refundId: string) => `${REFUNDS} retry ${refundId}`,
  replay: (event: string) => `${REFUNDS} replay ${event}`,
  askForPayment: (paymentId: string) => `${REFUNDS} reconcile --payment ${paymentId}`,
}
