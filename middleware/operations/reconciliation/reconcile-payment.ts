import type { Database } from '../../database/database.ts'
import { applyPaymentFacts } from '../../refunds/payment-facts.ts'
import { findPayment } from '../../refunds/payment-events.ts'
import type { EventOutcome } from '../../refunds/gateway-events.ts'
import type { Gateway } from '../../gateways/gateway.ts'
import { lookUpPayment } from '../../refunds/look-up-payment.ts'

export interface KnownPayment {
  readonly orgId: string
  readonly paymentId: string
  readonly gateway: string
  readonly account: string
  readonly reference: string
}

/** @param payment its record id in Salesforce, or the gateway's reference */
export async function knownPayments(database: Database, payment: string): Promise<KnownPayment[]> {
  return database.query<KnownPayment>(
    `SELECT org_id AS "orgId", payment_id AS "paymentId", gateway, gateway_account AS account, gateway_reference AS reference
     FROM payments WHERE payment_id = $1 OR gateway_reference = $1`,
    [payment],
  )
}

export type PaymentOutcome =
  | { readonly kind: EventOutcome; readonly changes: readonly string[] }
  | { readonly kind: 'cannot_be_asked' | 'absent' }
  | { readonly kind: 'not_now'; readonly detail: string }

/** Asks the gateway for its record of a payment and takes it into the books, as any look-up does. */
export async function reconcilePayment(
  database: Database,
  gateway: Gateway,
  payment: KnownPayment,
): Promise<PaymentOutcome> {
  const looked = await lookUpPayment(database, gateway, payment.reference)
  if (looked === null) return { kind: 'cannot_be_asked' }
  if (looked.kind === 'absent') return { kind: 'absent' }
  if (looked.kind === 'unavailable') return { kind: 'not_now', detail: looked.detail }
  return database.transaction(async (tx) => {
    const row = await findPayment(tx, payment, payment.reference)
    const states = () =>
      tx.query<{ id: string; state: string; says: string }>(
        `SELECT id, state, currency || ' ' || amount || ', ' || state AS says FROM refunds WHERE org_id = $1 AND payment_id = $2 ORDER BY id`,
        [payment.orgId, payment.paymentId],
      )
    const before = new Map((await states()).map(({ id, state }) => [id, state]))
    const kind = await applyPaymentFacts(tx, gateway, row!, looked.facts, 'reconciliation')
    const changed = (await states()).filter(({ id, state }) => before.get(id) !== state)
    return { kind, changes: changed.map(({ id, says }) => `${id}: ${before.get(id) ?? 'not known'} → ${says}`) }
  })
}
