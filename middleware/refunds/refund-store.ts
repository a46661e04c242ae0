import { v7 as uuidv7 } from 'uuid'
import type { Queryable } from '../database/database.ts'
import type { AttemptBody } from '../gateways/gateway.ts'
import type { PaymentBalance, Refund } from './refund.ts'
import { BALANCE, REFUND_COLUMNS, WITH_PAYMENT, toBalance, toRefund } from './refund-rows.ts'
import type { RefundJob, RefundRow, StoredAttempt, ToldBalance } from './refund-rows.ts'

/** How long one process may work on a refund before another may take it up. Longer than any gateway deadline. */
export const LEASE_SECONDS = 60

/** How many refunds share a statement. From eight on, each costs PostgreSQL little less in a larger batch. */
export const REFUNDS_TOGETHER = { atOnce: 2, enough: 8, most: 64 } as const

/**
 * The order of the attempts of a refund, the last one first. The first attempt has the id of its refund, each later one its own; clocks of
 * processes may differ, so that alone does not tell which came first.
 */
export const LAST_ATTEMPT_FIRST = 'attempts.id = attempts.refund_id, attempts.id DESC'

/** Stores another way, or another body, of a refund that has been asked for. The gateway knows an attempt by its id. */
export async function addAttempt(
  tx: Queryable,
  refundId: string,
  operation: Refund['kind'],
  body: AttemptBody,
): Promise<void> {
  const id = uuidv7()
  await tx.query('INSERT INTO attempts (id, refund_id, operation, key, body) VALUES ($1, $2, $3, $4, $5)', [
    id,
    refundId,
    operation,
    id,
    JSON.stringify(body),
  ])
}

/**
 * Part of a statement about the refund $1 that moves its payment's sums: takes the payment's lock first, as everybody does who locks both.
 * The other way round two of them wait for each other.
 */
export const PAYMENT_FIRST = `payment_lock AS MATERIALIZED (
       SELECT FROM payments WHERE (org_id, payment_id) = (SELECT org_id, payment_id FROM refunds WHERE id = $1) FOR NO KEY UPDATE
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
  const [row] = await database.query<RefundRow & { balance: ToldBalance }>(
    `SELECT ${REFUND_COLUMNS}, ${BALANCE} AS balance FROM refunds r JOIN payments p USING (org_id, payment_id)
     WHERE r.org_id = $1 AND r.id = $2`,
    [orgId, refundId],
  )
  if (!row) return null
  const { balance, ...refund } = row
  return { refund: toRefund(refund), balance: toBalance(balance) }
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
  const [row] = await database.query<{ balance: ToldBalance }>(
    `SELECT ${BALANCE} AS balance FROM payments p WHERE org_id = $1 AND payment_id = $2`,
    [orgId, paymentId],
  )
  return row ? toBalance(row.balance) : null
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
       WHERE id = (SELECT attempts.id FROM attempts JOIN r ON attempts.refund_id = r.id ORDER BY ${LAST_ATTEMPT_FIRST} LIMIT 1)
       RETURNING *
     )
     SELECT a.id, a.operation, a.key, a.body, p.gateway_reference AS "paymentReference"
     FROM a, r ${WITH_PAYMENT}`,
    [job.refund.id, job.leaseNumber, LEASE_SECONDS],
  )
  return row ? { ...row, paymentReference: row.paymentReference ?? '' } : null
}

/** A webhook was faster than the answer: the reference still belongs to the refund. */
export async function adoptReference(database: Queryable, refundId: string, gatewayReference: string): Promise<void> {
  await database.query('UPDATE refunds SET gateway_reference = $2 WHERE id = $1 AND gateway_reference IS NULL', [
    refundId,
    gatewayReference,
  ])
}
