import { randomBytes } from 'node:crypto'
import type { Ledger, LedgerEntry, PayoutEntry, PayoutItem } from './ledger.ts'

/** What a charged payment costs, in minor units; a fraction, as GoCardless keeps its fees. */
const FEE = '-20.4'

/**
 * Pays out what happened at a creditor since its last payout, one payout for each currency: payments collected, less what was
 * refunded, charged back or taken as a fee.
 */
export function payOut(ledger: Ledger, creditor: string, at: string): PayoutEntry[] {
  const last = ledger.entries.findLastIndex((entry) => entry.kind === 'payout' && entry.creditor === creditor)
  const items = new Map<string, PayoutItem[]>()
  for (const entry of ledger.entries.slice(last + 1)) {
    const found = itemsOf(ledger, creditor, entry)
    if (found) items.set(found.currency, [...(items.get(found.currency) ?? []), ...found.items])
  }
  return [...items].map(([currency, listed]) => ({
    kind: 'payout',
    at,
    id: `PO${randomBytes(7).toString('hex').toUpperCase()}`,
    creditor,
    currency,
    items: listed,
  }))
}

function itemsOf(ledger: Ledger, creditor: string, entry: LedgerEntry) {
  if (entry.kind === 'payment' && entry.creditor === creditor && entry.status === 'paid_out') {
    const links = { payment: entry.id }
    const collected = { type: 'payment_paid_out', amount: `${entry.amount}.0`, links }
    return { currency: entry.currency, items: [collected, { type: 'gocardless_fee', amount: FEE, links }] }
  }
  if (entry.kind === 'payment changed' && entry.status === 'charged_back') {
    const payment = ledger.payments.get(entry.id)!
    if (payment.creditor !== creditor) return null
    const item = { type: 'payment_charged_back', amount: `-${payment.amount}.0`, links: { payment: entry.id } }
    return { currency: payment.currency, items: [item] }
  }
  if (entry.kind !== 'refund changed' || (entry.status !== 'paid' && entry.status !== 'funds_returned')) return null
  const refund = ledger.refunds.get(entry.id)!
  if (ledger.payments.get(refund.payment)!.creditor !== creditor) return null
  const links = { payment: refund.payment, refund: refund.id }
  const item =
    entry.status === 'paid'
      ? { type: 'payment_refunded', amount: `-${refund.amount}.0`, links }
      : { type: 'refund_funds_returned', amount: `${refund.amount}.0`, links }
  return { currency: refund.currency, items: [item] }
}

export function payoutJson({ id, at, currency, creditor, items }: PayoutEntry): object {
  const amount = Math.trunc(items.reduce((sum, item) => sum + Number(item.amount), 0))
  return {
    ...{
      id,
      amount,
      currency,
      created_at: at,
      arrival_date: at.slice(0, 10),
      deducted_fees: 0,
      payout_type: 'merchant',
    },
    ...{
      reference: id,
      status: 'paid',
      tax_currency: null,
      metadata: {},
      links: { creditor, creditor_bank_account: 'BA1' },
    },
  }
}

export function payoutItemJson({ type, amount, links }: PayoutItem): object {
  return { type, amount, links, taxes: [] }
}
