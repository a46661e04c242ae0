import type { Database } from '../database/database.ts'
import type { RefusalCode } from '../errors.ts'
import type { Gateway, GatewayAnswer } from '../gateways/gateway.ts'
import { backoffMs } from '../work/backoff.ts'
import type { Refund } from './refund.ts'
import type { RefundJob } from './refund-rows.ts'
import { adoptReference, changeRefund, startSubmitting } from './refund-store.ts'
import type { RefundChange } from './refund-store.ts'

/** Sends one leased refund to its gateway and stores the answer under the lease's fencing number. */
export async function submitRefund(database: Database, gateway: Gateway, job: RefundJob): Promise<void> {
  const attempt = await startSubmitting(database, job)
  // Another process holds the lease now; it will finish.
  if (!attempt) return
  const answer = await gateway.submit(attempt)
  const change: RefundChange = {
    ...changeFor(answer, job),
    evidence: `attempt ${attempt.id} ${answer.kind}`,
    answered: { attemptId: attempt.id, answer: answer.kind, detail: detailOf(answer) },
  }
  const stored: Refund | null = await changeRefund(database, job, 'submitting', change)
  if (!stored && change.gatewayReference) await adoptReference(database, job.refund.id, change.gatewayReference)
}

/** A refusal for these reasons says nothing of an earlier sending of the same attempt, which may have paid. */
const SAYS_NOTHING_OF_THE_FIRST: readonly RefusalCode[] = [
  'gateway_credentials_refused',
  'gateway_account_wrong',
  'refunds_not_enabled',
]

function changeFor(answer: GatewayAnswer, job: RefundJob): Omit<RefundChange, 'evidence'> {
  const mayHavePaid = job.refund.state === 'unknown'
  const again = backoffMs(job.tries)
  // No answer is not a refusal: the gateway may have paid before the line dropped. Calling it failed would invite a second refund.
  const unknown = {
    state: 'unknown',
    failure: { code: 'outcome_unknown', gatewayMessage: null },
    dueInMs: again,
  } as const
  switch (answer.kind) {
    case 'pending':
      return { state: 'pending', gatewayReference: answer.gatewayReference, failure: null, dueInMs: null }
    case 'succeeded':
      return { state: 'succeeded', gatewayReference: answer.gatewayReference, failure: null, dueInMs: null }
    case 'rejected':
      if (mayHavePaid && SAYS_NOTHING_OF_THE_FIRST.includes(answer.code)) {
        return { ...unknown, attention: `The gateway refuses to say what became of it: ${answer.gatewayMessage}` }
      }
      return { state: 'rejected', failure: { code: answer.code, gatewayMessage: answer.gatewayMessage }, dueInMs: null }
    case 'not_taken':
      return { ...(mayHavePaid ? unknown : { state: 'requested' }), dueInMs: answer.retryAfterMs ?? again }
    case 'unknown':
      return unknown
  }
}

function detailOf(answer: GatewayAnswer): string | null {
  if (answer.kind === 'rejected') return answer.gatewayMessage
  return answer.kind === 'not_taken' || answer.kind === 'unknown' ? answer.detail : null
}
