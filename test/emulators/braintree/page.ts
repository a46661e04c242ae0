import { escape, gatewayPage, stepButtons, table, time } from '../gateway-page.ts'
import { NEVER } from '../gateway-schedule.ts'
import type { Task } from '../gateway-schedule.ts'
import { FAULT_LABELS } from './faults.ts'
import type { Ledger, LedgerEntry, Work } from './ledger.ts'
import type { Schedule } from './merchant.ts'
import { stepsOf } from './steps.ts'
import type { Delivery } from './webhook-sender.ts'

export interface PageState {
  readonly ledger: Ledger
  readonly schedule: Schedule
  readonly deliveries: readonly Delivery[]
}

/** The ledger and the buttons, for a person. */
export function localPage({ ledger, schedule, deliveries }: PageState): string {
  const entries = ledger.entries.slice(-300).reverse()
  const sent = deliveries.slice(-100).reverse().map(deliveryRow)
  const tables = `<h2>Ledger</h2>
${table(
  ['When', 'What', 'Amount', 'Refund', 'Payment', 'Remark', 'Do'],
  entries.map((entry) => ledgerRow(ledger, entry)),
  'Newest first. Nothing here is ever changed.',
)}
<h2>Waiting</h2>
${table(['When', 'What', 'Refund'], [...ledger.tasks.values()].map(taskRow), 'What happens next, by the clock above.')}
<h2>Webhooks sent</h2>
${table(['When', 'What', 'Refund', 'Attempt', 'Answer'], sent, 'Newest first, since this start.')}`
  return gatewayPage({ label: 'Braintree', now: schedule.now(), down: schedule.paused, faults: FAULT_LABELS, tables })
}

function ledgerRow(ledger: Ledger, entry: LedgerEntry): string[] {
  const { kind, at, reference, amount, remark, transaction } = entry
  const isNewest = ledger.transactions.get(reference) === transaction
  const isSale = transaction.type === 'sale'
  const remarks = [
    remark,
    kind === 'payment' ? transaction.status.replaceAll('_', ' ') : '',
    transaction.cardExpired ? 'card expired' : '',
    isSale && transaction.escrowStatus === 'held' ? 'held in escrow' : '',
    isSale && transaction.instrument !== 'credit_card' ? transaction.instrument.replaceAll('_', ' ') : '',
  ]
  return [
    time(Date.parse(at)),
    kind,
    escape(`${transaction.currency} ${amount}`),
    isSale ? '' : escape(reference),
    escape(isSale ? reference : (transaction.refundedTransactionId ?? '')),
    escape(remarks.filter(Boolean).join(', ')),
    isNewest ? stepButtons(stepsOf(transaction)) : '',
  ]
}

function taskRow({ dueAt, work }: Task<Work>): string[] {
  const when = dueAt === NEVER ? 'after the next webhook' : time(dueAt)
  if (work.kind === 'settle') return [when, 'settle', escape(work.reference)]
  const attempt = work.attempts ? `, attempt ${work.attempts + 1}` : ''
  return [when, escape(`webhook ${work.told.kind}${attempt}`), escape(work.told.reference)]
}

function deliveryRow({ at, kind, reference, attempt, status }: Delivery): string[] {
  return [time(Date.parse(at)), escape(kind), escape(reference), String(attempt), status ? `HTTP ${status}` : 'none']
}
