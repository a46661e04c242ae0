import { Batches, batchesOf } from '../database/batches.ts'
import type { Database, Queryable } from '../database/database.ts'
import { asParameters, statementFor } from '../database/given.ts'
import type { Given } from '../database/given.ts'
import type { AttemptBody } from '../gateways/gateway.ts'
import { tellState } from '../trace.ts'
import type { Reason } from './attention.ts'
import { BALANCE, REFUND_LIFE, balanceOf, toBalance, toRefundLife } from './refund-rows.ts'
import type { RefundJob, ToldBalance, ToldLife } from './refund-rows.ts'
import { PAYMENT_IS_LOCKED, REFUNDS_TOGETHER, addAttempt } from './refund-store.ts'
import { FINAL_STATES } from './refund.ts'
import type { PaymentBalance, Refund, RefundState } from './refund.ts'

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
  readonly next?: { readonly kind: Refund['kind']; readonly body: AttemptBody }
  /** Milliseconds for which a late failure keeps its amount reserved; 0 lets it go. */
  readonly holdMs?: number
  /** Milliseconds until the refund is looked at again; null: no more by itself. */
  readonly dueInMs: number | null
  /** What one sending was answered, kept for the refund's story even when the refund has moved on. */
  readonly answered?: { readonly attemptId: string; readonly answer: string; readonly detail: string | null }
}

export type ChangedJob = Pick<RefundJob, 'refund' | 'leaseNumber'>

/** What is to become of a refund that is in the state `from`, and which this process has the lease of. */
export interface Changing {
  readonly job: ChangedJob
  readonly from: RefundState
  readonly change: RefundChange
}

/** A refund as it was left, and what is left of its payment, worked out for whoever asks; a credit has none. */
export interface ChangedRefund {
  readonly refund: Refund
  readonly balance: () => PaymentBalance | null
}

const CHANGING = {
  id: 'uuid',
  leaseNumber: 'int',
  from: 'text',
  state: 'text',
  evidence: 'text',
  evidenceAt: 'timestamptz',
  gatewayReference: 'text',
  tellsFailure: 'boolean',
  errorCode: 'text',
  gatewayMessage: 'text',
  tellsAttention: 'boolean',
  attention: 'text',
  attentionCode: 'text',
  holdMs: 'bigint',
  dueInMs: 'bigint',
  isFinal: 'boolean',
  answeredId: 'uuid',
  answer: 'text',
  detail: 'text',
  waitingFor: 'text',
  nextKind: 'text',
  orgId: 'text',
  paymentId: 'text',
} as const

function changing({ value, rows, from, also, each }: Given<typeof CHANGING>): string {
  // Of several, every payment before the first refund; one refund comes behind its payment anyhow.
  const locked = rows && `AND ${PAYMENT_IS_LOCKED}`
  return `WITH ${rows}payment_lock AS MATERIALIZED (
       SELECT p.org_id, p.payment_id, ${BALANCE} AS balance
       FROM payments p${also} WHERE p.org_id = ${value.orgId} AND p.payment_id = ${value.paymentId}
       FOR NO KEY UPDATE OF p
     ), answered AS (
       UPDATE attempts SET answer = ${value.answer}, detail = ${value.detail}, answered_at = relay_now() ${from}
       WHERE id = ${value.answeredId}
     )
     UPDATE refunds AS r SET state = ${value.state}, evidence = ${value.evidence}, evidence_at = coalesce(${value.evidenceAt}, evidence_at),
         gateway_reference = coalesce(gateway_reference, ${value.gatewayReference}),
         error_code = CASE WHEN ${value.tellsFailure} THEN ${value.errorCode} ELSE error_code END,
         gateway_message = CASE WHEN ${value.tellsFailure} THEN ${value.gatewayMessage} ELSE gateway_message END,
         attention = CASE WHEN ${value.tellsAttention} THEN ${value.attention}
           WHEN attention_code = 'work_fails' AND ${value.state} NOT IN ('requested', 'unknown') THEN NULL ELSE attention END,
         attention_code = CASE WHEN ${value.tellsAttention} THEN ${value.attentionCode} ELSE attention_code END,
         held_until = CASE WHEN ${value.holdMs} IS NULL THEN held_until WHEN ${value.holdMs} = 0 THEN NULL
           ELSE relay_now() + ${value.holdMs} * interval '1 millisecond' END,
         due_at = relay_now() + ${value.dueInMs} * interval '1 millisecond',
         decided_at = CASE WHEN ${value.isFinal} THEN coalesce(${value.evidenceAt}, relay_now()) ELSE decided_at END,
         tries = CASE WHEN ${value.state} IN ('requested', 'unknown') THEN tries + 1 ELSE 0 END,
         -- A refund that is declared unknown after each failure has not got on.
         work_failures = CASE WHEN ${value.state} IN ('requested', 'unknown') THEN work_failures ELSE 0 END,
         waiting_for = ${value.waitingFor}, kind = coalesce(${value.nextKind}, kind), lease_number = lease_number + 1
     FROM ${each} LEFT JOIN payment_lock p ON (p.org_id, p.payment_id) = (${value.orgId}, ${value.paymentId})
     WHERE id = ${value.id} AND lease_number = ${value.leaseNumber} AND state = ${value.from} ${locked}
     RETURNING r.id, ${REFUND_LIFE} AS life, counts_as(r.kind, r.state, r.held_until) AS share, p.balance AS before`
}

function valuesOf({ job: { refund, leaseNumber }, from, change }: Changing) {
  const { failure, attention, answered, next } = change
  return {
    id: refund.id,
    leaseNumber,
    from,
    state: change.state,
    evidence: change.evidence,
    evidenceAt: change.evidenceAt ?? null,
    gatewayReference: change.gatewayReference ?? null,
    tellsFailure: failure !== undefined,
    errorCode: failure?.code ?? null,
    gatewayMessage: failure?.gatewayMessage ?? null,
    tellsAttention: attention !== undefined,
    attention: attention?.reason ?? null,
    attentionCode: attention?.code ?? null,
    holdMs: change.holdMs ?? null,
    dueInMs: change.dueInMs,
    isFinal: FINAL_STATES.includes(change.state),
    answeredId: answered?.attemptId ?? null,
    answer: answered?.answer ?? null,
    detail: answered?.detail ?? null,
    waitingFor: change.waitingFor ?? null,
    nextKind: next?.kind ?? null,
    orgId: refund.orgId,
    paymentId: refund.paymentId,
  }
}

interface ChangedRow {
  readonly id: string
  readonly life: ToldLife
  /** As what its amount counts now. */
  readonly share: keyof typeof SHARES | null
  readonly before: ToldBalance
}

const SHARES = { refunded: 'refunded', under_way: 'underWay', held: 'held' } as const

function toChanged({ job, change }: Changing, row: ChangedRow | undefined): ChangedRefund | null {
  if (!row) return null
  tellState(job.refund.gateway, change.state)
  const refund = {
    ...job.refund,
    kind: change.next?.kind ?? job.refund.kind,
    state: change.state,
    waitingFor: change.waitingFor ?? null,
    ...toRefundLife(row.life),
  }
  return { refund, balance: () => (refund.paymentId === null ? null : behind(refund, row)) }
}

/** The balance behind the change of a refund that was under way before it: the database keeps its books after the statement. */
function behind({ amount, kind, state }: Refund, { before, share }: ChangedRow): PaymentBalance {
  const was = toBalance(before)
  const without = { ...was, underWay: was.underWay.minus(amount) }
  const to = share && SHARES[share]
  const voids = (kind === 'void' || kind === 'undo') && state === 'succeeded'
  return balanceOf({ ...without, ...(to && { [to]: without[to].plus(amount) }), voided: was.voided || voids })
}

const ONE_CHANGE = changing(asParameters(CHANGING))

async function changeOne(database: Queryable, changing: Changing): Promise<ChangedRefund | null> {
  const [row] = await database.query<ChangedRow>(ONE_CHANGE, Object.values(valuesOf(changing)))
  return toChanged(changing, row)
}

/**
 * Stores what came of the work under its fencing number and ends the lease.
 * @returns the refund, or null when somebody else changed it in the meantime: a webhook, or the next holder of the lease
 */
export async function changeRefund(
  database: Queryable,
  job: ChangedJob,
  from: RefundState,
  change: Omit<RefundChange, 'next'>,
): Promise<Refund | null> {
  return (await changeOne(database, { job, from, change }))?.refund ?? null
}

const changesOf = statementFor(CHANGING, changing, valuesOf)

/** @param changings of refunds of different payments, all of them under way */
async function changeAll(database: Queryable, changings: readonly Changing[]): Promise<(ChangedRefund | null)[]> {
  const rows = await database.query<ChangedRow>(...changesOf(changings))
  const changed = new Map(rows.map((row) => [row.id, row]))
  return changings.map((changing) => toChanged(changing, changed.get(changing.job.refund.id)))
}

const settlements = batchesOf<Changing, ChangedRefund | null>(
  (database) =>
    new Batches((together) => database.transaction((tx) => changeAll({ query: tx.last }, together)), {
      ...REFUNDS_TOGETHER,
      apartBy: ({ job: { refund } }) => `${refund.orgId} ${refund.paymentId ?? refund.id}`,
    }),
)

/** The same for what a gateway answered to a refund that was being sent, together with others that were answered at the same time. */
export function settleRefund(database: Database, job: ChangedJob, change: RefundChange): Promise<ChangedRefund | null> {
  const settling: Changing = { job, from: 'submitting', change }
  const { next } = change
  if (!next) return settlements(database).do(settling)
  return database.transaction(async (tx) => {
    const changed = await changeOne(tx, settling)
    if (changed) await addAttempt({ query: tx.last }, job.refund.id, next.kind, next.body)
    return changed
  })
}
