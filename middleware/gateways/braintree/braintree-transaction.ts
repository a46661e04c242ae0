import { z } from 'zod'
import { Money } from '../../money/money.ts'
import type { Refusal, RefundFacts } from '../gateway.ts'
import { gatewayMessage } from '../gateway-message.ts'
import { SETTLEMENT_CODES, PROCESSOR_CODES } from './braintree-errors.ts'

/** An empty element comes as empty text. */
const textSchema = z
  .string()
  .nullish()
  .transform((text) => text || null)

export const idSchema = z.string().regex(/^[\w-]{1,80}$/)
const amountSchema = z.string().regex(/^\d{1,15}(\.\d{1,4})?$/)
const currencySchema = z.string().regex(/^[A-Z]{3}$/)

const disputeSchema = z.object({
  id: idSchema,
  kind: textSchema,
  status: textSchema,
  amountDisputed: amountSchema,
  updatedAt: textSchema,
})

/** What is read of a transaction. Card and customer stay where they are. */
export const transactionSchema = z.object({
  id: idSchema,
  type: z.enum(['sale', 'credit']),
  status: z.string().min(1),
  amount: amountSchema,
  currencyIsoCode: currencySchema,
  orderId: textSchema,
  merchantAccountId: textSchema,
  refundedTransactionId: textSchema,
  refundIds: z.array(idSchema).nullish(),
  escrowStatus: textSchema,
  statusHistory: z.array(z.object({ status: z.string(), timestamp: textSchema })).nullish(),
  disputes: z.array(disputeSchema).nullish(),
  updatedAt: textSchema,
  processorResponseCode: textSchema,
  processorResponseText: textSchema,
  processorResponseType: textSchema,
  additionalProcessorResponse: textSchema,
  processorSettlementResponseCode: textSchema,
  processorSettlementResponseText: textSchema,
})
export type BraintreeTransaction = z.output<typeof transactionSchema>

/** Under way: taken, and neither paid nor refused. Source: Braintree, "Transaction statuses". */
const UNDER_WAY = [
  'authorizing',
  'authorized',
  'submitted_for_settlement',
  'settlement_pending',
  'settlement_confirmed',
  'settling',
]
const DECLINED = [
  'processor_declined',
  'gateway_rejected',
  'failed',
  'authorization_expired',
  'settlement_declined',
  'voided',
]

/** What a refund or credit has come to; null for a status that nobody has told us of. */
export function refundStatus(status: string): RefundFacts['status'] | null {
  if (status === 'settled') return 'succeeded'
  if (DECLINED.includes(status)) return 'failed'
  return UNDER_WAY.includes(status) ? 'pending' : null
}

type DeclineFields = Pick<
  BraintreeTransaction,
  | 'status'
  | 'processorResponseCode'
  | 'processorResponseText'
  | 'processorResponseType'
  | 'additionalProcessorResponse'
  | 'processorSettlementResponseCode'
  | 'processorSettlementResponseText'
>

/** Why a refund with one of the declined statuses came to nothing. */
export function readDecline(transaction: DeclineFields): Refusal {
  const { status, additionalProcessorResponse: more } = transaction
  if (status === 'settlement_declined') {
    const { processorSettlementResponseCode: code, processorSettlementResponseText: text } = transaction
    const known = (code && SETTLEMENT_CODES.get(code)) || 'settlement_declined'
    return { code: known, gatewayMessage: gatewayMessage(code, text ?? 'Settlement declined') }
  }
  const { processorResponseCode: code, processorResponseText: text } = transaction
  if (status === 'processor_declined' || status === 'failed') {
    return { code: declineCode(transaction), gatewayMessage: gatewayMessage(code, text ?? status, more) }
  }
  return { code: 'gateway_refused', gatewayMessage: gatewayMessage(status.replaceAll('_', ' ')) }
}

function declineCode({ status, processorResponseCode: code, processorResponseType: type }: DeclineFields) {
  const known = code && PROCESSOR_CODES.get(code)
  if (known) return known
  // 3000 and above: the processor's network, not the bank's answer.
  if (type === 'soft_declined' || (code && /^3\d{3}$/.test(code))) return 'bank_declined_soft'
  return status === 'failed' ? 'gateway_refused' : 'bank_declined_hard'
}

/** @throws RangeError when the amount is none of that currency */
export function amountOf({ amount, currencyIsoCode }: { amount: string; currencyIsoCode: string }): Money {
  return Money.fromDecimal(amount, currencyIsoCode)
}

/** When the present status began, ISO 8601. */
export function statusTime({ status, statusHistory, updatedAt }: BraintreeTransaction): string | null {
  const step = statusHistory?.findLast((entry) => entry.status === status)
  return isoTime(step?.timestamp ?? updatedAt)
}

export function isoTime(text: string | null): string | null {
  const time = z.iso.datetime({ offset: true }).safeParse(text)
  return time.success ? new Date(time.data).toISOString() : null
}

/**
 * Our stamp on a refund. Where a console's refund was given none, Braintree copies the payment's order id, which is not ours.
 * @param ofPayment the payment's own order id
 */
export function stampOf(orderId: string | null, ofPayment: string | null): string | null {
  return orderId !== ofPayment ? (z.uuid().safeParse(orderId).data ?? null) : null
}
