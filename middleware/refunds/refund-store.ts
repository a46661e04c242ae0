import type { Queryable } from '../database/database.ts'
import { tellState } from '../trace.ts'
import type { AttemptBody } from '../gateways/gateway.ts'
import type { Reason } from './attention.ts'
import { FINAL_STATES } from './refund.ts'
import type { PaymentBalance, Refund, RefundState } from './refund.ts'
import {
  BALANCE_COLUMNS,
  REFUND_COLUMNS,
  REFUND_LIFE_COLUMNS,
  WITH_PAYMENT,
  toBalance,
  toRefund,
  toRefundLife,
} from './refund-rows.ts'
import type { BalanceRow, RefundJob, RefundLifeRow, RefundRow, StoredAttempt } from './refund-rows.ts'

/** How long one process may work on a refund before another may take it up. Longer than any gateway deadline. */
export const LEASE_SECONDS = 60

export interface NewAttempt {
  readonly id: string
  readonly key: string
  readonly body: AttemptBody
}

/**
 * Part of a statement about the refund $1 that moves its payment's sums: takes the payment's lock first, as everybody does who locks both.
 * The other way round two of them wait for each other.
 */
export const PAYMENT_FIRST = `payment_lock AS MATERIALIZED (
       SELECT FROM payments WHERE (org_id, payment_id) = (SELECT org_id, payment_id FROM refunds WHERE id = $1) FOR NO KEY UPDATE
     )`
/** The same where the payment is known. */
const paymentFirst = (org: string, payment: string) => `payment_lock AS MATERIALIZED (
       SELECT FROM payments WHERE org_id = ${org} AND payment_id = ${payment} FOR NO KEY UPDATE
     )`
/** Its condition: true, and not before the lock is held. */
export const PAYMENT_IS_LOCKED = '(SELECT count(*) FROM payment_lock) >= 0'

/** The refund, locked together with its payment, the payment first. */
export async function lockRefund(tx: Queryable, refundId: string): Promise<RefundRow | null> {
  await tx.query(`WITH ${PAYMENT_FIRST} SELECT 1 WHERE ${PAYMENT_IS_LOCKED}`, [refundId])
  const [row] = await tx.query<RefundRow>(
    `SELECT ${REFUND_COLUMNS} FROM refunds r ${WITH_PAYMENT} WHERE r.id = $1 FOR UPDATE OF r`,
    [refundId],
  )
  return row ?? null
}

export async function findRefund(database: Queryable, orgId: string, refundId: string): Promise<Refund | null> {
  const [row] = await database.query<RefundRow>(
    `SELECT ${REFUND_COLUMNS} FROM refunds r ${WITH_PAYMENT} WHERE r.org_id = $1 AND r.id = $2`,
    [orgId, refundId],
  )
  return row ? toRefund(row) : null
}

/** A refund with what is left of its payment; a credit has none and is not found here. */
export async function findRefundAndBalance(
  database: Queryable,
  orgId: string,
  refundId: string,
): Promise<{ refund: Refund; balance: PaymentBalance } | null> {
  const [row] = await database.query<RefundRow & BalanceRow>(
    `SELECT ${REFUND_COLUMNS}, ${BALANCE_COLUMNS} FROM refunds r JOIN payments p USING (org_id, payment_id)
     WHERE r.org_id = $1 AND r.id = $2`,
    [orgId, refundId],
  )
  if (!row) return null
  const { captured, refunded, underWay, held, chargedBack, voided, ...refund } = row
  const { currency } = row
  return {
    refund: toRefund(refund),
    balance: toBalance({ currency, captured, refunded, underWay, held, chargedBack, voided }),
  }
}

/** Newest first. */
export async function refundsOfPayment(database: Queryable, orgId: string, paymentId: string): Promise<Refund[]> {
  const rows = await database.query<RefundRow>(
    `SELECT ${REFUND_COLUMNS} FROM refunds r ${WITH_PAYMENT}
     WHERE r.org_id = $1 AND r.payment_id = $2 ORDER BY r.id DESC`,
    [orgId, paymentId],
  )
  return rows.map(toRefund)
}

export async function findBalance(
  database: Queryable,
  orgId: string,
  paymentId: string,
): Promise<PaymentBalance | null> {
  const [row] = await database.query<BalanceRow>(
    `SELECT ${BALANCE_COLUMNS} FROM payments p WHERE org_id = $1 AND payment_id = $2`,
    [orgId, paymentId],
  )
  return row ? toBalance(row) : null
}

/**
 * Marks a stored refund as being sent and counts the sending; from here on it may have been paid.
 * @returns the attempt to send, or null when the lease went to another process
 */
export async function startSubmitting(
  database: Queryable,
  job: Pick<RefundJob, 'refund' | 'leaseNumber'>,
): Promise<StoredAttempt | null> {
  const [row] = await database.query<Omit<StoredAttempt, 'paymentReference'> & { paymentReference: string | null }>(
    `WITH ${PAYMENT_FIRST}, r AS (
       UPDATE refunds SET state = 'submitting', sent_at = coalesce(sent_at, relay_now()), evidence = 'lease ' || lease_number,
         waiting_for = NULL, due_at = relay_now() + make_interval(secs => $3)
       WHERE id = $1 AND lease_number = $2 AND state IN ('requested', 'unknown') AND ${PAYMENT_IS_LOCKED} RETURNING *
     ), a AS (
       UPDATE attempts SET sends = sends + 1, first_sent_at = coalesce(first_sent_at, relay_now())
       WHERE id = (SELECT attempts.id FROM attempts JOIN r ON attempts.refund_id = r.id ORDER BY attempts.id DESC LIMIT 1)
       RETURNING *
     )
     SELECT a.id, a.operation, a.key, a.body, p.gateway_reference AS "paymentReference"
     FROM a, r ${WITH_PAYMENT}`,
    [job.refund.id, job.leaseNumber, LEASE_SECONDS],
  )
  return row ? { ...row, paymentReference: row.paymentReference ?? '' } : null
}

/** What becomes of a refund; what is left out stays as it is. */
export interface RefundChange {
  readonly state: RefundState
  /** What it rests on, for the audit row. */
  readonly evidence: string
  /** ISO 8601, by the gateway's clock. */
  readonly evidenceAt?: string | null
  readonly gatewayReference?: string
  readonly failure?: { readonly code: string; readonly gatewayMessage: string | null } | null
  readonly attention?: Reason | null
  /** Why it waits; left out: it does not. */
  readonly waitingFor?: string
  /** The next attempt, when it is tried another way after a definite refusal. */
  readonly next?: NewAttempt & { readonly kind: Refund['kind'] }
  /** Milliseconds for which a late failure keeps its amount reserved; 0 lets it go. */
  readonly holdMs?: number
  /** Milliseconds until the refund is looked at again; null: no more by itself. */
  readonly dueInMs: number | null
  /** What one sending was answered, kept for the refund's story even when the refund has moved on. */
  readonly answered?: { readonly attemptId: string; readonly answer: string; readonly detail: string | null }
}

/**
 * Stores what came of the work under its fencing number and ends the lease.
 * @returns the refund, or null when somebody else changed it in the meantime: a webhook, or the next holder of the lease
 */
export async function changeRefund(
  database: Queryable,
  job: Pick<RefundJob, 'refund' | 'leaseNumber'>,
  from: RefundState,
  change: RefundChange,
): Promise<Refund | null> {
  const final = FINAL_STATES.includes(change.state)
  const [row] = await database.query<RefundLifeRow>(
    `WITH ${paymentFirst('$25', '$26')}, r AS (
       UPDATE refunds SET state = $4, evidence = $5, evidence_at = coalesce($6::timestamptz, evidence_at),
         gateway_reference = coalesce(gateway_reference, $7),
         error_code = CASE WHEN $8 THEN $9 ELSE error_code END, gateway_message = CASE WHEN $8 THEN $10 ELSE gateway_message END,
         attention = CASE WHEN $11 THEN $12 WHEN attention_code = 'work_fails' AND $4 NOT IN ('requested', 'unknown') THEN NULL
           ELSE attention END,
         attention_code = CASE WHEN $11 THEN $24 ELSE attention_code END,
         held_until = CASE WHEN $13::bigint IS NULL THEN held_until WHEN $13 = 0 THEN NULL
           ELSE relay_now() + $13 * interval '1 millisecond' END,
         due_at = relay_now() + $14::bigint * interval '1 millisecond',
         decided_at = CASE WHEN $15 THEN coalesce($6::timestamptz, relay_now()) ELSE decided_at END,
         tries = CASE WHEN $4 IN ('requested', 'unknown') THEN tries + 1 ELSE 0 END,
         -- A refund that is declared unknown after each failure has not got on.
         work_failures = CASE WHEN $4 IN ('requested', 'unknown') THEN work_failures ELSE 0 END,
         waiting_for = $19, kind = coalesce($20, kind), lease_number = lease_number + 1
       WHERE id = $1 AND lease_number = $2 AND state = $3 AND ${PAYMENT_IS_LOCKED} RETURNING *
     ), answered AS (
       UPDATE attempts SET answer = $17, detail = $18, answered_at = relay_now() WHERE id = $16
     ), next AS (
       INSERT INTO attempts (id, refund_id, operation, key, body)
       SELECT $21::uuid, r.id, r.kind, $22, $23::json FROM r WHERE $21::uuid IS NOT NULL
     )
     SELECT ${REFUND_LIFE_COLUMNS} FROM r`,
    [
      job.refund.id,
      job.leaseNumber,
      from,
      change.state,
      change.evidence,
      change.evidenceAt ?? null,
      change.gatewayReference ?? null,
      change.failure !== undefined,
      change.failure?.code ?? null,
      change.failure?.gatewayMessage ?? null,
      change.attention !== undefined,
      change.attention?.reason ?? null,
      change.holdMs ?? null,
      change.dueInMs,
      final,
      change.answered?.attemptId ?? null,
      change.answered?.answer ?? null,
      change.answered?.detail ?? null,
      change.waitingFor ?? null,
      change.next?.kind ?? null,
      change.next?.id ?? null,
      change.next?.key ?? null,
      change.next ? JSON.stringify(change.next.body) : null,
      change.attention?.code ?? null,
      job.refund.orgId,
      job.refund.paymentId,
    ],
  )
  if (!row) return null
  tellState(job.refund.gateway, change.state)
  return { ...job.refund, ...toRefundLife(row) }
}

/** A webhook was faster than the answer: the reference still belongs to the refund. */
export async function adoptReference(database: Queryable, refundId: string, gatewayReference: string): Promise<void> {
  await database.query('UPDATE refunds SET gateway_reference = $2 WHERE id = $1 AND gateway_reference IS NULL', [
    refundId,
    gatewayReference,
  ])
}
