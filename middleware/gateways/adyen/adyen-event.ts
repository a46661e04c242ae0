import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { GatewayEvent } from '../gateway.ts'
import { gatewayMessage, gatewayWord } from '../gateway-message.ts'
import { NOTHING, readerOf, uuidSchema, wordSchema } from './adyen-event-kinds.ts'

// Made once: made anew for every event they took a quarter of the CPU of a webhook.
const identitySchema = z.array(wordSchema)
const timeSchema = z.iso.datetime({ offset: true })
const amountSchema = z.looseObject({})

/**
 * Reads one item whose signature was verified. What makes no sense in it is parked as `unreadable`, and holds nothing
 * else back.
 */
export function readEvent(item: Readonly<Record<string, unknown>>): GatewayEvent {
  const gatewayKind = gatewayWord(textOf(item['eventCode']) ?? '') || '(none)'
  const frame = {
    identity: identityOf(item),
    gatewayKind,
    occurredAt: readTime(item['eventDate']),
    payload: readPayload(item),
    ...NOTHING,
  }
  const read = readerOf(item['eventCode'])
  if (!read) {
    const paymentReference = wordSchema.safeParse(item['originalReference']).data ?? null
    return { ...frame, kind: 'other', paymentReference }
  }
  try {
    return { ...frame, ...read(item, textOf(item['reason']) ?? '') }
  } catch {
    return { ...frame, kind: 'unreadable' }
  }
}

/**
 * Adyen repeats an event with the same account (the endpoint's), event code, reference and success. A later eventDate
 * may be news, a repaired refund for one; of a capture it is none, and counting one twice would raise what can be
 * refunded. Where these do not say which event it is, its whole text does.
 */
function identityOf(item: Readonly<Record<string, unknown>>): string {
  const { eventCode, pspReference, success, eventDate } = item
  const parts = identitySchema.safeParse([eventCode, pspReference, success])
  const counts = eventCode === 'CAPTURE' || eventCode === 'CAPTURE_FAILED'
  if (parts.success && counts) return parts.data.join(':')
  if (parts.success) return [...parts.data, readTime(eventDate) ?? gatewayWord(textOf(eventDate) ?? '')].join(':')
  return `sha256:${createHash('sha256').update(JSON.stringify(item)).digest('hex')}`
}

/** ISO 8601 in UTC; Adyen writes its own offset, e.g. 2018-11-01T00:19:34+01:00. */
function readTime(eventDate: unknown): string | null {
  const time = timeSchema.safeParse(eventDate)
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
  const amount = amountSchema.safeParse(item['amount']).data
  const fields: [string, string | null][] = [
    ...KEPT.map((name): [string, string | null] => [name, textOf(item[name])]),
    ['amountValue', textOf(amount?.['value'])],
    ['amountCurrency', textOf(amount?.['currency'])],
  ]
  return Object.fromEntries(fields.flatMap(([name, text]) => (text === null ? [] : [[name, keep(name, text)]])))
}

/** References are what a person looks for, and old ones are 16 digits; a text that people wrote may hold anything. */
function keep(name: string, text: string): string {
  const isFree = name === 'reason' || (name === 'merchantReference' && !uuidSchema.safeParse(text).success)
  return isFree ? gatewayMessage(text) : gatewayWord(text)
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null
}
