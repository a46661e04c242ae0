import { v7 as uuidv7, validate as isUuid, version } from 'uuid'
import { violatedConstraint } from '../database/database.ts'
import type { Queryable } from '../database/database.ts'
import { asParameters } from '../database/given.ts'
import type { Given } from '../database/given.ts'
import type { AttemptBody, RefundFacts } from '../gateways/gateway.ts'
import { tellState } from '../trace.ts'
import { REFUND_COLUMNS, WITH_PAYMENT, toRefund } from './refund-rows.ts'
import type { RefundJob, RefundRow } from './refund-rows.ts'
import { LEASE_SECONDS } from './refund-store.ts'
import type { Refund } from './refund.ts'

/** What a request asks for. */
type Asked = Pick<
  Refund,
  | 'id'
  | 'orgId'
  | 'paymentId'
  | 'paymentReference'
  | 'gateway'
  | 'gatewayAccount'
  | 'kind'
  | 'undo'
  | 'target'
  | 'amount'
  | 'reason'
  | 'note'
  | 'lineItems'
  | 'payerAsked'
  | 'directDebit'
> & { readonly requestedBy: string }

export interface NewRefund {
  readonly asked: Asked
  readonly idempotencyKey: string
  readonly requestDigest: string
  /** Of the first attempt. */
  readonly body: AttemptBody
  /** Milliseconds until it may go out; 0: at once, leased to this process. */
  readonly waitMs: number
  /**
   * This process sends it as soon as it is committed, and no step lies between. Should it die there, nobody knows whether it was sent:
   * only the gateway's key can answer that.
   */
  readonly storedAsSent: boolean
}

/** When it was stored, by the database's clock: all its times count from there. */
export type Stored = Pick<Refund, 'requestedAt'>

/** What a new refund brings to the statement that stores it. */
export const NEW_REFUND = {
  id: 'uuid',
  orgId: 'text',
  paymentId: 'text',
  gateway: 'text',
  gatewayAccount: 'text',
  kind: 'text',
  undo: 'boolean',
  state: 'text',
  amount: 'numeric',
  currency: 'text',
  reason: 'text',
  note: 'text',
  requestedBy: 'text',
  payerAsked: 'boolean',
  idempotencyKey: 'text',
  requestDigest: 'text',
  dueInSeconds: 'float8',
  waitingFor: 'text',
  target: 'text',
  lineItems: 'json',
  directDebit: 'boolean',
  body: 'json',
} as const

export const STORED_COLUMNS = 'r.requested_at AS "requestedAt"'

/** Part of a statement that stores a refund `r` and its attempt; with `payment`, for what is in that part of it. */
export function storing({ value, from, also }: Given<typeof NEW_REFUND>, payment: string | null = null): string {
  const where =
    payment &&
    `FROM ${payment}${also} WHERE (${payment}.org_id, ${payment}.payment_id) = (${value.orgId}, ${value.paymentId})`
  return `r AS (
       INSERT INTO refunds (id, org_id, payment_id, gateway, gateway_account, kind, undo, origin, state, amount, currency, reason, note,
         requested_by, payer_asked, idempotency_key, request_digest, evidence, due_at, lease_number, waiting_for, target, line_items,
         direct_debit, sent_at)
       SELECT ${value.id}, ${value.orgId}, ${value.paymentId}, ${value.gateway}, ${value.gatewayAccount}, ${value.kind}, ${value.undo},
         'here', ${value.state}, ${value.amount}, ${value.currency}, ${value.reason}, ${value.note}, ${value.requestedBy},
         ${value.payerAsked}, ${value.idempotencyKey}, ${value.requestDigest}, 'request by ' || ${value.requestedBy},
         relay_now() + make_interval(secs => ${value.dueInSeconds}), 1, ${value.waitingFor}, ${value.target}, ${value.lineItems},
         ${value.directDebit}, CASE WHEN ${value.state} = 'submitting' THEN relay_now() END
       ${where ?? from}
       RETURNING id, org_id, payment_id, kind, requested_at, sent_at
     ), attempt AS (
       INSERT INTO attempts (id, refund_id, operation, key, body, sends, first_sent_at)
       SELECT r.id, r.id, r.kind, r.id, ${value.body}, (r.sent_at IS NOT NULL)::int, r.sent_at
       FROM r${also} WHERE r.id = ${value.id}
     )`
}

export function valuesOfRefund(refund: NewRefund) {
  const { asked } = refund
  return {
    id: asked.id,
    orgId: asked.orgId,
    paymentId: asked.paymentId,
    gateway: asked.gateway,
    gatewayAccount: asked.gatewayAccount,
    kind: asked.kind,
    undo: asked.undo,
    state: stateOf(refund),
    amount: asked.amount.toDecimal(),
    currency: asked.amount.currency,
    reason: asked.reason,
    note: asked.note,
    requestedBy: asked.requestedBy,
    payerAsked: asked.payerAsked,
    idempotencyKey: refund.idempotencyKey,
    requestDigest: refund.requestDigest,
    dueInSeconds: dueInSecondsOf(refund),
    waitingFor: waitingForOf(refund),
    target: asked.target,
    lineItems: asked.lineItems && JSON.stringify(asked.lineItems),
    directDebit: asked.directDebit,
    body: JSON.stringify(refund.body),
  }
}

const INSERT_REFUND = `WITH ${storing(asParameters(NEW_REFUND))} SELECT ${STORED_COLUMNS} FROM r`

/**
 * Stores a refund and the exact request that will be sent for it, leased to this process unless it has to wait.
 * @throws Error that `keyIsKnown` tells from others when the idempotency key was used before
 */
export async function insertRefund(tx: Queryable, refund: NewRefund): Promise<RefundJob> {
  const [stored] = await tx.query<Stored>(INSERT_REFUND, Object.values(valuesOfRefund(refund)))
  return jobOf(refund, stored!)
}

const stateOf = ({ storedAsSent }: NewRefund) => (storedAsSent ? 'submitting' : 'requested')
const dueInSecondsOf = ({ waitMs }: NewRefund) => (waitMs > 0 ? waitMs / 1_000 : LEASE_SECONDS)
const waitingForOf = ({ waitMs }: NewRefund) => (waitMs > 0 ? 'another_refund_first' : null)

/** The stored refund as work, told from memory. */
export function jobOf(refund: NewRefund, { requestedAt }: Stored): RefundJob {
  const { asked, storedAsSent } = refund
  const state = stateOf(refund)
  tellState(asked.gateway, state)
  const nothingYet = {
    gatewayReference: null,
    failure: null,
    heldUntil: null,
    attention: null,
    decidedAt: null,
    erasedAt: null,
  } as const
  const times = {
    dueAt: new Date(requestedAt.getTime() + dueInSecondsOf(refund) * 1_000),
    requestedAt,
    sentAt: storedAsSent ? requestedAt : null,
    updatedAt: requestedAt,
  }
  const job: RefundJob = {
    refund: { ...asked, ...times, ...nothingYet, origin: 'here', state, version: 1, waitingFor: waitingForOf(refund) },
    leaseNumber: 1,
    tries: 0,
    workFailures: 0,
  }
  if (!storedAsSent) return job
  // Read again from its text, as it will be should it be sent once more.
  const body = JSON.parse(JSON.stringify(refund.body)) as AttemptBody
  const { id, kind, paymentReference } = asked
  return { ...job, attempt: { id, key: id, body, operation: kind, paymentReference: paymentReference! } }
}

/** The key of a request was there, and the row that holds it is committed. */
export function keyIsKnown(error: unknown): boolean {
  return violatedConstraint(error) === 'refund_requested_once'
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
