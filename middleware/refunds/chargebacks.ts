import type { Queryable } from '../database/database.ts'
import { Money } from '../money/money.ts'
import type { PaymentIdentity } from './adopt-refunds.ts'
import type { EventOutcome } from './gateway-events.ts'

export interface Chargeback {
  /** The dispute's id at the gateway; all its events share it. */
  readonly reference: string
  /** Decimal text in the payment's currency. */
  readonly amount: string
  /** Whether the bank has the money. */
  readonly open: boolean
  readonly at: Date | null
}

/** Keeps one row per dispute; the latest word on it counts, in whatever order it comes. */
export async function recordChargeback(
  tx: Queryable,
  payment: PaymentIdentity,
  chargeback: Chargeback,
): Promise<EventOutcome> {
  const rows = await tx.query(
    `INSERT INTO chargebacks AS c (gateway, gateway_account, reference, org_id, payment_id, amount, open, evidence_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (gateway, gateway_account, reference) DO UPDATE SET
       amount = excluded.amount, open = excluded.open, evidence_at = excluded.evidence_at
     -- Within one second the end of a dispute follows its beginning.
     WHERE coalesce(excluded.evidence_at > c.evidence_at OR (excluded.evidence_at = c.evidence_at AND NOT excluded.open), true) AND (c.open, c.amount) IS DISTINCT FROM (excluded.open, excluded.amount)
     RETURNING reference`,
    [
      payment.gateway,
      payment.gatewayAccount,
      chargeback.reference,
      payment.orgId,
      payment.paymentId,
      chargeback.amount,
      chargeback.open,
      chargeback.at,
    ],
  )
  return rows.length > 0 ? 'applied' : 'nothing_new'
}

/** A gateway that shows only that a payment was charged back names no dispute: the payment is its own. */
export function wholePayment(paymentId: string): string {
  return `whole payment ${paymentId}`
}

/** What the bank took of a payment, dispute by dispute: those it still has first, latest first. */
export async function chargebacksOfPayment(
  database: Queryable,
  orgId: string,
  paymentId: string,
): Promise<Chargeback[]> {
  const rows = await database.query<Chargeback & { currency: string; paymentReference: string }>(
    `SELECT c.reference, c.amount, c.open, c.evidence_at AS at, p.currency, p.gateway_reference AS "paymentReference"
     FROM chargebacks c JOIN payments p USING (org_id, payment_id)
     WHERE org_id = $1 AND payment_id = $2 ORDER BY c.open DESC, c.evidence_at DESC NULLS LAST, c.reference`,
    [orgId, paymentId],
  )
  return rows.map(({ reference, amount, open, at, currency, paymentReference }) => ({
    reference: reference === wholePayment(paymentId) ? paymentReference : reference,
    amount: Money.fromDecimal(amount, currency).toDecimal(),
    open,
    at,
  }))
}
