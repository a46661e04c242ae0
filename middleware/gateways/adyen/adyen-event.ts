import { createHash } from 'node:crypto'
import { z } from 'zod'
import { Money } from '../../money/money.ts'
import type { GatewayEvent, Refusal } from '../gateway.ts'
import { gatewayMessage, gatewayWord } from '../gateway-message.ts'
import { adyenDigits } from './adyen-currency.ts'
import { readRefundReason } from './adyen-errors.ts'

// Adyen joins the signed fields by ":" without escaping. Free of it, all but the merchant's own reference, they can
// be told apart again in one way only: nobody can move a border and keep the signature.
const wordSchema = z.string().regex(/^[^:\s]{1,80}$/)

/** The fields that a refund's event must have; all of them are signed. */
const refundItemSchema = z.object({
  eventCode: z.enum(['REFUND', 'REFUND_FAILED', 'REFUNDED_REVERSED']),
  success: z.enum(['true', 'false']),
  pspReference: wordSchema,
  originalReference: wordSchema,
  merchantReference: z.string().max(255).nullish(),
  amount: z.object({ value: z.int().positive(), currency: z.string().regex(/^[A-Z]{3}$/) }),
})
type RefundItem = z.output<typeof refundItemSchema>

/**
 * Reads one item whose signature was verified. What makes no sense in it is parked as `unreadable`, and holds nothing
 * else back.
 */
export function readEvent(item: Readonly<Record<string, unknown>>): GatewayEvent {
  const gatewayKind = gatewayWord(textOf(item['eventCode']) ?? '') || '(none)'
  const frame = { gatewayKind, occurredAt: readTime(item['eventDate']), payload: readPayload(item), ...NOTHING }
  if (!refundItemSchema.shape.eventCode.safeParse(item['eventCode']).success) {
    const paymentReference = wordSchema.safeParse(item['originalReference']).data ?? null
    return { ...frame, identity: identityOf(item), kind: 'other', paymentReference }
  }
  try {
    return { ...frame, identity: identityOf(item), ...readRefund(refundItemSchema.parse(item), textOf(item['reason'])) }
  } catch {
    return { ...frame, identity: identityOf(item), kind: 'unreadable' }
  }
}

const NOTHING = { paymentReference: null, refundReference: null, refundId: null, amount: null, refusal: null } as const

function readRefund(item: RefundItem, reason: string | null) {
  return {
    ...kindOf(item, reason ?? ''),
    paymentReference: item.originalReference,
    refundReference: item.pspReference,
    refundId: z.uuid().safeParse(item.merchantReference).data ?? null,
    amount: readAmount(item.amount),
  }
}

function kindOf(item: RefundItem, reason: string): { kind: GatewayEvent['kind']; refusal: Refusal | null } {
  const succeeded = item.success === 'true'
  const refusal = (code: Refusal['code']): Refusal => ({ code, gatewayMessage: gatewayMessage(reason) })
  if (item.eventCode === 'REFUND') {
    if (succeeded) return { kind: 'refund_succeeded', refusal: null }
    return { kind: 'refund_failed', refusal: refusal(readRefundReason(reason)) }
  }
  // "The failure failed": Adyen documents no such thing, so a person reads it.
  if (!succeeded) return { kind: 'unreadable', refusal: null }
  return item.eventCode === 'REFUND_FAILED'
    ? { kind: 'refund_failed_late', refusal: refusal('bank_returned_refund') }
    : { kind: 'refund_reversed', refusal: refusal('refund_came_back') }
}

/** @throws RangeError when the minor units are no amount of that currency here, e.g. half an Icelandic króna. */
function readAmount({ value, currency }: RefundItem['amount']): { value: string; currency: string } {
  return { value: Money.fromMinorUnits(value, currency, adyenDigits(currency)).toDecimal(), currency }
}

/**
 * Adyen repeats an event with the same account (the endpoint's), event code, reference and success. A later eventDate
 * may be news, a repaired refund for one. Where these do not say which event it is, its whole text does.
 */
function identityOf(item: Readonly<Record<string, unknown>>): string {
  const { eventCode, pspReference, success, eventDate } = item
  const parts = z.array(wordSchema).safeParse([eventCode, pspReference, success])
  if (parts.success) return [...parts.data, readTime(eventDate) ?? gatewayWord(textOf(eventDate) ?? '')].join(':')
  return `sha256:${createHash('sha256').update(JSON.stringify(item)).digest('hex')}`
}

/** ISO 8601 in UTC; Adyen writes its own offset, e.g. 2018-11-01T00:19:34+01:00. */
function readTime(eventDate: unknown): string | null {
  const time = z.iso.datetime({ offset: true }).safeParse(eventDate)
  return time.success ? new Date(time.data).toISOString() : null
}

const KEPT = [
  'eventCode',
  'success',
  'pspReference',
  'originalReference',
  'merchantReference',
  'merchantAccountCode',
  'eventDate',
  'paymentMethod',
  'reason',
] as const

/**
 * What is kept of an item. Never additionalData: it holds what the merchant chose to have in it, card and shopper
 * included.
 */
function readPayload(item: Readonly<Record<string, unknown>>): Record<string, string> {
  const amount = z.looseObject({}).safeParse(item['amount']).data
  const fields: [string, string | null][] = [
    ...KEPT.map((name): [string, string | null] => [name, textOf(item[name])]),
    ['amountValue', textOf(amount?.['value'])],
    ['amountCurrency', textOf(amount?.['currency'])],
  ]
  return Object.fromEntries(fields.flatMap(([name, text]) => (text === null ? [] : [[name, keep(name, text)]])))
}

/** References are what a person looks for, and old ones are 16 digits; a text that people wrote may hold anything. */
function keep(name: string, text: string): string {
  const isFree = name === 'reason' || (name === 'merchantReference' && !z.uuid().safeParse(text).success)
  return isFree ? gatewayMessage(text) : gatewayWord(text)
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null
}
