import { v7 as uuidv7 } from 'uuid'
import type { Database } from '../database/database.ts'
import type { RefusalCode } from '../errors.ts'
import type { Gateway, GatewayAnswer } from '../gateways/gateway.ts'
import { Money } from '../money/money.ts'
import { backoffMs } from '../work/backoff.ts'
import type { RefundJob } from './refund-rows.ts'
import type { Refund } from './refund.ts'
import { adoptReference, changeRefund, findBalance, startSubmitting } from './refund-store.ts'
import type { RefundChange } from './refund-store.ts'
import { bodyOf } from './request-refund.ts'

/** How long a part waits before the gateway is asked again whether the payment has settled. */
const SETTLEMENT_LOOK_MS = 3_600_000

/** Sends one leased refund to its gateway and stores the answer under the lease's fencing number. */
export async function submitRefund(database: Database, gateway: Gateway, job: RefundJob): Promise<void> {
  const spacingMs = gateway.capabilities.spacingMs ?? 0
  if (job.refund.waitingFor !== null) await prepareAgain(database, gateway, job.refund)
  const attempt = await startSubmitting(database, job, spacingMs > 0)
  if (!attempt) return waitForTurn(database, job, spacingMs)
  const answer = await gateway.submit(attempt)
  const change: RefundChange = {
    ...(await changeFor(database, gateway, answer, job)),
    evidence: `attempt ${attempt.id} ${answer.kind}`,
    answered: { attemptId: attempt.id, answer: answer.kind, detail: detailOf(answer) },
  }
  const stored = await changeRefund(database, job, 'submitting', change)
  if (!stored && change.gatewayReference) await adoptReference(database, job.refund.id, change.gatewayReference)
}

/** The lease went to another process, which will finish; or another refund of this payment is being sent, and this one waits. */
async function waitForTurn(database: Database, job: RefundJob, spacingMs: number): Promise<void> {
  if (spacingMs === 0) return
  await database.query(
    `UPDATE refunds SET due_at = relay_now() + $3 * interval '1 millisecond', waiting_for = 'another_refund_first'
     WHERE id = $1 AND lease_number = $2 AND state = 'requested'`,
    [job.refund.id, job.leaseNumber, spacingMs],
  )
}

/**
 * While a refund waited in line, those before it may have failed: what was never sent is made anew from what the gateway has by now.
 */
async function prepareAgain(database: Database, gateway: Gateway, refund: Refund): Promise<void> {
  if (refund.kind !== 'refund') return
  const [sent] = await database.query<{ total: string }>(
    `SELECT coalesce(sum(amount), 0) AS total FROM refunds WHERE org_id = $1 AND payment_id = $2 AND id <> $3 AND kind = 'refund'
       AND state IN ('submitting', 'pending', 'unknown', 'succeeded')`,
    [refund.orgId, refund.paymentId, refund.id],
  )
  const body = gateway.prepareRefund({
    refundId: refund.id,
    paymentReference: refund.paymentReference!,
    amount: refund.amount,
    alreadyRefunded: Money.fromDecimal(sent!.total, refund.amount.currency),
    reason: refund.reason,
    lineItems: refund.lineItems,
  })
  await database.query('UPDATE attempts SET body = $2 WHERE refund_id = $1 AND sends = 0', [
    refund.id,
    JSON.stringify(body),
  ])
}

/** A refusal for these reasons says nothing of an earlier sending of the same attempt, which may have paid. */
const SAYS_NOTHING_OF_THE_FIRST: readonly RefusalCode[] = [
  'gateway_credentials_refused',
  'gateway_account_wrong',
  'refunds_not_enabled',
]

type Change = Omit<RefundChange, 'evidence'>

async function changeFor(database: Database, gateway: Gateway, answer: GatewayAnswer, job: RefundJob): Promise<Change> {
  const mayHavePaid = job.refund.state === 'unknown'
  const again = backoffMs(job.tries)
  // No answer is not a refusal: the gateway may have paid before the line dropped. Calling it failed would invite a second refund.
  const unknown: Change = {
    state: 'unknown',
    failure: { code: 'outcome_unknown', gatewayMessage: null },
    dueInMs: again,
  }
  switch (answer.kind) {
    case 'pending':
    case 'succeeded':
      return {
        state: answer.kind,
        gatewayReference: answer.gatewayReference,
        failure: null,
        dueInMs: answer.kind === 'pending' ? (gateway.capabilities.pollOutcomeMs ?? null) : null,
      }
    case 'rejected':
      if (mayHavePaid && SAYS_NOTHING_OF_THE_FIRST.includes(answer.code)) {
        return { ...unknown, attention: `The gateway refuses to say what became of it: ${answer.gatewayMessage}` }
      }
      return (
        (await otherWay(database, gateway, answer.code, job)) ??
        (await untilSettled(database, answer.code, job)) ?? {
          state: 'rejected',
          failure: { code: answer.code, gatewayMessage: answer.gatewayMessage },
          dueInMs: null,
        }
      )
    case 'not_taken': {
      const waits = answer.waitingFor === undefined ? {} : { waitingFor: answer.waitingFor }
      return { ...(mayHavePaid ? unknown : { state: 'requested' }), ...waits, dueInMs: answer.retryAfterMs ?? again }
    }
    case 'unknown':
      return answer.answersForAnother
        ? {
            ...unknown,
            attention: `The gateway answered for something else: ${answer.detail}. Compare with its records.`,
          }
        : unknown
  }
}

/** An undo that was definitely refused one way is tried the other way, with an attempt and a key of its own. */
async function otherWay(
  database: Database,
  gateway: Gateway,
  code: RefusalCode,
  { refund }: RefundJob,
): Promise<Change | null> {
  const kind =
    refund.kind === 'void' && code === 'void_too_late'
      ? 'refund'
      : refund.kind === 'refund' && code === 'payment_not_settled' && gateway.capabilities.voids === 'whole payment'
        ? 'void'
        : null
  if (!refund.undo || kind === null) return null
  const balance = await findBalance(database, refund.orgId, refund.paymentId!)
  const body = bodyOf(gateway, kind, {
    id: refund.id,
    request: { gatewayReference: refund.paymentReference!, reason: refund.reason, lineItems: refund.lineItems },
    amount: refund.amount,
    // This one is under way itself and must not count twice.
    balance: { ...balance!, underWay: balance!.underWay.minus(refund.amount) },
  })
  return { state: 'requested', next: { kind, id: uuidv7(), key: uuidv7(), body }, dueInMs: 0 }
}

/** A part of a payment that has not settled waits in line: it can be refunded afterwards. */
async function untilSettled(database: Database, code: RefusalCode, { refund }: RefundJob): Promise<Change | null> {
  if (code !== 'payment_not_settled' || refund.kind !== 'refund') return null
  const balance = await findBalance(database, refund.orgId, refund.paymentId!)
  if (balance!.captured.equals(refund.amount)) return null
  return { state: 'requested', waitingFor: code, dueInMs: SETTLEMENT_LOOK_MS }
}

function detailOf(answer: GatewayAnswer): string | null {
  if (answer.kind === 'rejected') return answer.gatewayMessage
  return answer.kind === 'not_taken' || answer.kind === 'unknown' ? answer.detail : null
}
