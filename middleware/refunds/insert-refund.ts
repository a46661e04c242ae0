import { v7 as uuidv7, validate as isUuid, version } from 'uuid'
import type { Queryable } from '../database/database.ts'
import type { AttemptBody, LineItem, RefundFacts } from '../gateways/gateway.ts'
import { tellState } from '../trace.ts'
import { REFUND_COLUMNS, WITH_PAYMENT, toJob, toRefund } from './refund-rows.ts'
import type { RefundJob, RefundRow } from './refund-rows.ts'
import { LEASE_SECONDS } from './refund-store.ts'
import type { NewAttempt } from './refund-store.ts'
import type { Refund } from './refund.ts'

export interface NewRefund {
  readonly id: string
  readonly orgId: string
  /** Null for a credit. */
  readonly paymentId: string | null
  readonly gateway: string
  readonly gatewayAccount: string
  readonly kind: Refund['kind']
  readonly undo: boolean
  readonly target: Refund['target']
  /** Decimal text. */
  readonly amount: string
  readonly currency: string
  readonly reason: string | null
  readonly note: string | null
  readonly lineItems: readonly LineItem[] | null
  readonly requestedBy: string
  readonly payerAsked: boolean
  readonly directDebit: boolean
  readonly idempotencyKey: string
  readonly requestDigest: string
  readonly attempt: NewAttempt
  /** Milliseconds until it may go out; 0: at once, leased to this process. */
  readonly waitMs: number
  /** This process sends it as soon as it is committed: it is stored as being sent, and no step lies between. */
  readonly sentAtOnce: boolean
}

/**
 * Stores a refund and the exact request that will be sent for it, leased to this process unless it has to wait.
 * @returns null when the idempotency key was used before
 */
export async function insertRefund(tx: Queryable, refund: NewRefund): Promise<RefundJob | null> {
  const { attempt } = refund
  const body = JSON.stringify(attempt.body)
  const [row] = await tx.query<RefundRow>(
    `WITH r AS (
       INSERT INTO refunds (id, org_id, payment_id, gateway, gateway_account, kind, undo, origin, state, sent_at, amount, currency, reason, note,
         requested_by, payer_asked, idempotency_key, request_digest, evidence, due_at, lease_number, waiting_for, target, line_items,
         direct_debit)
       VALUES ($1, $2, $3, $4, $5, $6, $7, 'here', CASE WHEN $24 THEN 'submitting' ELSE 'requested' END, CASE WHEN $24 THEN relay_now() END, $8, $9, $10, $11, $12, $13, $14, $15, 'request by ' || $12::text,
         relay_now() + make_interval(secs => $16), 1, $17, $21, $22, $23)
       ON CONFLICT ON CONSTRAINT refund_requested_once DO NOTHING RETURNING *
     ), attempt AS (
       INSERT INTO attempts (id, refund_id, operation, key, body, sends, first_sent_at)
       SELECT $18, r.id, r.kind, $19, $20, $24::boolean::int, r.sent_at FROM r
     )
     SELECT ${REFUND_COLUMNS} FROM r ${WITH_PAYMENT}`,
    [
      refund.id,
      refund.orgId,
      refund.paymentId,
      refund.gateway,
      refund.gatewayAccount,
      refund.kind,
      refund.undo,
      refund.amount,
      refund.currency,
      refund.reason,
      refund.note,
      refund.requestedBy,
      refund.payerAsked,
      refund.idempotencyKey,
      refund.requestDigest,
      refund.waitMs > 0 ? refund.waitMs / 1_000 : LEASE_SECONDS,
      refund.waitMs > 0 ? 'another_refund_first' : null,
      attempt.id,
      attempt.key,
      body,
      refund.target,
      refund.lineItems && JSON.stringify(refund.lineItems),
      refund.directDebit,
      refund.sentAtOnce,
    ],
  )
  if (!row) return null
  tellState(refund.gateway, 'requested')
  if (!refund.sentAtOnce) return toJob(row)
  // The stored text read again, as it will be should it be sent once more.
  const stored = { ...attempt, body: JSON.parse(body) as AttemptBody }
  return { ...toJob(row), attempt: { ...stored, operation: refund.kind, paymentReference: row.paymentReference! } }
}

/** The refund that an idempotency key made, with the digest of the request that it came with. */
export async function findRequested(
  database: Queryable,
  orgId: string,
  idempotencyKey: string,
): Promise<{ refund: Refund; digest: string | null } | null> {
  const [row] = await database.query<RefundRow>(
    `SELECT ${REFUND_COLUMNS} FROM refunds r ${WITH_PAYMENT} WHERE r.org_id = $1 AND r.idempotency_key = $2`,
    [orgId, idempotencyKey],
  )
  return row ? { refund: toRefund(row), digest: row.requestDigest } : null
}

/**
 * Takes a refund, or a void, that somebody made at the gateway itself into the books, once: its reference is unique. One that carries an id
 * such as are made here, and is free, keeps it: after a restore from an older backup, what was made since is found under the id that Salesforce has it by.
 * @returns whether it was new
 */
export async function adoptRefund(
  tx: Queryable,
  payment: {
    readonly orgId: string
    readonly paymentId: string
    readonly gateway: string
    readonly gatewayAccount: string
  },
  facts: RefundFacts,
  evidence: string,
  kind: 'refund' | 'void' = 'refund',
): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO refunds (id, org_id, payment_id, gateway, gateway_account, kind, origin, state, amount, currency, gateway_reference,
       evidence, evidence_at, requested_at, decided_at, error_code, gateway_message, due_at)
     VALUES (CASE WHEN EXISTS (SELECT FROM refunds WHERE id = $15) THEN $13 ELSE coalesce($15, $13) END,
       $1, $2, $3, $4, $14, 'gateway_console', $5, $6, $7, $8, $9, $10, coalesce($10, relay_now()),
       CASE WHEN $5 <> 'pending' THEN coalesce($10, relay_now()) END, $11, $12,
       CASE WHEN $5 = 'pending' THEN relay_now() + interval '15 minutes' END)
     ON CONFLICT ON CONSTRAINT refund_reference_once DO NOTHING RETURNING id`,
    [
      payment.orgId,
      payment.paymentId,
      payment.gateway,
      payment.gatewayAccount,
      facts.status,
      facts.amount.toDecimal(),
      facts.amount.currency,
      facts.gatewayReference,
      evidence,
      facts.occurredAt,
      facts.refusal?.code ?? null,
      facts.refusal?.gatewayMessage ?? null,
      uuidv7(),
      kind,
      mayBeOfHere(facts.refundId) ? facts.refundId : null,
    ],
  )
  if (rows.length > 0) tellState(payment.gateway, facts.status)
  return rows.length > 0
}

/** In the place of our stamp gateways also show what the merchant calls the payment. */
function mayBeOfHere(stamp: string | null): boolean {
  return stamp !== null && isUuid(stamp) && version(stamp) === 7
}
