import type { Queryable } from '../database/database.ts'
import type { Reason } from './attention.ts'
import type { PaymentIdentity } from './adopt-refunds.ts'
import { recordChargeback } from './chargebacks.ts'
import type { EventJob, EventOutcome } from './gateway-events.ts'

export interface PaymentRow extends PaymentIdentity {
  readonly currency: string
}

/** The payment an event speaks of, locked; null when no refund of it was ever asked for here. */
export async function findPayment(
  tx: Queryable,
  event: Pick<EventJob, 'gateway' | 'account'>,
  reference: string | null,
): Promise<PaymentRow | null> {
  const [row] = await tx.query<PaymentRow>(
    `SELECT org_id AS "orgId", payment_id AS "paymentId", gateway, gateway_account AS "gatewayAccount", currency FROM payments
     WHERE gateway = $1 AND gateway_account = $2 AND gateway_reference = $3 FOR UPDATE`,
    [event.gateway, event.account, reference],
  )
  return row ?? null
}

/** What an event says of the payment itself: captured, disputed, delayed. */
export async function applyPaymentEvent(tx: Queryable, payment: PaymentRow, event: EventJob): Promise<EventOutcome> {
  if (event.amount && event.amount.currency !== payment.currency) return 'amount_differs'
  switch (event.kind) {
    case 'captured':
    case 'capture_failed':
      return capture(tx, payment, event)
    case 'chargeback':
    case 'chargeback_reversed':
      return event.refundReference === null || event.amount === null
        ? 'nothing_new'
        : recordChargeback(tx, payment, {
            reference: event.refundReference,
            amount: event.amount.value,
            open: event.kind === 'chargeback',
            at: event.occurredAt,
          })
    case 'chargeback_announced':
      return tell(tx, payment, {
        code: 'dispute_announced',
        reason: "The customer's bank announced a dispute of this payment.",
      })
    case 'refund_delayed':
      return tell(tx, payment, {
        code: 'gateway_delays',
        reason: 'The gateway holds this refund until the payment is collected, or its scheme has not answered.',
      })
    default:
      return 'nothing_new'
  }
}

/**
 * Only the gateway's word raises what was captured beyond what the org said at first; a failed capture takes it away. What is proven may be
 * below zero for a while: the failure of a capture was told before the capture.
 */
async function capture(tx: Queryable, payment: PaymentRow, event: EventJob): Promise<EventOutcome> {
  const change =
    event.kind === 'captured'
      ? 'captured_proven = captured_proven + $3, captured = greatest(captured, captured_proven + $3)'
      : 'captured_proven = captured_proven - $3, captured = greatest(0, captured - $3)'
  await tx.query(`UPDATE payments SET ${change} WHERE org_id = $1 AND payment_id = $2`, [
    payment.orgId,
    payment.paymentId,
    event.amount?.value ?? '0',
  ])
  return 'applied'
}

/** A mark on the refunds of the payment that are open or paid; nothing moves. */
async function tell(tx: Queryable, payment: PaymentRow, { code, reason }: Reason): Promise<EventOutcome> {
  await tx.query(
    `UPDATE refunds SET attention_code = $3, attention = $4 WHERE org_id = $1 AND payment_id = $2 AND attention IS NULL
       AND state IN ('requested', 'submitting', 'pending', 'unknown', 'succeeded')`,
    [payment.orgId, payment.paymentId, code, reason],
  )
  return 'told'
}
