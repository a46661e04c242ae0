import type { Queryable } from '../database/database.ts'
import type { DisputeFacts, Gateway } from '../gateways/gateway.ts'
import type { PaymentLook } from './look-up-payment.ts'
import { adoptForeignRefunds } from './adopt-refunds.ts'
import { applyToRow } from './apply-evidence.ts'
import { recordChargeback, wholePayment } from './chargebacks.ts'
import { evidenceOf } from './evidence.ts'
import type { EventOutcome } from './gateway-events.ts'
import type { PaymentRow } from './payment-events.ts'
import { REFUND_COLUMNS, WITH_PAYMENT } from './refund-rows.ts'
import type { RefundRow } from './refund-rows.ts'

/** Takes the gateway's own record of a payment into the books: disputes, a debit that failed, refunds made there, and ours. */
export async function applyPaymentFacts(
  tx: Queryable,
  gateway: Gateway,
  payment: PaymentRow,
  facts: PaymentLook,
  source: string,
): Promise<EventOutcome> {
  if (facts.amount.currency !== payment.currency) return 'amount_differs'
  const newest = await tx.query(
    `UPDATE payments SET looked_at = $3 WHERE org_id = $1 AND payment_id = $2 AND coalesce(looked_at <= $3, true)
     RETURNING payment_id`,
    [payment.orgId, payment.paymentId, facts.lookedAt],
  )
  // Somebody asked later and was faster: what this look saw may be over.
  if (newest.length === 0) return 'nothing_new'
  if (facts.disputes) await recordDisputes(tx, payment, facts.disputes)
  else await recordWhole(tx, payment, facts)
  const captured = facts.status === 'failed' ? '0' : facts.amount.toDecimal()
  await tx.query('UPDATE payments SET captured = $3 WHERE org_id = $1 AND payment_id = $2 AND captured <> $3', [
    payment.orgId,
    payment.paymentId,
    captured,
  ])
  for (const refund of facts.refunds) {
    const [row] = await tx.query<RefundRow>(
      `SELECT ${REFUND_COLUMNS} FROM refunds r ${WITH_PAYMENT} WHERE r.org_id = $1 AND r.payment_id = $2
         AND (r.gateway_reference = $3 OR (r.gateway_reference IS NULL AND r.id::text = $4)) FOR UPDATE OF r`,
      [payment.orgId, payment.paymentId, refund.gatewayReference, refund.refundId],
    )
    if (row) await applyToRow(tx, gateway, row, evidenceOf(refund, source))
  }
  await adoptForeignRefunds(tx, payment, facts.refunds, source)
  return 'applied'
}

/** One row each, the same that its events write. */
async function recordDisputes(tx: Queryable, payment: PaymentRow, disputes: readonly DisputeFacts[]): Promise<void> {
  for (const { reference, amount, open, occurredAt } of disputes) {
    const at = occurredAt === null ? null : new Date(occurredAt)
    await recordChargeback(tx, payment, { reference, amount: amount.toDecimal(), open, at })
  }
}

async function recordWhole(tx: Queryable, payment: PaymentRow, facts: PaymentLook): Promise<void> {
  const dispute = {
    reference: wholePayment(payment.paymentId),
    amount: facts.amount.toDecimal(),
    at: facts.lookedAt,
  }
  if (facts.status === 'charged_back') {
    await recordChargeback(tx, payment, { ...dispute, open: true })
    return
  }
  await tx.query(
    `UPDATE chargebacks SET open = false, evidence_at = $4 WHERE gateway = $1 AND gateway_account = $2 AND reference = $3 AND open`,
    [payment.gateway, payment.gatewayAccount, dispute.reference, facts.lookedAt],
  )
}
