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

/** All of it in one column, in this order: to pg, columns cost more than what is in them. */
export const REFUND_LIFE = `json_build_array(${Object.values(LIFE_COLUMNS).join(', ')})`

/** In JSON, times are text. */
export type ToldLife = readonly [
  version: number,
  gatewayReference: string | null,
  failure: Refund['failure'],
  heldUntil: string | null,
  attention: RefundLifeRow['attention'],
  dueAt: string | null,
  sentAt: string | null,
  decidedAt: string | null,
  updatedAt: string,
]

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
  r.work_failures AS "workFailures", r.request_digest AS "requestDigest",
  ${Object.entries(LIFE_COLUMNS)
    .map(([name, column]) => `${column} AS "${name}"`)
    .join(', ')}`
export const WITH_PAYMENT = 'LEFT JOIN payments p ON p.org_id = r.org_id AND p.payment_id = r.payment_id'

export function toRefund({ amount, currency, attention, ...row }: RefundRow): Refund {
  return { ...row, attention: toAttention(attention), amount: Money.fromDecimal(amount, currency) }
}

export function toRefundLife(told: ToldLife) {
  const [version, gatewayReference, failure, heldUntil, attention, dueAt, sentAt, decidedAt, updatedAt] = told
  return {
    version,
    gatewayReference,
    failure,
    heldUntil: toDate(heldUntil),
    attention: toAttention(attention),
    dueAt: toDate(dueAt),
    sentAt: toDate(sentAt),
    decidedAt: toDate(decidedAt),
    updatedAt: new Date(updatedAt),
  }
}

const toDate = (time: string | null) => (time === null ? null : new Date(time))
const toAttention = (told: RefundLifeRow['attention']) => told && { ...told, since: new Date(told.since) }

export function toJob(row: RefundRow): RefundJob {
  return { refund: toRefund(row), leaseNumber: row.leaseNumber, tries: row.tries, workFailures: row.workFailures }
}

/** The sums of the payment `p` in one column, in this order. */
export const BALANCE = `json_build_array(p.currency, p.captured::text, p.refunded::text, p.under_way::text, p.held::text,
  p.charged_back::text, p.voided)`

export type ToldBalance = readonly [
  currency: string,
  captured: string,
  refunded: string,
  underWay: string,
  held: string,
  chargedBack: string,
  voided: boolean,
]

export function toBalance(told: ToldBalance): PaymentBalance {
  const [currency, captured, refunded, underWay, held, chargedBack, voided] = told
  const money = (numeric: string) => Money.fromDecimal(numeric, currency)
  return balanceOf({
    captured: money(captured),
    refunded: money(refunded),
    underWay: money(underWay),
    held: money(held),
    chargedBack: money(chargedBack),
    voided,
  })
}

/** What follows from the sums of a payment. */
export function balanceOf(sums: Omit<PaymentBalance, 'refundable' | 'exposure'>): PaymentBalance {
  const { captured, refunded, underWay, held, chargedBack, voided } = sums
  const none = Money.zero(captured.currency)
  const left = captured.minus(refunded).minus(underWay).minus(held).minus(chargedBack)
  const outTwice = refunded.plus(chargedBack).minus(captured)
  return {
    ...sums,
    refundable: !voided && left.isPositive() ? left : none,
    exposure: outTwice.isPositive() ? outTwice : none,
  }
}
