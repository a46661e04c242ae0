import type { RefundReason } from '../gateways/gateway.ts'
import { Money } from '../money/money.ts'
import type { PaymentBalance, Refund, RefundState } from './refund.ts'

/** A refund together with the work that is to be done on it. */
export interface RefundJob {
  readonly refund: Refund
  /** The fencing number: only its holder may store what came of the work. */
  readonly leaseNumber: number
  readonly tries: number
}

export interface RefundRow {
  id: string
  org_id: string
  payment_id: string
  kind: Refund['kind']
  origin: Refund['origin']
  state: RefundState
  version: number
  amount: string
  currency: string
  reason: RefundReason | null
  note: string | null
  requested_by: string | null
  gateway: string
  gateway_account: string
  payment_reference: string
  gateway_reference: string | null
  error_code: string | null
  gateway_message: string | null
  held_until: Date | null
  attention: string | null
  requested_at: Date
  sent_at: Date | null
  decided_at: Date | null
  updated_at: Date
  evidence_at: Date | null
  lease_number: number
  tries: number
  request_digest: string | null
}

export interface PaymentRow {
  currency: string
  captured: string
  refunded: string
  under_way: string
  held: string
  charged_back: string
  voided: boolean
}

/** A refund and the columns of its payment that a `Refund` carries; `refunds` is the alias `r`, `payments` is `p`. */
export const REFUND_COLUMNS = `r.id, r.org_id, r.payment_id, r.kind, r.origin, r.state, r.version, r.amount, p.currency, r.reason, r.note,
  r.requested_by, p.gateway, p.gateway_account, p.gateway_reference AS payment_reference, r.gateway_reference, r.error_code,
  r.gateway_message, r.held_until, r.attention, r.requested_at, r.sent_at, r.decided_at, r.updated_at, r.evidence_at,
  r.lease_number, r.tries, r.request_digest`

/** The columns that `toBalance` reads. */
export const PAYMENT_COLUMNS = 'p.currency, p.captured, p.refunded, p.under_way, p.held, p.charged_back, p.voided'

export function toRefund(row: RefundRow): Refund {
  return {
    id: row.id,
    orgId: row.org_id,
    paymentId: row.payment_id,
    kind: row.kind,
    origin: row.origin,
    state: row.state,
    version: row.version,
    amount: Money.fromDecimal(row.amount, row.currency),
    reason: row.reason,
    note: row.note,
    requestedBy: row.requested_by,
    gateway: row.gateway,
    gatewayAccount: row.gateway_account,
    paymentReference: row.payment_reference,
    gatewayReference: row.gateway_reference,
    failure: row.error_code === null ? null : { code: row.error_code, gatewayMessage: row.gateway_message },
    heldUntil: row.held_until,
    attention: row.attention,
    requestedAt: row.requested_at,
    sentAt: row.sent_at,
    decidedAt: row.decided_at,
    updatedAt: row.updated_at,
  }
}

export function toJob(row: RefundRow): RefundJob {
  return { refund: toRefund(row), leaseNumber: row.lease_number, tries: row.tries }
}

export function toBalance(row: PaymentRow): PaymentBalance & { readonly voided: boolean } {
  const money = (numeric: string) => Money.fromDecimal(numeric, row.currency)
  const balance = {
    captured: money(row.captured),
    refunded: money(row.refunded),
    underWay: money(row.under_way),
    held: money(row.held),
    chargedBack: money(row.charged_back),
  }
  const left = balance.captured
    .minus(balance.refunded)
    .minus(balance.underWay)
    .minus(balance.held)
    .minus(balance.chargedBack)
  const refundable = row.voided || !left.isPositive() ? Money.zero(row.currency) : left
  return { ...balance, refundable, voided: row.voided }
}
