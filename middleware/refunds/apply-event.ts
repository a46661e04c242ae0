import type { Database, Queryable } from '../database/database.ts'
import type { Gateway, GatewayEvent } from '../gateways/gateway.ts'
import { backoffMs } from '../work/backoff.ts'
import { claimDue } from '../work/claim.ts'
import { judgeEvent } from './judge-event.ts'
import type { RefundEventKind } from './judge-event.ts'
import { REFUND_COLUMNS, toJob } from './refund-rows.ts'
import type { RefundJob, RefundRow } from './refund-rows.ts'
import { changeRefund } from './refund-store.ts'
import type { RefundChange } from './refund-store.ts'
import type { RefundState } from './refund.ts'

export interface EventJob {
  readonly id: string
  readonly leaseNumber: number
  readonly tries: number
  readonly gateway: string
  readonly account: string
  readonly kind: RefundEventKind
  readonly gatewayKind: string
  readonly occurredAt: Date | null
  readonly paymentReference: string | null
  readonly refundReference: string | null
  readonly refundId: string | null
  readonly amount: GatewayEvent['amount']
  readonly failure: { readonly code: string; readonly gatewayMessage: string | null } | null
}

/** What became of an event; kept with it. */
export type EventOutcome =
  'applied' | 'nothing_new' | 'confirmed' | 'too_early' | 'contradiction' | 'no_such_refund' | 'amount_differs'

const EVENT_LEASE_SECONDS = 30

/** Due events, leased to this process. */
export async function claimEvents(database: Database, limit: number): Promise<EventJob[]> {
  const ids = await claimDue(database, 'gateway_events', limit, EVENT_LEASE_SECONDS)
  if (ids.length === 0) return []
  return database.query<EventJob>(
    `SELECT id, lease_number AS "leaseNumber", tries, gateway, gateway_account AS account, kind, gateway_kind AS "gatewayKind",
       occurred_at AS "occurredAt", payment_reference AS "paymentReference", refund_reference AS "refundReference",
       refund_id AS "refundId",
       CASE WHEN amount IS NOT NULL THEN jsonb_build_object('value', amount, 'currency', currency) END AS amount,
       CASE WHEN error_code IS NOT NULL THEN jsonb_build_object('code', error_code, 'gatewayMessage', gateway_message) END AS failure
     FROM gateway_events WHERE id = ANY($1::bigint[]) ORDER BY id`,
    [ids],
  )
}

/** Stores what an event says of its refund, with the event as evidence; late and repeated events change nothing. */
export async function applyEvent(database: Database, gateway: Gateway, event: EventJob): Promise<EventOutcome> {
  return database.transaction(async (tx) => {
    const found = await findSubject(tx, event)
    const outcome = found ? await applyTo(tx, gateway, event, found) : 'no_such_refund'
    // The refund may be on its way to us still: its answer, or its record, may come later. So it is tried again, ever more rarely.
    const again = outcome === 'no_such_refund' || outcome === 'too_early' ? backoffMs(event.tries) : null
    await tx.query(
      `UPDATE gateway_events SET outcome = $3, tries = tries + 1, due_at = relay_now() + $4::bigint * interval '1 millisecond'
       WHERE id = $1 AND lease_number = $2`,
      [event.id, event.leaseNumber, outcome, again],
    )
    return outcome
  })
}

interface Subject {
  readonly job: RefundJob
  readonly evidenceAt: Date | null
}

/** The refund an event speaks of: by the gateway's reference, else by our own stamp on the same payment. Locked. */
async function findSubject(tx: Queryable, event: EventJob): Promise<Subject | null> {
  const [row] = await tx.query<RefundRow>(
    `SELECT ${REFUND_COLUMNS} FROM refunds r JOIN payments p USING (org_id, payment_id)
     WHERE p.gateway = $1 AND p.gateway_account = $2 AND p.gateway_reference = $3
       AND (r.gateway_reference = $4 OR (r.gateway_reference IS NULL AND r.id::text = $5))
     ORDER BY r.gateway_reference NULLS LAST LIMIT 1 FOR UPDATE OF r`,
    [event.gateway, event.account, event.paymentReference, event.refundReference, event.refundId],
  )
  return row ? { job: toJob(row), evidenceAt: row.evidence_at } : null
}

async function applyTo(tx: Queryable, gateway: Gateway, event: EventJob, subject: Subject): Promise<EventOutcome> {
  const { job } = subject
  const evidence = `event ${event.id} ${event.gatewayKind}`
  const asked = job.refund.amount
  if (event.amount && (event.amount.currency !== asked.currency || event.amount.value !== asked.toDecimal())) {
    await mark(
      tx,
      job,
      `${gateway.label} reports ${event.amount.currency} ${event.amount.value}, ${asked} was asked. Compare with its records.`,
    )
    return 'amount_differs'
  }
  const happened = event.occurredAt?.getTime() ?? 0
  const restsOn = subject.evidenceAt?.getTime() ?? 0
  const judgement = judgeEvent(event.kind, job.refund.state, happened > restsOn, happened < restsOn)
  if (judgement.kind === 'contradiction') {
    await mark(
      tx,
      job,
      `${gateway.label} sent ${event.gatewayKind} for a refund that was never taken. Compare with its records.`,
    )
    return 'contradiction'
  }
  if (judgement.kind === 'confirmed') {
    await tx.query('UPDATE refunds SET evidence_at = $2 WHERE id = $1', [job.refund.id, event.occurredAt])
  }
  if (judgement.kind !== 'move') return judgement.kind
  let current: Pick<RefundJob, 'refund' | 'leaseNumber'> = job
  for (const state of judgement.through) {
    const change = {
      ...changeTo(state, event, job.refund.state, gateway),
      evidence,
      evidenceAt: event.occurredAt?.toISOString() ?? null,
    }
    // The row is locked by this transaction, so nobody can have changed it in between.
    const refund = (await changeRefund(tx, current, current.refund.state, change))!
    current = { refund, leaseNumber: current.leaseNumber + 1 }
  }
  return 'applied'
}

function changeTo(
  state: RefundState,
  event: EventJob,
  was: RefundState,
  gateway: Gateway,
): Omit<RefundChange, 'evidence'> {
  const reference = event.refundReference ? { gatewayReference: event.refundReference } : {}
  if (state === 'succeeded') return { state, ...reference, failure: null, attention: null, holdMs: 0, dueInMs: null }
  if (state === 'reversed') {
    return {
      state,
      ...reference,
      failure: event.failure ?? { code: 'refund_came_back', gatewayMessage: null },
      attention: 'The money came back after it had been refunded. Decide with the customer what to do.',
      dueInMs: null,
    }
  }
  const late = event.kind === 'refund_failed_late' || was === 'succeeded'
  const holdMs = late ? gateway.capabilities.holdAfterLateFailureMs : 0
  return {
    state,
    ...reference,
    failure: event.failure ?? { code: late ? 'bank_returned_refund' : 'gateway_refused', gatewayMessage: null },
    ...(late && {
      attention: 'The refund failed after it had been accepted. Ask the customer for another way to be paid.',
    }),
    holdMs,
    dueInMs: holdMs > 0 ? holdMs : null,
  }
}

async function mark(tx: Queryable, job: RefundJob, attention: string): Promise<void> {
  await tx.query('UPDATE refunds SET attention = $2 WHERE id = $1', [job.refund.id, attention])
}
