import type { Queryable } from '../database/database.ts'
import type { RefundFacts } from '../gateways/gateway.ts'
import { adoptRefund } from './insert-refund.ts'

export interface PaymentIdentity {
  readonly orgId: string
  readonly paymentId: string
  readonly gateway: string
  readonly gatewayAccount: string
}

/**
 * Takes the refunds that were made at the gateway itself into the books. Ours are never taken for somebody else's: not those that carry
 * our stamp, and none while one of ours of that amount still waits for its reference.
 * @returns how many were new
 */
export async function adoptForeignRefunds(
  tx: Queryable,
  payment: PaymentIdentity,
  refunds: readonly RefundFacts[],
  evidence: string,
): Promise<number> {
  let adopted = 0
  for (const facts of refunds) {
    if (await mayBeOurs(tx, payment, facts)) continue
    if (await adoptRefund(tx, payment, facts, evidence)) adopted++
  }
  return adopted
}

/** Whether a refund at the gateway is ours, or may turn out to be. */
export async function mayBeOurs(
  tx: Queryable,
  payment: PaymentIdentity,
  facts: Pick<RefundFacts, 'gatewayReference' | 'refundId' | 'amount'>,
): Promise<boolean> {
  const [found] = await tx.query(
    `SELECT 1 FROM refunds WHERE org_id = $1 AND payment_id = $2 AND origin = 'here' AND (gateway_reference = $3 OR id::text = $4
       OR (gateway_reference IS NULL AND state IN ('submitting', 'unknown') AND amount = $5)) LIMIT 1`,
    [payment.orgId, payment.paymentId, facts.gatewayReference, facts.refundId, facts.amount.toDecimal()],
  )
  return found !== undefined
}
