import type { Database } from '../database/database.ts'
import type { Gateway, LookUp, RefundFacts } from '../gateways/gateway.ts'
import { backoffMs } from '../work/backoff.ts'
import { applyEvidence } from './apply-evidence.ts'
import { evidenceOf } from './evidence.ts'
import { lookUpPayment } from './look-up-payment.ts'
import { outcomeLookMs } from './outcome-look.ts'
import type { RefundJob } from './refund-rows.ts'
import { changeRefund } from './change-refund.ts'
import { LAST_ATTEMPT_FIRST } from './refund-store.ts'
import type { Refund } from './refund.ts'
import { submitRefund } from './submit-refund.ts'
import { trace } from '../trace.ts'

const DAY_MS = 86_400_000

/**
 * Finds out what became of a refund whose outcome is unknown: asks the gateway where it can be asked; otherwise sends the same attempt
 * again while the gateway keeps its key, and afterwards never again, for a forgotten key would pay twice.
 */
export async function reconcileRefund(database: Database, gateway: Gateway, job: RefundJob): Promise<void> {
  const asked = await lookUp(database, gateway, job)
  if (asked?.kind === 'found' || asked?.kind === 'unavailable') {
    const outcome =
      asked.kind === 'found'
        ? await applyEvidence(database, gateway, job.refund.id, evidenceOf(asked.facts, 'look-up'))
        : asked.kind
    if (outcome === 'applied') return
    // Nothing came of it: it is asked for again, ever more rarely.
    await changeRefund(database, job, 'unknown', {
      state: 'unknown',
      evidence: `look-up ${outcome}`,
      dueInMs: backoffMs(job.tries),
    })
    return
  }
  // Certainly not there: sending the same attempt again cannot pay twice.
  if (asked?.kind === 'absent' || (await keyIsKept(database, gateway, job))) {
    await submitRefund(database, gateway, job)
    return
  }
  await changeRefund(database, job, 'unknown', {
    state: 'unknown',
    evidence: 'key retention over',
    attention: {
      code: 'gateway_cannot_tell',
      reason: `${gateway.label} no longer tells what became of this refund.`,
    },
    dueInMs: DAY_MS,
  })
}

/** Looks up a refund whose outcome no webhook tells, or told yet. */
export async function pollRefund(database: Database, gateway: Gateway, job: RefundJob): Promise<void> {
  const asked = await lookUp(database, gateway, job)
  if (asked?.kind === 'found' && asked.facts.status !== 'pending') {
    const outcome = await applyEvidence(database, gateway, job.refund.id, evidenceOf(asked.facts, 'look-up'))
    if (outcome === 'applied') return
  }
  await database.query(
    `UPDATE refunds SET due_at = relay_now() + $3 * interval '1 millisecond', work_failures = 0
     WHERE id = $1 AND lease_number = $2 AND state = 'pending'`,
    [job.refund.id, job.leaseNumber, outcomeLookMs(gateway)],
  )
}

/** A process took this refund up and never came back: it may have paid, so the outcome is unknown, and is asked for at once. */
export async function declareUnknown(database: Database, job: RefundJob): Promise<void> {
  await changeRefund(database, job, 'submitting', {
    state: 'unknown',
    evidence: 'lease lost',
    failure: { code: 'outcome_unknown', gatewayMessage: null },
    dueInMs: 0,
  })
}

/** The gateway's time to repair a late failure is over: the amount may be refunded again. */
export async function releaseHold(database: Database, job: RefundJob): Promise<void> {
  await changeRefund(database, job, 'failed', {
    state: 'failed',
    evidence: 'hold over',
    holdMs: 0,
    dueInMs: null,
  })
}

async function lookUp(
  database: Database,
  gateway: Gateway,
  { refund }: RefundJob,
): Promise<LookUp<RefundFacts> | null> {
  if (refund.kind === 'void') return lookUpVoid(database, gateway, refund)
  // Our stamp is found among the refunds of a payment; a credit has none, so only its reference finds it.
  const findable = refund.kind === 'refund' || (refund.kind === 'credit' && refund.gatewayReference !== null)
  if (!findable || !gateway.lookUpRefund) return null
  const query = {
    refundId: refund.id,
    paymentReference: refund.paymentReference ?? '',
    gatewayReference: refund.gatewayReference,
    amount: refund.amount,
  }
  const what = { refundId: refund.id, gateway: gateway.name, account: refund.gatewayAccount }
  return trace('look_up', what, () => gateway.lookUpRefund!(query))
}

/** A void leaves nothing but the payment's own state: it is voided, by this attempt or by somebody else, or it is certainly not. */
async function lookUpVoid(database: Database, gateway: Gateway, refund: Refund): Promise<LookUp<RefundFacts> | null> {
  const reference = refund.paymentReference!
  const looked = await lookUpPayment(database, gateway, reference)
  if (looked?.kind !== 'found') return looked?.kind === 'unavailable' ? looked : null
  if (looked.facts.status !== 'voided') return { kind: 'absent' }
  const { id: refundId, amount } = refund
  const facts = { gatewayReference: reference, refundId, amount, refusal: null, occurredAt: null }
  return { kind: 'found', facts: { ...facts, status: 'succeeded' } }
}

async function keyIsKept(database: Database, gateway: Gateway, job: RefundJob): Promise<boolean> {
  const [attempt] = await database.query<{ kept: boolean }>(
    `SELECT first_sent_at + $2 * interval '1 millisecond' > relay_now() AS kept
     FROM attempts WHERE refund_id = $1 ORDER BY ${LAST_ATTEMPT_FIRST} LIMIT 1`,
    [job.refund.id, gateway.capabilities.keyRetentionMs],
  )
  return attempt?.kept ?? false
}
