import type { Database, Queryable } from '../database/database.ts'
import { crmCodeOf, tell } from '../errors.ts'
import type { ErrorCode } from '../errors.ts'
import { tellState } from '../trace.ts'
import { PAYMENT_FIRST, PAYMENT_IS_LOCKED } from './refund-store.ts'
import type { Refund } from './refund.ts'

/** Why a refund waits, its place in the line of its payment, and about when it goes out. */
export interface Waiting {
  readonly code: string
  readonly sentence: string
  /** 1 = next. */
  readonly position: number
  readonly inSeconds: number | null
}

/** The place that a new refund of this payment would get; null when it would go out at once. */
export async function lineOf(
  database: Queryable,
  orgId: string,
  paymentId: string,
): Promise<{ position: number; inSeconds: number } | null> {
  const [row] = await database.query<{ ahead: number; seconds: number }>(
    `SELECT (SELECT count(*)::int FROM refunds r WHERE r.org_id = p.org_id AND r.payment_id = p.payment_id
         AND r.state IN ('requested', 'submitting')) AS ahead,
       ceil(greatest(0, extract(epoch FROM p.next_send_at - relay_now())))::int AS seconds
     FROM payments p WHERE p.org_id = $1 AND p.payment_id = $2 AND p.next_send_at > relay_now()`,
    [orgId, paymentId],
  )
  return row ? { position: row.ahead + 1, inSeconds: row.seconds } : null
}

/** Null unless the refund is stored and not yet sent. */
export async function waitingOf(database: Queryable, refund: Refund): Promise<Waiting | null> {
  if (refund.state !== 'requested' || refund.waitingFor === null) return null
  const [row] = await database.query<{ ahead: number; seconds: number | null }>(
    `SELECT (SELECT count(*)::int FROM refunds other WHERE other.org_id = r.org_id AND other.payment_id = r.payment_id
         AND other.state IN ('requested', 'submitting') AND other.id < r.id) AS ahead,
       ceil(greatest(0, extract(epoch FROM r.due_at - relay_now())))::int AS seconds
     FROM refunds r WHERE r.id = $1`,
    [refund.id],
  )
  return {
    code: crmCodeOf(refund.waitingFor as ErrorCode),
    sentence: tell(refund.waitingFor as ErrorCode).sentence,
    position: (row?.ahead ?? 0) + 1,
    inSeconds: row?.seconds ?? null,
  }
}

/**
 * Takes a refund back before it is sent. Whoever holds its lease finds the fence raised and does not send it.
 * @returns null when it is too late
 */
export async function withdrawRefund(database: Database, refund: Refund, userId: string): Promise<boolean> {
  const rows = await database.query(
    `WITH ${PAYMENT_FIRST}
     UPDATE refunds SET state = 'rejected', evidence = 'withdrawn by ' || $2::text, error_code = 'withdrawn', gateway_message = NULL,
       waiting_for = NULL, due_at = NULL, decided_at = relay_now(), lease_number = lease_number + 1
     WHERE id = $1 AND state = 'requested' AND ${PAYMENT_IS_LOCKED} RETURNING id`,
    [refund.id, userId],
  )
  if (rows.length > 0) tellState(refund.gateway, 'rejected')
  return rows.length > 0
}
