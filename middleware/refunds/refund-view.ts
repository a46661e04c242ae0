import type { RefundRecord, RefundStage } from '../crm/crm.ts'
import { ERRORS, tell } from '../errors.ts'
import type { ErrorCode, ErrorEntry } from '../errors.ts'
import type { Refund, RefundState } from './refund.ts'

const STAGES: Readonly<Record<RefundState, RefundStage>> = {
  requested: 'Processing',
  submitting: 'Processing',
  pending: 'Sent to gateway',
  unknown: 'Checking with gateway',
  succeeded: 'Refunded',
  rejected: 'Failed',
  failed: 'Failed',
  reversed: 'Reversed',
}

export function stageOf(refund: Pick<Refund, 'state' | 'kind'>): RefundStage {
  return refund.kind === 'void' && refund.state === 'succeeded' ? 'Voided' : STAGES[refund.state]
}

/** A gateway's no, in words for an agent and with the sanitised code that Salesforce keeps. */
export interface ToldFailure {
  readonly code: string
  readonly sentence: string
  readonly remedy: string
  readonly gatewayMessage: string | null
}

export function tellFailure(refund: Pick<Refund, 'failure'>): ToldFailure | null {
  if (!refund.failure) return null
  const code = refund.failure.code as ErrorCode
  const entry: ErrorEntry = ERRORS[code]
  return { code: entry.crmCode ?? code.toUpperCase(), ...tell(code), gatewayMessage: refund.failure.gatewayMessage }
}

/** The refund as Salesforce shows it. */
export function toRefundRecord(refund: Refund): RefundRecord {
  const failure = tellFailure(refund)
  return {
    refundId: refund.id,
    paymentId: refund.paymentId,
    version: refund.version,
    kind: refund.kind === 'void' ? 'Void' : 'Refund',
    origin: refund.origin === 'here' ? 'Here' : 'Gateway console',
    stage: stageOf(refund),
    amount: refund.amount.toDecimal(),
    currency: refund.amount.currency,
    reason: refund.reason,
    note: refund.note,
    held: refund.heldUntil !== null,
    errorCode: failure?.code ?? null,
    errorSentence: failure?.sentence ?? null,
    remedy: failure?.remedy ?? null,
    gatewayMessage: failure?.gatewayMessage ?? null,
    gateway: refund.gateway,
    gatewayReference: refund.gatewayReference,
    requestedBy: refund.requestedBy,
    requestedAt: refund.requestedAt.toISOString(),
    sentAt: refund.sentAt?.toISOString() ?? null,
    decidedAt: refund.decidedAt?.toISOString() ?? null,
    attention: refund.attention,
  }
}
