import type { Attempt } from '../gateways/gateway.ts'
import { Money } from '../money/money.ts'
import type { Attention } from './attention.ts'
import type { PaymentBalance, Refund } from './refund.ts'

/** A refund together with the work that is to be done on it. */
export interface RefundJob {
  readonly refund: Refund
  /** The fencing number: only its holder may store what came of the work. */
  readonly leaseNumber: number
  readonly tries: number
  readonly workFailures: number
  /** Of a refund that was stored as being sent: nobody but this process sends it while the lease lasts. */
  readonly attempt?: StoredAttempt
}

export interface StoredAttempt extends Attempt {
  readonly id: string
}

/** What the database makes of each change of a refund: the columns below. */
export interface RefundLifeRow extends Pick<
  Refund,
  'version' | 'gatewayReference' | 'failure' | 'heldUntil' | 'dueAt' | 'sentAt' | 'decidedAt' | 'updatedAt'
> {
  readonly attention: (Omit<Attention, 'since'> & { readonly since: string }) | null
}

const LIFE_COLUMNS: Readonly<Record<keyof RefundLifeRow, string>> = {
  version: 'r.version',
  gatewayReference: 'r.gateway_reference',
  failure: `CASE WHEN r.error_code IS NOT NULL THEN json_build_object('code', r.error_code, 'gatewayMessage', r.gateway_message) END`,
  heldUntil: 'r.held_until',
  attention: `CASE WHEN r.attention IS NOT NULL THEN json_build_object('code', r.attention_code, 'reason', r.attention,
    'since', r.attention_at, 'isNew', r.attention_version > r.crm_version) END`,
  dueAt: 'r.due_at',
  sentAt: 'r.sent_at',
  decidedAt: 'r.decided_at',
  updatedAt: 'r.updated_at',
}

export const REFUND_LIFE_COLUMNS = Object.entries(LIFE_COLUMNS)
  .map(([name, column]) => `${column} AS "${name}"`)
  .join(', ')

/** A whole refund as the database gives it. */
export interface RefundRow extends RefundLifeRow, Omit<Refund, keyof RefundLifeRow | 'amount'> {
  readonly amount: string
  readonly currency: string
  readonly evidenceAt: Date | null
  readonly leaseNumber: number
  readonly tries: number
  readonly workFailures: number
  readonly requestDigest: string | null
}

/** A refund `r` with the payment `p` that it goes back on; a credit has none. */
export const REFUND_COLUMNS = `r.id, r.org_id AS "orgId", r.payment_id AS "paymentId", r.kind, r.undo, r.target, r.origin, r.state, r.amount,
  r.currency, r.reason, r.note, r.line_items AS "lineItems", r.requested_by AS "requestedBy", r.gateway, r.gateway_account AS "gatewayAccount",
  p.gateway_reference AS "paymentReference", r.payer_asked AS "payerAsked", r.direct_debit AS "directDebit", r.waiting_for AS "waitingFor",
  r.requested_at AS "requestedAt", r.erased_at AS "erasedAt", r.evidence_at AS "evidenceAt", r.lease_number AS "leaseNumber", r.tries,
  r.work_failures AS "workFailures", r.request_digest AS "requestDigest", ${REFUND_LIFE_COLUMNS}`
export const WITH_PAYMENT = 'LEFT JOIN payments p ON p.org_id = r.org_id AND p.payment_id = r.payment_id'

export function toRefund({ amount, currency, ...row }: RefundRow): Refund {
  return { ...row, ...toRefundLife(row), amount: Money.fromDecimal(amount, currency) }
}

export function toRefundLife(row: RefundLifeRow) {
  const { version, gatewayReference, failure, heldUntil, attention, dueAt, sentAt, decidedAt, updatedAt } = row
  return {
    ...{ version, gatewayReference, failure, heldUntil, dueAt, sentAt, decidedAt, updatedAt },
    attention: attention && { ...attention, since: new Date(attention.since) },
  }
}

export function toJob(row: RefundRow): RefundJob {
  return { refund: toRefund(row), leaseNumber: row.leaseNumber, tries: row.tries, workFailures: row.workFailures }
}

export interface BalanceRow {
  readonly currency: string
  readonly captured: string
  readonly refunded: string
  readonly underWay: string
  readonly held: string
  readonly chargedBack: string
  readonly voided: boolean
}

/** The columns that `toBalance` reads, of the payment `p`. */
export const BALANCE_COLUMNS =
  'p.currency, p.captured, p.refunded, p.under_way AS "underWay", p.held, p.charged_back AS "chargedBack", p.voided'

export function toBalance(row: BalanceRow): PaymentBalance {
  const money = (numeric: string) => Money.fromDecimal(numeric, row.currency)
  const none = Money.zero(row.currency)
  const [captured, refunded, underWay, held] = [
    money(row.captured),
    money(row.refunded),
    money(row.underWay),
    money(row.held),
  ]
  const chargedBack = money(row.chargedBack)
  const left = captured.minus(refunded).minus(underWay).minus(held).minus(chargedBack)
  const outTwice = refunded.plus(chargedBack).minus(captured)
  return {
    captured,
    refunded,
    underWay,
    held,
    chargedBack,
    refundable: !row.voided && left.isPositive() ? left : none,
    exposure: outTwice.isPositive() ? outTwice : none,
    voided: row.voided,
  }
}
