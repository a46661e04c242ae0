import type { WireAnswer } from '../gateway-wire.ts'
import { ok, usage } from './api-answer.ts'
import type { CreditorEntry, GoCardlessEvent, Ledger, Payment } from './ledger.ts'
import { payoutItemJson, payoutJson } from './payouts.ts'
import { refundJson } from './refunds-action.ts'

/** GET of a resource or of a page of them; null for an address that is not here. */
export function read(ledger: Ledger, path: string, query: URLSearchParams): WireAnswer | null {
  const [, name, id, rest] = path.split('/')
  if (rest !== undefined) return null
  switch (name) {
    case 'refunds': {
      if (id) return one(name, ledger.refunds.get(id), refundJson)
      const payment = query.get('payment')
      const all = payment === null ? [...ledger.refunds.values()] : ledger.refundsOf(payment)
      return page(name, all, query, refundJson, { payment: (refund) => refund.payment })
    }
    case 'payments': {
      const json = (payment: Payment) => paymentJson(ledger, payment)
      if (id) return one(name, ledger.payments.get(id), json)
      return page(name, [...ledger.payments.values()], query, json, {
        mandate: (payment) => payment.mandate,
        creditor: (payment) => payment.creditor,
      })
    }
    case 'creditors': {
      if (id) return one(name, ledger.creditors.get(id), creditorJson)
      return page(name, [...ledger.creditors.values()], query, creditorJson, {})
    }
    case 'events': {
      if (id) return one(name, ledger.events.get(id), (event) => event)
      return events(ledger, query)
    }
    case 'payouts': {
      const all = [...ledger.payouts.values()]
      if (id) return one(name, ledger.payouts.get(id), payoutJson)
      return page(name, all, query, payoutJson, { creditor: (payout) => payout.creditor })
    }
    case 'payout_items':
      return id ? null : payoutItems(ledger, query)
    case 'balances':
      return id ? null : balances(ledger, query)
    default:
      return null
  }
}

export function paymentJson(ledger: Ledger, payment: Payment): object {
  const { id, amount, currency, status, chargeDate, at, creditor, mandate } = payment
  const amount_refunded = ledger.amountRefunded(id)
  const fx = { fx_currency: currency, fx_amount: null, exchange_rate: null, estimated_exchange_rate: null }
  return {
    ...{ id, created_at: at, charge_date: chargeDate, amount, description: null, currency, status },
    ...{ reference: null, metadata: {}, amount_refunded, fx, links: { mandate, creditor }, retry_if_possible: false },
  }
}

function creditorJson({ id, at, canCreateRefunds }: CreditorEntry): object {
  return { id, created_at: at, name: 'Refund Relay (local)', can_create_refunds: canCreateRefunds, links: {} }
}

function balances(ledger: Ledger, query: URLSearchParams): WireAnswer {
  const creditor = ledger.creditors.get(query.get('creditor') ?? '')
  if (!creditor) return usage(400, 'invalid_filters', 'creditor is required')
  const all = Object.entries(creditor.confirmedFunds).map(([currency, amount]) => ({
    ...{ id: currency, at: creditor.at, amount, currency, balance_type: 'confirmed_funds' },
    ...{ last_updated_at: creditor.at, links: { creditor: creditor.id } },
  }))
  return page('balances', all, query, ({ id: _id, at: _at, ...balance }) => balance, {
    creditor: (one) => one.links.creditor,
  })
}

/** Items have no id of their own: their place is what a cursor points at. */
function payoutItems(ledger: Ledger, query: URLSearchParams): WireAnswer {
  const payout = ledger.payouts.get(query.get('payout') ?? '')
  if (!payout) return usage(400, 'invalid_filters', 'payout is required')
  const all = payout.items.map((item, place) => ({ ...item, id: `${place}`, at: payout.at, payout: payout.id }))
  return page('payout_items', all, query, payoutItemJson, { payout: (item) => item.payout })
}

const EVENT_LINKS = ['payment', 'refund', 'mandate'] as const

function events(ledger: Ledger, query: URLSearchParams): WireAnswer {
  const linked = EVENT_LINKS.filter((name) => query.has(name))
  if (linked.length > 0 && query.has('resource_type')) {
    return usage(400, 'invalid_filters', `resource_type cannot be used together with ${linked.join(', ')}`)
  }
  const filters = Object.fromEntries(EVENT_LINKS.map((name) => [name, (event: GoCardlessEvent) => event.links[name]]))
  return page('events', [...ledger.events.values()], query, (event) => event, {
    ...filters,
    action: (event) => event.action,
    resource_type: (event) => event.resource_type,
  })
}

function one<Item>(name: string, item: Item | undefined, json: (item: Item) => object): WireAnswer {
  return item ? ok(200, { [name]: json(item) }) : usage(404, 'resource_not_found', 'Resource not found')
}

const COMPARE: Readonly<Record<string, (at: string, bound: string) => boolean>> = {
  gt: (at, bound) => at > bound,
  gte: (at, bound) => at >= bound,
  lt: (at, bound) => at < bound,
  lte: (at, bound) => at <= bound,
}

type Timed = { readonly at: string } | { readonly created_at: string }

function timeOf(item: Timed): string {
  return 'at' in item ? item.at : item.created_at
}

/** Newest first, `limit` at a time; the cursor `after` leads to older ones. */
function page<Item extends { readonly id: string } & Timed>(
  name: string,
  oldestFirst: readonly Item[],
  query: URLSearchParams,
  json: (item: Item) => object,
  filters: Readonly<Record<string, (item: Item) => string | undefined>>,
): WireAnswer {
  let items = [...oldestFirst].reverse()
  for (const [parameter, value] of query) {
    const created = /^created_at\[(\w+)\]$/.exec(parameter)?.[1]
    const compare = created === undefined ? undefined : COMPARE[created]
    const filter = filters[parameter]
    if (compare) {
      const bound = new Date(value).toISOString()
      items = items.filter((item) => compare(timeOf(item), bound))
    } else if (filter) items = items.filter((item) => filter(item) === value)
    else if (!['limit', 'after', 'before'].includes(parameter)) {
      return usage(400, 'invalid_filters', `${parameter} is not a filter of ${name}`)
    }
  }
  const limit = Number(query.get('limit') ?? 50)
  if (!Number.isInteger(limit) || limit < 1 || limit > 500) return usage(400, 'invalid_filters', 'limit is 1 to 500')
  const after = query.get('after')
  const start = after === null ? 0 : items.findIndex(({ id }) => id === after) + 1
  const shown = items.slice(start, start + limit)
  const cursors = {
    before: start > 0 ? (shown[0]?.id ?? null) : null,
    after: start + limit < items.length ? (shown.at(-1)?.id ?? null) : null,
  }
  return ok(200, { [name]: shown.map(json), meta: { cursors, limit } })
}
