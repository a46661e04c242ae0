import type { Queryable } from '../database/database.ts'
import type { Money } from '../money/money.ts'
import { STORING_PARAMETERS, TIMES_COLUMNS, jobOf, storing, storingParameters } from './insert-refund.ts'
import type { NewRefund } from './insert-refund.ts'
import { BALANCE_COLUMNS, toBalance } from './refund-rows.ts'
import type { BalanceRow, RefundJob } from './refund-rows.ts'
import type { PaymentBalance, Refund } from './refund.ts'

export interface ReservedAtOnce {
  readonly job: RefundJob
  /** As it was before this refund. */
  readonly balance: PaymentBalance
}

type ReservedRow = BalanceRow & Pick<Refund, 'dueAt' | 'requestedAt' | 'sentAt' | 'updatedAt'>

const [CAPTURED, REFERENCE] = [`$${STORING_PARAMETERS + 1}::numeric`, `$${STORING_PARAMETERS + 2}`]
/** What the org says now may lower it, never raise it. */
const LOWERED = 'greatest(p.captured_proven, least(p.captured, excluded.captured))'

/**
 * Binds the payment and stores the refund in one statement, where nothing stands against it: the payment is the one that was bound, enough
 * of it is left, and nothing told of it waits to be applied. Then the payment's lock is held no longer than that statement and its commit.
 * @returns null where something stands against it, and nothing was stored
 * @throws Error that `keyIsKnown` tells from others when the idempotency key was used before
 */
export async function reserveAtOnce(tx: Queryable, refund: NewRefund, captured: Money): Promise<ReservedAtOnce | null> {
  const [row] = await tx.query<ReservedRow>(
    `WITH p AS (
       INSERT INTO payments AS p (org_id, payment_id, gateway, gateway_account, gateway_reference, currency, captured)
       SELECT $2, $3, $4, $5, ${REFERENCE}, $10, ${CAPTURED}
       WHERE $9::numeric <= ${CAPTURED} AND NOT EXISTS (
         SELECT FROM gateway_events e WHERE e.gateway = $4 AND e.gateway_account = $5 AND e.payment_reference = ${REFERENCE}
           AND e.due_at IS NOT NULL
       )
       ON CONFLICT (org_id, payment_id) DO UPDATE SET captured = ${LOWERED}
       WHERE (p.gateway, p.gateway_account, p.gateway_reference, p.currency)
           = (excluded.gateway, excluded.gateway_account, excluded.gateway_reference, excluded.currency)
         AND NOT p.voided AND ${LOWERED} - p.refunded - p.under_way - p.held - p.charged_back >= $9::numeric
       RETURNING ${BALANCE_COLUMNS}
     ), ${storing('FROM p')}
     SELECT p.*, ${TIMES_COLUMNS} FROM p, r`,
    [...storingParameters(refund), captured.toDecimal(), refund.paymentReference],
  )
  if (!row) return null
  const { dueAt, requestedAt, sentAt, updatedAt, ...balance } = row
  return { job: jobOf(refund, { dueAt, requestedAt, sentAt, updatedAt }), balance: toBalance(balance) }
}
