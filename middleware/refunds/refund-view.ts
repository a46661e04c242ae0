import type { CreditRecord, RefundRecord, RefundStage } from '../crm/crm.ts'
import { crmCodeOf, tell } from '../errors.ts'
import type { ErrorCode } from '../errors.ts'
import { attentionRecord, tellAttention } from './attention.ts'
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

/** How a whole payment's end is called: a void never reaches the statement; of an undo only the gateway knows what it was. */
const DONE: Readonly<Record<Refund['kind'], RefundStage>> = {
  refund: 'Refunded',
  credit: 'Refunded',
  void: 'Voided',
  undo: 'Cancelled or refunded',
}

export function stageOf(refund: Pick<Refund, 'state' | 'kind'>): RefundStage {
  return refund.state === 'succeeded' ? DONE[refund.kind] : STAGES[refund.state]
}

const KINDS = { refund: 'Refund', void: 'Void', undo: 'Undo' } as const

/** The word for what a refund is; a credit is told apart by its own object. */
export function kindOf(refund: Pick<Refund, 'kind'>): (typeof KINDS)[keyof typeof KINDS] {
  return refund.kind === 'credit' ? 'Refund' : KINDS[refund.kind]
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
  return { code: crmCodeOf(code), ...tell(code), gatewayMessage: refund.failure.gatewayMessage }
}

/** The refund or credit as Salesforce shows it. */
export function toCrmRecord(refund: Refund): RefundRecord | CreditRecord {
  const failure = tellFailure(refund)
  const outgoing = {
    id: refund.id,
    version: refund.version,
    amount: refund.amount.toDecimal(),
    currency: refund.amount.currency,
    reason: refund.reason,
    note: refund.note,
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
    erased: refund.erasedAt !== null,
  }
  const stage = stageOf(refund)
  if (refund.paymentId === null) {
    return {
      ...outgoing,
      type: 'credit',
      attention: refund.attention && tellAttention(refund.attention),
      // A credit is never voided or undone.
      stage: stage as CreditRecord['stage'],
      gatewayAccount: refund.gatewayAccount,
      target: refund.target === 'bank_account' ? 'Bank account' : 'Stored method',
    }
  }
  return {
    ...outgoing,
    type: 'refund',
    attention: refund.attention && attentionRecord(refund.attention),
    paymentId: refund.paymentId,
    kind: kindOf(refund),
    origin: refund.origin === 'here' ? 'Here' : 'Gateway console',
    stage,
    held: refund.heldUntil !== null,
    payerAsked: refund.payerAsked,
  }
}
