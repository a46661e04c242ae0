import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { GatewayEvent } from '../gateway.ts'
import { gatewayWord } from '../gateway-message.ts'
import { isoTime, paymentIdSchema, refundIdSchema, stampOf } from './gocardless-resources.ts'

/** What is read of a mandate's history. */
export const mandateEventSchema = z.object({
  action: z.string(),
  details: z.object({ cause: z.string().nullish() }).nullish(),
})

const wordSchema = z.string().regex(/^[\w.-]{1,80}$/)

const eventSchema = z.object({
  id: z.string().regex(/^EV[0-9A-Za-z]{1,40}$/),
  created_at: z.iso.datetime({ offset: true }),
  resource_type: wordSchema,
  action: wordSchema,
  links: z.looseObject({ refund: refundIdSchema.nullish(), payment: paymentIdSchema.nullish() }),
  resource_metadata: z.record(z.string(), z.unknown()).nullish().catch(null),
})
type Event = z.output<typeof eventSchema>

/** What can change how a payment stands. Source: developer.gocardless.com, "Event actions", payments. */
const PAYMENT_ACTIONS = [
  'confirmed',
  'paid_out',
  'failed',
  'late_failure_settled',
  'charged_back',
  'chargeback_cancelled',
  'chargeback_settled',
  'cancelled',
  'resubmission_requested',
]

/**
 * Reads one event of an authentic delivery. It carries no amount and no status: what it changed is to be asked. What
 * makes no sense in it is parked as `unreadable`, and holds nothing else back.
 */
export function readEvent(event: unknown): GatewayEvent {
  const fields = z.looseObject({}).safeParse(event).data ?? {}
  const read = eventSchema.safeParse(event).data
  const kind = read ? kindOf(read) : 'unreadable'
  return {
    identity: read?.id ?? `sha256:${createHash('sha256').update(JSON.stringify(event)).digest('hex')}`,
    kind,
    gatewayKind: [fields['resource_type'], fields['action']].map(wordOf).filter(Boolean).join('.') || '(none)',
    occurredAt: isoTime(fields['created_at']),
    paymentReference: read?.links.payment ?? null,
    refundReference: read?.links.refund ?? null,
    refundId: read?.resource_type === 'refunds' ? stampOf(read.resource_metadata) : null,
    amount: null,
    refusal: null,
    payload: readPayload(fields),
  }
}

function kindOf({ resource_type, action, links }: Event): GatewayEvent['kind'] {
  if (resource_type === 'refunds') {
    if (!links.refund) return 'unreadable'
    // Only a payout of the merchant was lowered by it; nothing is said of the customer's money.
    return action === 'refund_settled' ? 'other' : 'refund_changed'
  }
  if (resource_type !== 'payments') return 'other'
  if (!links.payment) return 'unreadable'
  return PAYMENT_ACTIONS.includes(action) ? 'payment_changed' : 'other'
}

const KEPT = ['id', 'created_at', 'resource_type', 'action'] as const
const KEPT_DETAILS = ['cause', 'origin', 'reason_code', 'scheme'] as const
const KEPT_LINKS = ['refund', 'payment', 'mandate', 'payout', 'creditor', 'organisation', 'parent_event'] as const

/** Never metadata: it holds what the merchant chose to have in it, and never a link to customer or bank account. */
function readPayload(fields: Readonly<Record<string, unknown>>): Record<string, string> {
  const part = (name: string) => z.looseObject({}).safeParse(fields[name]).data ?? {}
  const [details, links] = [part('details'), part('links')]
  const kept: [string, unknown][] = [
    ...KEPT.map((name): [string, unknown] => [name, fields[name]]),
    ...KEPT_DETAILS.map((name): [string, unknown] => [name, details[name]]),
    ...KEPT_LINKS.map((name): [string, unknown] => [`links.${name}`, links[name]]),
  ]
  return Object.fromEntries(
    kept.flatMap(([name, value]) => (typeof value === 'string' ? [[name, gatewayWord(value)]] : [])),
  )
}

function wordOf(value: unknown): string {
  return typeof value === 'string' ? gatewayWord(value) : ''
}
