import type { Database, Queryable } from '../database/database.ts'
import type { AttemptBody, Gateway } from '../gateways/gateway.ts'
import { Money } from '../money/money.ts'
import type { RefundJob, StoredAttempt } from './refund-rows.ts'
import { LAST_ATTEMPT_FIRST, addAttempt, startSubmitting } from './refund-store.ts'
import type { Refund } from './refund.ts'

/** Whether the gateway takes the refunds of one payment one at a time, apart. */
export function takesTurns(gateway: Gateway): boolean {
  return (gateway.capabilities.spacingMs ?? 0) > 0
}

/**
 * Starts the sending of a refund at a gateway that takes those of one payment one at a time, apart: under the payment's lock, so that two
 * processes cannot both find the way free. When it is not, the refund goes back into the line.
 * @returns the attempt to send; null when it waits, or the lease went to another process
 */
export async function takeTurn(database: Database, gateway: Gateway, job: RefundJob): Promise<StoredAttempt | null> {
  const { refund } = job
  return database.transaction(async (tx) => {
    const [way] = await tx.query<{ freeInMs: number }>(
      `SELECT greatest(0, extract(epoch FROM last_sent_at - relay_now()) * 1000 + $3)::float AS "freeInMs" FROM payments
       WHERE org_id = $1 AND payment_id = $2 FOR UPDATE`,
      [refund.orgId, refund.paymentId, gateway.capabilities.spacingMs ?? 0],
    )
    const waitMs = Math.max(way?.freeInMs ?? 0, await waitForAnotherMs(tx, refund))
    if (waitMs > 0 && refund.state === 'requested') {
      await tx.query(
        `UPDATE refunds SET due_at = relay_now() + $3 * interval '1 millisecond', waiting_for = 'another_refund_first'
         WHERE id = $1 AND lease_number = $2 AND state = 'requested'`,
        [refund.id, job.leaseNumber, waitMs],
      )
      return null
    }
    if (refund.state === 'requested') await prepareAgain(tx, gateway, refund)
    await tx.query('UPDATE payments SET last_sent_at = relay_now() WHERE org_id = $1 AND payment_id = $2', [
      refund.orgId,
      refund.paymentId,
    ])
    return startSubmitting(tx, job)
  })
}

/** While one is being sent, or nobody knows whether it was taken, what was refunded so far cannot be told, and the next one waits. */
async function waitForAnotherMs(tx: Queryable, refund: Refund): Promise<number> {
  const [other] = await tx.query<{ state: string; nextLookMs: number }>(
    `SELECT state, coalesce(extract(epoch FROM due_at - relay_now()) * 1000, 0)::float AS "nextLookMs" FROM refunds WHERE org_id = $1 AND payment_id = $2 AND id <> $3 AND state IN ('submitting', 'unknown')
     ORDER BY state DESC LIMIT 1`,
    [refund.orgId, refund.paymentId, refund.id],
  )
  if (other === undefined) return 0
  if (other.state !== 'unknown') return 1_000
  // It becomes known at its own next look, or by a webhook before: a whole line need not ask every few seconds for hours.
  return Math.min(Math.max(other.nextLookMs, 5_000), 60_000)
}

/**
 * While a refund waited, those before it may have failed, or it was itself not taken: where the gateway's body rests on what was refunded
 * so far it is made anew. What was sent before, and certainly not taken, gets an attempt and a key of its own; the same body keeps them.
 */
async function prepareAgain(tx: Queryable, gateway: Gateway, refund: Refund): Promise<void> {
  if (refund.kind !== 'refund') return
  const [sent] = await tx.query<{ total: string }>(
    `SELECT coalesce(sum(amount), 0) AS total FROM refunds WHERE org_id = $1 AND payment_id = $2 AND id <> $3 AND kind = 'refund'
       AND state IN ('submitting', 'pending', 'unknown', 'succeeded')`,
    [refund.orgId, refund.paymentId, refund.id],
  )
  const [attempt] = await tx.query<{ id: string; sends: number; body: AttemptBody }>(
    `SELECT id, sends, body FROM attempts WHERE refund_id = $1 ORDER BY ${LAST_ATTEMPT_FIRST} LIMIT 1`,
    [refund.id],
  )
  const body = gateway.prepareRefund({
    refundId: refund.id,
    paymentReference: refund.paymentReference!,
    amount: refund.amount,
    alreadyRefunded: Money.fromDecimal(sent!.total, refund.amount.currency),
    reason: refund.reason,
    lineItems: refund.lineItems,
  })
  const text = JSON.stringify(body)
  if (JSON.stringify(attempt!.body) === text) return
  if (attempt!.sends === 0) await tx.query('UPDATE attempts SET body = $2 WHERE id = $1', [attempt!.id, text])
  else await addAttempt(tx, refund.id, 'refund', body)
}
