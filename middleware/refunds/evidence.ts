import type { GatewayEvent, RefundFacts } from '../gateways/gateway.ts'
import type { RefundEventKind } from './judge-event.ts'

/** What somebody who can be believed says of one refund: an event, or the gateway's own record of it. */
export interface Evidence {
  /** For the audit row: "event 17 REFUND", "look-up". */
  readonly source: string
  readonly kind: RefundEventKind
  readonly occurredAt: Date | null
  readonly gatewayReference: string | null
  readonly amount: GatewayEvent['amount']
  readonly failure: { readonly code: string; readonly gatewayMessage: string | null } | null
}

const KINDS: Readonly<Record<RefundFacts['status'], RefundEventKind>> = {
  pending: 'refund_accepted',
  succeeded: 'refund_succeeded',
  failed: 'refund_failed',
  reversed: 'refund_reversed',
}

/** The gateway's own record, as evidence. */
export function evidenceOf(facts: RefundFacts, source: string): Evidence {
  return {
    source,
    kind: KINDS[facts.status],
    occurredAt: facts.occurredAt === null ? null : new Date(facts.occurredAt),
    gatewayReference: facts.gatewayReference,
    amount: { value: facts.amount.toDecimal(), currency: facts.amount.currency },
    failure: facts.refusal,
  }
}
