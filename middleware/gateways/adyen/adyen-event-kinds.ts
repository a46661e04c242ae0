import { z } from 'zod'
import { Money } from '../../money/money.ts'
import type { GatewayEvent, Refusal } from '../gateway.ts'
import { gatewayMessage } from '../gateway-message.ts'
import { adyenDigits } from './adyen-currency.ts'
import { readCancelReason, readRefundReason } from './adyen-errors.ts'

// Adyen joins the signed fields by ":" without escaping. Free of it, all but the merchant's own reference, they can
// be told apart again in one way only: nobody can move a border and keep the signature.
export const wordSchema = z.string().regex(/^[^:\s]{1,80}$/)
export const uuidSchema = z.uuid()

/** The fields that decide; all of them are signed. */
const itemSchema = z.object({
  success: z.enum(['true', 'false']),
  pspReference: wordSchema,
  originalReference: wordSchema,
  merchantReference: z.string().max(255).nullish(),
  amount: z.object({ value: z.int().positive(), currency: z.string().regex(/^[A-Z]{3}$/) }),
})
/** Where the amount is no part of the news: it may be 0 or missing. */
const amountlessSchema = itemSchema.extend({
  amount: itemSchema.shape.amount.extend({ value: z.int().nonnegative() }).nullish(),
})
/** A payment that a technical cancel did not find has no reference. */
const technicalCancelSchema = amountlessSchema.extend({ originalReference: z.literal('').or(wordSchema).nullish() })

type Item = z.output<typeof amountlessSchema>

/** What an item says; the rest of the event is the same for all of them. */
export type Reading = Pick<
  GatewayEvent,
  'kind' | 'paymentReference' | 'refundReference' | 'refundId' | 'amount' | 'refusal'
>

export const NOTHING = {
  paymentReference: null,
  refundReference: null,
  refundId: null,
  amount: null,
  refusal: null,
} as const

type Reader = (item: Readonly<Record<string, unknown>>, reason: string) => Reading

/**
 * Adyen's event codes that say something here; every other is stored and acknowledged only. Source: Adyen, "Webhook
 * types", and "Dispute webhooks". What `additionalData` says, `modification.action` for one, is not signed and never
 * decides.
 */
const READERS: Readonly<Record<string, Reader>> = {
  REFUND: (item, reason) => {
    const refund = readRefund(itemSchema.parse(item))
    return refund.succeeded
      ? { ...refund.facts, kind: 'refund_succeeded' }
      : { ...refund.facts, kind: 'refund_failed', refusal: refusalOf(readRefundReason(reason), reason) }
  },
  // Its own reference is of the money that left; our request is the original, and there is no payment.
  REFUND_WITH_DATA: (item, reason) => {
    const { succeeded, facts } = readRefund(itemSchema.parse(item))
    const credit = { ...facts, paymentReference: null, refundReference: facts.paymentReference }
    return succeeded
      ? { ...credit, kind: 'refund_succeeded' }
      : { ...credit, kind: 'refund_failed', refusal: refusalOf(readRefundReason(reason), reason) }
  },
  REFUND_FAILED: (item, reason) => readComeback(item, 'refund_failed_late', refusalOf('bank_returned_refund', reason)),
  REFUNDED_REVERSED: (item, reason) => readComeback(item, 'refund_reversed', refusalOf('refund_came_back', reason)),

  CANCELLATION: (item, reason) => readVoid(amountlessSchema.parse(item), readCancelReason, reason),
  TECHNICAL_CANCEL: (item, reason) => {
    const { originalReference, ...rest } = technicalCancelSchema.parse(item)
    const read = readVoid({ ...rest, originalReference: originalReference ?? '' }, readCancelReason, reason)
    return { ...read, paymentReference: originalReference || null }
  },
  // Cancelled or refunded: the money is the customer's either way.
  CANCEL_OR_REFUND: (item, reason) => readVoid(amountlessSchema.parse(item), readRefundReason, reason),

  CAPTURE: (item) => onlySuccess('captured', readPayment(itemSchema.parse(item))),
  CAPTURE_FAILED: (item) => onlySuccess('capture_failed', readPayment(itemSchema.parse(item))),

  NOTIFICATION_OF_CHARGEBACK: (item) => onlySuccess('chargeback_announced', readRefund(amountlessSchema.parse(item))),
  REQUEST_FOR_INFORMATION: (item) => onlySuccess('chargeback_announced', readRefund(amountlessSchema.parse(item))),
  CHARGEBACK: (item) => onlySuccess('chargeback', readDispute(item)),
  SECOND_CHARGEBACK: (item) => onlySuccess('chargeback', readDispute(item)),
  PREARBITRATION_LOST: (item) => onlySuccess('chargeback', readDispute(item)),
  CHARGEBACK_REVERSED: (item) => onlySuccess('chargeback_reversed', readDispute(item)),
  PREARBITRATION_WON: (item) => onlySuccess('chargeback_reversed', readDispute(item)),

  POSTPONED_REFUND: (item) => onlySuccess('refund_delayed', readRefund(amountlessSchema.parse(item))),
  REFUND_NOT_CLEARED: (item) => onlySuccess('refund_delayed', readRefund(amountlessSchema.parse(item))),
}

export function readerOf(eventCode: unknown): Reader | null {
  return typeof eventCode === 'string' && Object.hasOwn(READERS, eventCode) ? READERS[eventCode]! : null
}

interface Facts {
  readonly succeeded: boolean
  readonly facts: Omit<Reading, 'kind'>
}

/** What happened with a reference of its own: a refund, a cancellation, a dispute. */
function readRefund(item: Item): Facts {
  return {
    succeeded: item.success === 'true',
    facts: {
      paymentReference: item.originalReference,
      refundReference: item.pspReference,
      refundId: uuidSchema.safeParse(item.merchantReference).data ?? null,
      amount: item.amount?.value ? readAmount(item.amount) : null,
      refusal: null,
    },
  }
}

/** What happened to the payment itself. */
function readPayment(item: Item): Facts {
  const { succeeded, facts } = readRefund(item)
  return { succeeded, facts: { ...facts, refundReference: null, refundId: null } }
}

/** The dispute's reference is shared by all its events; what the merchant's reference says is the payment's. */
function readDispute(item: Readonly<Record<string, unknown>>): Facts {
  const { succeeded, facts } = readRefund(itemSchema.parse(item))
  return { succeeded, facts: { ...facts, refundId: null } }
}

function readVoid(item: Item, readReason: (reason: string) => Refusal['code'], reason: string): Reading {
  const { succeeded, facts } = readRefund(item)
  return succeeded
    ? { ...facts, kind: 'void_succeeded' }
    : { ...facts, kind: 'void_failed', refusal: refusalOf(readReason(reason), reason) }
}

/** "The failure failed": Adyen documents no such thing, so a person reads it. */
function readComeback(item: Readonly<Record<string, unknown>>, kind: Reading['kind'], refusal: Refusal): Reading {
  const { succeeded, facts } = readRefund(itemSchema.parse(item))
  return succeeded ? { ...facts, kind, refusal } : { ...facts, kind: 'unreadable' }
}

/** What was only tried changed nothing. */
function onlySuccess(kind: Reading['kind'], { succeeded, facts }: Facts): Reading {
  return { ...facts, kind: succeeded ? kind : 'other' }
}

function refusalOf(code: Refusal['code'], reason: string): Refusal {
  return { code, gatewayMessage: gatewayMessage(reason) }
}

/** @throws RangeError when the minor units are no amount of that currency here, e.g. half an Icelandic króna. */
function readAmount({ value, currency }: NonNullable<Item['amount']>): { value: string; currency: string } {
  return { value: Money.fromMinorUnits(value, currency, adyenDigits(currency)).toDecimal(), currency }
}
