import { z } from 'zod'
import type { Money } from '../../money/money.ts'
import { GatewayCallError } from '../gateway-http.ts'
import type { GatewayEvent } from '../gateway.ts'
import { gatewayMessage } from '../gateway-message.ts'
import { ReportError } from '../report-line.ts'
import type { ReportLine, ReportPeriod } from '../report-line.ts'
import type { GoCardlessClient } from './gocardless-client.ts'
import { fromMinorUnits } from './gocardless-currency.ts'
import { readEvent } from './gocardless-event.ts'
import { paymentIdSchema, refundIdSchema } from './gocardless-resources.ts'

/** What an event of a refund says of it. Source: developer.gocardless.com, "Event actions", refunds. */
const REFUND_ACTIONS: Readonly<Record<string, ReportLine['says']>> = {
  'refunds.created': 'refund_accepted',
  'refunds.submitted': 'refund_accepted',
  'refunds.paid': 'refund_succeeded',
  'refunds.failed': 'refund_failed',
  'refunds.bounced': 'refund_failed',
  'refunds.cancelled': 'refund_failed',
  'refunds.funds_returned': 'refund_reversed',
}

/**
 * What an item of a payout says of a refund or a debit; of fees and collected payments nothing. Source: developer.gocardless.com, "Payout
 * items". That a payout was lowered by a refund says that there is one, not that its customer has the money.
 */
const ITEM_TYPES: Readonly<Record<string, ReportLine['says']>> = {
  payment_refunded: 'refund_accepted',
  refund: 'refund_accepted',
  refund_funds_returned: 'refund_reversed',
  payment_charged_back: 'chargeback',
}

const payoutSchema = z.object({
  id: z.string().regex(/^PO[0-9A-Za-z]{1,40}$/),
  currency: z.string().regex(/^[A-Z]{3}$/),
  created_at: z.iso.datetime({ offset: true }),
})
type Payout = z.output<typeof payoutSchema>

const itemSchema = z.object({
  type: z.string(),
  /** Minor units with one decimal, for the sake of fees; negative where it lowers the payout. */
  amount: z.string().regex(/^-?\d{1,15}(\.\d)?$/),
  links: z.object({ refund: refundIdSchema.nullish(), payment: paymentIdSchema.nullish() }).nullish(),
})

/**
 * What happened to refunds in a period, by their events, and what the payouts of the period were lowered by.
 * @throws ReportError
 */
export async function* readPayouts(
  client: GoCardlessClient,
  account: string,
  { since, until }: ReportPeriod,
): AsyncGenerator<ReportLine> {
  const created = { 'created_at[gte]': since, 'created_at[lt]': until }
  try {
    for await (const event of client.each('events', { resource_type: 'refunds', ...created }, z.unknown())) {
      const line = eventLine(readEvent(event))
      if (line) yield line
    }
    for await (const payout of client.each('payouts', { creditor: account, ...created }, payoutSchema)) {
      for await (const item of client.each('payout_items', { payout: payout.id }, itemSchema)) {
        const line = itemLine(item, payout)
        if (line) yield line
      }
    }
  } catch (cause) {
    if (!(cause instanceof GatewayCallError)) throw cause
    throw new ReportError(`GoCardless's payouts could not be read: ${gatewayMessage(cause.message)}.`, { cause })
  }
}

/** It carries no amount: told to the ledger, it has the refund looked up. */
function eventLine(event: GatewayEvent): ReportLine | null {
  const says = REFUND_ACTIONS[event.gatewayKind]
  return says ? { place: `event ${event.identity}`, says, event: asReport(event) } : null
}

function asReport(event: GatewayEvent): GatewayEvent {
  return {
    ...event,
    identity: `report:${event.identity}`,
    gatewayKind: `report ${event.gatewayKind}`,
    payload: { ...event.payload, source: 'report' },
  }
}

function itemLine({ type, amount, links }: z.output<typeof itemSchema>, payout: Payout): ReportLine | null {
  const says = ITEM_TYPES[type]
  if (!says) return null
  const isDispute = says === 'chargeback'
  const reference = links?.refund ?? links?.payment
  if (!reference) throw new ReportError(`An item of the payout ${payout.id} names neither refund nor payment.`)
  return {
    place: `payout ${payout.id}`,
    says,
    event: asReport({
      identity: `${payout.id}:${type}:${reference}`,
      kind: isDispute ? 'payment_changed' : 'refund_changed',
      gatewayKind: type,
      occurredAt: new Date(payout.created_at).toISOString(),
      paymentReference: links?.payment ?? null,
      // Of a chargeback there is no reference but the payment's.
      refundReference: links?.refund ?? null,
      refundId: null,
      amount: { value: readAmount(amount, payout).toDecimal(), currency: payout.currency },
      refusal: null,
      payload: { payout: payout.id, type },
    }),
  }
}

function readAmount(amount: string, { id, currency }: Payout): Money {
  try {
    return fromMinorUnits(Number(amount.replace('-', '')), currency)
  } catch (cause) {
    throw new ReportError(`An item of the payout ${id} is no amount: ${(cause as Error).message}.`, { cause })
  }
}
