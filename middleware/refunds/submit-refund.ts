import type { Database } from '../database/database.ts'
import { RefundError } from '../errors.ts'
import type { RefusalCode } from '../errors.ts'
import type { Gateway, GatewayAnswer } from '../gateways/gateway.ts'
import { backoffMs } from '../work/backoff.ts'
import { settleRefund } from './change-refund.ts'
import type { ChangedRefund, RefundChange } from './change-refund.ts'
import { lookUpPayment } from './look-up-payment.ts'
import { outcomeLookMs } from './outcome-look.ts'
import type { RefundJob } from './refund-rows.ts'
import { adoptReference, findBalance, startSubmitting } from './refund-store.ts'
import { bodyOf } from './request-refund.ts'
import { takesTurns, takeTurn } from './take-turn.ts'
import { trace } from '../trace.ts'

/** How long a part waits before the gateway is asked again whether the payment has settled. */
const SETTLEMENT_LOOK_MS = 3_600_000

/**
 * Sends one leased refund to its gateway and stores the answer under the lease's fencing number.
 * @returns null when it waits for its turn, or somebody else has changed it in the meantime
 */
export async function submitRefund(
  database: Database,
  gateway: Gateway,
  job: RefundJob,
): Promise<ChangedRefund | null> {
  const oneAtATime = takesTurns(gateway) && job.refund.paymentId !== null
  const what = { refundId: job.refund.id, gateway: gateway.name, account: job.refund.gatewayAccount }
  const attempt =
    job.attempt ??
    (await trace('lease', what, () => (oneAtATime ? takeTurn(database, gateway, job) : startSubmitting(database, job))))
  // It waits for its turn, or another process holds the lease and will finish.
  if (!attempt) return null
  const answer = await trace('submit', what, () => gateway.submit(attempt))
  const change: RefundChange = {
    ...(await changeFor(database, gateway, answer, job)),
    evidence: `attempt ${attempt.id} ${answer.kind}`,
    answered: { attemptId: attempt.id, answer: answer.kind, detail: detailOf(answer) },
  }
  const stored = await trace('settle', { ...what, state: change.state }, () => settleRefund(database, job, change))
  if (!stored && change.gatewayReference) await adoptReference(database, job.refund.id, change.gatewayReference)
  return stored
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
        dueInMs: answer.kind === 'pending' ? outcomeLookMs(gateway) : null,
      }
    case 'rejected':
      if (mayHavePaid && SAYS_NOTHING_OF_THE_FIRST.includes(answer.code)) {
        return {
          ...unknown,
          attention: {
            code: 'gateway_cannot_tell',
            reason: `The gateway refuses to say what became of it: ${answer.gatewayMessage}`,
          },
        }
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
            attention: { code: 'amount_differs', reason: `The gateway answered for something else: ${answer.detail}.` },
          }
        : unknown
  }
}

/**
 * An undo that was definitely refused one way is tried the other way, with an attempt and a key of its own; each way once. A direct debit
 * is never refunded by itself: for that the agent has to hear of the claim first.
 */
async function otherWay(
  database: Database,
  gateway: Gateway,
  code: RefusalCode,
  { refund }: RefundJob,
): Promise<Change | null> {
  const kind =
    refund.kind === 'void' && code === 'void_too_late' && !refund.directDebit
      ? 'refund'
      : refund.kind === 'refund' && code === 'payment_not_settled' && gateway.capabilities.voids === 'whole payment'
        ? 'void'
        : null
  if (!refund.undo || kind === null) return null
  const [tried] = await database.query('SELECT 1 FROM attempts WHERE refund_id = $1 AND operation = $2', [
    refund.id,
    kind,
  ])
  if (tried) return null
  // The refusal may rest on what was true a moment ago, so the payment is looked at afresh.
  const looked = await lookUpPayment(database, gateway, refund.paymentReference!)
  if (looked?.kind === 'found' && (looked.facts.status === 'not_settled') !== (kind === 'void')) return null
  const balance = await findBalance(database, refund.orgId, refund.paymentId!)
  // A void takes the whole payment along: never in the place of what was left of it.
  if (kind === 'void' && !refund.amount.equals(balance!.captured)) return null
  try {
    const body = bodyOf(gateway, kind, {
      id: refund.id,
      request: { gatewayReference: refund.paymentReference!, reason: refund.reason, lineItems: refund.lineItems },
      amount: refund.amount,
      // This one is under way itself and must not count twice.
      before: { ...balance!, underWay: balance!.underWay.minus(refund.amount) },
    })
    return { state: 'requested', next: { kind, body }, dueInMs: 0 }
  } catch (error) {
    // The other way cannot even be asked for: the first refusal stands.
    if (error instanceof RefundError) return null
    throw error
  }
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
