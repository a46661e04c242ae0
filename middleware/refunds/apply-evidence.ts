import type { Database, Queryable } from '../database/database.ts'
import type { Gateway } from '../gateways/gateway.ts'
import type { AttentionCode } from './attention.ts'
import type { Evidence } from './evidence.ts'
import { judgeEvent } from './judge-event.ts'
import { toJob } from './refund-rows.ts'
import type { RefundJob, RefundRow } from './refund-rows.ts'
import { outcomeLookMs } from './outcome-look.ts'
import { changeRefund } from './change-refund.ts'
import { lockRefund } from './refund-store.ts'
import type { RefundChange } from './change-refund.ts'
import type { RefundState } from './refund.ts'
import { trace } from '../trace.ts'

export type EvidenceOutcome = 'applied' | 'nothing_new' | 'confirmed' | 'too_early' | 'contradiction' | 'amount_differs'

/** Stores what is said of a refund, with its source; what is late or repeated changes nothing. */
export function applyEvidence(
  database: Database,
  gateway: Gateway,
  refundId: string,
  evidence: Evidence,
): Promise<EvidenceOutcome> {
  return trace('apply', { refundId, gateway: gateway.name }, () =>
    database.transaction(async (tx) => {
      const row = await lockRefund(tx, refundId)
      return applyToRow(tx, gateway, row!, evidence)
    }),
  )
}

/** The same, inside a transaction that holds the lock on the row. */
export async function applyToRow(
  tx: Queryable,
  gateway: Gateway,
  row: RefundRow,
  evidence: Evidence,
): Promise<EvidenceOutcome> {
  const job = toJob(row)
  const asked = job.refund.amount
  const told = evidence.amount
  const countsAmount = job.refund.kind === 'refund' || job.refund.kind === 'credit'
  if (countsAmount && told && (told.currency !== asked.currency || told.value !== asked.toDecimal())) {
    await mark(
      tx,
      job,
      'amount_differs',
      `${gateway.label} reports ${told.currency} ${told.value}, ${asked} was asked.`,
    )
    return 'amount_differs'
  }
  const happened = evidence.occurredAt?.getTime() ?? 0
  const restsOn = row.evidenceAt?.getTime() ?? 0
  const judgement = judgeEvent(evidence.kind, job.refund.state, happened > restsOn, happened < restsOn)
  if (judgement.kind === 'contradiction') {
    await mark(
      tx,
      job,
      'gateway_contradicts',
      `${gateway.label} speaks of a refund that it had refused (${evidence.source}).`,
    )
  }
  if (judgement.kind === 'confirmed') {
    // Not every gateway signs when it happened: a time that has not come yet must not outrank what will happen until then.
    await tx.query('UPDATE refunds SET evidence_at = greatest(evidence_at, least($2, relay_now())) WHERE id = $1', [
      job.refund.id,
      evidence.occurredAt,
    ])
  }
  if (judgement.kind !== 'move') return judgement.kind
  let current: Pick<RefundJob, 'refund' | 'leaseNumber'> = job
  for (const state of judgement.through) {
    const change = changeTo(state, evidence, job.refund.state, gateway)
    // The row is locked by this transaction, so nobody can have changed it in between.
    const refund = (await changeRefund(tx, current, current.refund.state, change))!
    current = { refund, leaseNumber: current.leaseNumber + 1 }
  }
  return 'applied'
}

function changeTo(state: RefundState, evidence: Evidence, was: RefundState, gateway: Gateway): RefundChange {
  const change = {
    state,
    evidence: evidence.source,
    evidenceAt: evidence.occurredAt?.toISOString() ?? null,
    ...(evidence.gatewayReference !== null && { gatewayReference: evidence.gatewayReference }),
  }
  if (state === 'pending') return { ...change, failure: null, dueInMs: outcomeLookMs(gateway) }
  if (state === 'succeeded') return { ...change, failure: null, attention: null, holdMs: 0, dueInMs: null }
  if (state === 'reversed') {
    return {
      ...change,
      failure: evidence.failure ?? { code: 'refund_came_back', gatewayMessage: null },
      attention: { code: 'came_back', reason: 'The money came back after it had been refunded.' },
      dueInMs: null,
    }
  }
  const late = evidence.kind === 'refund_failed_late' || was === 'succeeded'
  const holdMs = late ? gateway.capabilities.holdAfterLateFailureMs : 0
  return {
    ...change,
    failure: evidence.failure ?? { code: late ? 'bank_returned_refund' : 'gateway_refused', gatewayMessage: null },
    ...(late && {
      attention: { code: 'failed_late', reason: 'The refund failed after it had been accepted.' },
    }),
    holdMs,
    dueInMs: holdMs > 0 ? holdMs : null,
  }
}

/** A mark beside the state, with what a person should do. */
async function mark(tx: Queryable, job: RefundJob, code: AttentionCode, reason: string): Promise<void> {
  await tx.query('UPDATE refunds SET attention_code = $2, attention = $3 WHERE id = $1', [job.refund.id, code, reason])
}
