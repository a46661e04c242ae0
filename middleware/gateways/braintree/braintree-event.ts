import { z } from 'zod'
import { Money } from '../../money/money.ts'
import type { GatewayEvent } from '../gateway.ts'
import { gatewayMessage, gatewayWord } from '../gateway-message.ts'
import { isoTime, readDecline, stampOf } from './braintree-transaction.ts'

const textSchema = z
  .string()
  .nullish()
  .transform((text) => text || null)

/** Every kind has its own subject; only these two are read. */
const notificationSchema = z.object({
  kind: z.string().min(1).max(80),
  timestamp: textSchema,
  transaction: z.unknown().optional(),
  dispute: z.unknown().optional(),
})

/** Webhooks show less of a transaction than an answer does, and some only a few fields. */
const transactionSchema = z.object({
  id: z.string().regex(/^[\w-]{1,80}$/),
  status: textSchema,
  type: textSchema,
  amount: textSchema,
  currencyIsoCode: textSchema,
  orderId: textSchema,
  merchantAccountId: textSchema,
  refundedTransactionId: textSchema,
  statusHistory: z.array(z.object({ status: z.string() })).nullish(),
  processorResponseCode: textSchema,
  processorResponseText: textSchema,
  processorResponseType: textSchema,
  additionalProcessorResponse: textSchema,
  processorSettlementResponseCode: textSchema,
  processorSettlementResponseText: textSchema,
})
type Transaction = z.output<typeof transactionSchema>

const disputeSchema = z.object({
  id: z.string().regex(/^[\w-]{1,80}$/),
  status: textSchema,
  kind: textSchema,
  reason: textSchema,
  amountDisputed: textSchema,
  amountWon: textSchema,
  currencyIsoCode: textSchema,
  merchantAccountId: textSchema,
  receivedDate: textSchema,
  replyByDate: textSchema,
  transaction: z.object({ id: z.string().regex(/^[\w-]{1,80}$/) }),
})
type Dispute = z.output<typeof disputeSchema>

const NOTHING = { paymentReference: null, refundReference: null, refundId: null, amount: null, refusal: null } as const

/** Genuine, but not to be made sense of. @param digest of the payload */
export function unreadableEvent(digest: string): GatewayEvent {
  const identity = `sha256:${digest}`
  return { ...NOTHING, identity, kind: 'unreadable', gatewayKind: '(none)', occurredAt: null, payload: {} }
}

/**
 * Reads one verified notification of the SDK.
 * @param account the merchant account: what another one of the same merchant does is stored and acknowledged only
 */
export function readNotification(notification: unknown, account: string, digest: string): GatewayEvent {
  const parsed = notificationSchema.safeParse(notification)
  if (!parsed.success) return unreadableEvent(digest)
  const { kind, timestamp, transaction, dispute } = parsed.data
  const occurredAt = isoTime(timestamp)
  const gatewayKind = gatewayWord(kind)
  const frame = { ...NOTHING, gatewayKind, occurredAt, payload: { kind: gatewayKind } }
  try {
    const isDispute = kind.startsWith('dispute_')
    const subject = isDispute ? disputeSchema.parse(dispute) : transactionSchema.safeParse(transaction).data
    // What has no subject that concerns us, e.g. check or subscription_canceled.
    if (!subject && !REFUND_KINDS.includes(kind)) return { ...frame, identity: `sha256:${digest}`, kind: 'other' }
    const { id, status, merchantAccountId } = subject ?? transactionSchema.parse(transaction)
    // Braintree gives its events no id. Source: "Webhooks", on duplicates.
    const identity = [kind, id, status ?? '', occurredAt ?? timestamp ?? ''].map(gatewayWord).join(':')
    const event = { ...frame, identity, payload: { ...frame.payload, ...payloadOf(subject!) } }
    if (merchantAccountId !== null && merchantAccountId !== account) return { ...event, kind: 'other' }
    return 'transaction' in subject!
      ? { ...event, ...readDispute(kind, subject) }
      : { ...event, ...readTransaction(kind, subject!) }
  } catch {
    return { ...frame, identity: `sha256:${digest}`, kind: 'unreadable' }
  }
}

type Meaning = Pick<GatewayEvent, 'kind'> & Partial<GatewayEvent>

const REFUND_KINDS = ['transaction_settled', 'transaction_settlement_declined', 'refund_failed']

function readTransaction(kind: string, transaction: Transaction): Meaning {
  if (!REFUND_KINDS.includes(kind)) return { kind: 'other' }
  if (kind !== 'refund_failed' && transaction.type !== 'credit') {
    const paymentReference = transaction.id
    // A debit that was declined leaves nothing to refund; the payment has to be read again.
    return { kind: kind === 'transaction_settled' ? 'other' : 'payment_changed', paymentReference }
  }
  const subject = {
    paymentReference: transaction.refundedTransactionId,
    refundReference: transaction.id,
    refundId: stampOf(transaction.orderId, null),
    amount: amountIn(transaction.amount, transaction.currencyIsoCode),
  }
  if (kind === 'transaction_settled') return { ...subject, kind: 'refund_succeeded' }
  const status = kind === 'refund_failed' ? (transaction.status ?? 'processor_declined') : 'settlement_declined'
  return { ...subject, kind: failureKind(kind, transaction), refusal: readDecline({ ...transaction, status }) }
}

/** Only a history that shows no settlement says that the refund had never been paid. */
function failureKind(kind: string, { statusHistory }: Transaction): 'refund_failed' | 'refund_failed_late' {
  if (kind === 'refund_failed') return 'refund_failed'
  const wasPaid = !statusHistory?.length || statusHistory.some(({ status }) => status === 'settled')
  return wasPaid ? 'refund_failed_late' : 'refund_failed'
}

/** A retrieval is a question, no money moves. Lost, accepted and expired change nothing: "opened" took the money. */
function readDispute(kind: string, dispute: Dispute): Meaning {
  const subject = { paymentReference: dispute.transaction.id, refundReference: dispute.id }
  const { amountDisputed, amountWon, currencyIsoCode } = dispute
  if (dispute.kind === 'retrieval') {
    return { ...subject, kind: kind === 'dispute_opened' ? 'chargeback_announced' : 'other' }
  }
  if (kind === 'dispute_opened')
    return { ...subject, kind: 'chargeback', amount: sumIn(amountDisputed, currencyIsoCode) }
  if (kind === 'dispute_won') {
    const won = amountWon !== null && /[1-9]/.test(amountWon) ? amountWon : amountDisputed
    return { ...subject, kind: 'chargeback_reversed', amount: sumIn(won, currencyIsoCode) }
  }
  return { ...subject, kind: 'other' }
}

/** @throws RangeError when there is no such amount: a chargeback without one is for a person */
function sumIn(amount: string | null, currency: string | null): { value: string; currency: string } {
  const sum = amountIn(amount, currency)
  if (!sum) throw new RangeError('a dispute without an amount')
  return sum
}

/** @throws RangeError when the amount is none of its currency */
function amountIn(amount: string | null, currency: string | null): { value: string; currency: string } | null {
  if (amount === null || currency === null) return null
  return { value: Money.fromDecimal(amount, currency).toDecimal(), currency }
}

const FREE_TEXT = ['processorResponseText', 'additionalProcessorResponse', 'processorSettlementResponseText', 'orderId']

/** The fields of the schemas above and no others: Braintree sends card and customer besides. */
function payloadOf(subject: Transaction | Dispute): Record<string, string> {
  const fields = Object.entries(subject).flatMap(([name, value]): [string, string][] => {
    if (typeof value !== 'string') return []
    return [[name, FREE_TEXT.includes(name) ? gatewayMessage(value) : gatewayWord(value)]]
  })
  return Object.fromEntries(fields)
}
