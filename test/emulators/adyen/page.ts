import { button, escape, gatewayPage, table, time } from '../gateway-page.ts'
import { NEVER } from '../gateway-schedule.ts'
import type { Task } from '../gateway-schedule.ts'
import type { Amount, Ledger, LedgerEntry, RefundEntry, Work } from './ledger.ts'
import { FAULT_LABELS } from './faults.ts'
import type { Schedule } from './schedule.ts'
import type { Delivery } from './webhook-sender.ts'

export interface PageState {
  readonly ledger: Ledger
  readonly schedule: Schedule
  readonly deliveries: readonly Delivery[]
}

/** The ledger and the buttons, for a person. */
export function localPage({ ledger, schedule, deliveries }: PageState): string {
  const sent = deliveries.slice(-100).reverse().map(deliveryRow)
  const tables = `<h2>Ledger</h2>
${table(
  ['When', 'What', 'Amount', 'Refund', 'Payment', 'Remark', 'Do'],
  ledger.entries
    .slice(-300)
    .reverse()
    .map((entry) => ledgerRow(ledger, entry)),
  'Newest first. Nothing here is ever changed.',
)}
<h2>Waiting</h2>
${table(['When', 'What', 'Refund'], [...ledger.tasks.values()].map(taskRow), 'What happens next, by the clock above.')}
<h2>Webhooks sent</h2>
${table(['When', 'What', 'Refund', 'Attempt', 'Answer'], sent, 'Newest first, since this start.')}`
  return gatewayPage({ label: 'Adyen', now: schedule.now(), down: schedule.paused, faults: FAULT_LABELS, tables })
}

function ledgerRow(ledger: Ledger, entry: LedgerEntry): string[] {
  const when = time(Date.parse(entry.at))
  const amount = escape(money(entry.amount))
  if (entry.kind === 'payment') {
    const remarks = [
      entry.captured ? '' : 'not captured',
      entry.refundOutcome === 'ok' ? '' : entry.refundOutcome.replaceAll('_', ' '),
      entry.holderName === 'refund failed' ? 'refunds fail 3 days later' : '',
    ]
    return [when, 'payment', amount, '', escape(entry.pspReference), remarks.filter(Boolean).join(', '), '']
  }
  const isNewest = ledger.refunds.get(entry.pspReference)?.at(-1) === entry
  const { pspReference, paymentPspReference, reason, kind } = entry
  return [
    when,
    kind,
    amount,
    escape(pspReference),
    escape(paymentPspReference),
    escape(reason),
    isNewest ? steps(entry) : '',
  ]
}

/** What a person can make of a refund as it stands. */
function steps({ kind, pspReference }: RefundEntry): string {
  if (kind === 'refund failed') return button('/_local/repair', { pspReference }, 'Repair')
  if (kind !== 'refund sent' && kind !== 'refund repaired') return ''
  const fail = button('/_local/fail', { pspReference }, 'Fail at the bank')
  return fail + button('/_local/reverse', { pspReference }, 'Send the money back')
}

function taskRow({ dueAt, work }: Task<Work>): string[] {
  const when = dueAt === NEVER ? 'after the next webhook' : time(dueAt)
  if (work.kind !== 'deliver')
    return [when, work.kind === 'decide' ? 'decide the refund' : 'fail at the bank', escape(work.refund)]
  const attempt = work.attempts ? `, attempt ${work.attempts + 1}` : ''
  return [when, escape(`webhook ${work.item.eventCode}${attempt}`), escape(work.item.pspReference)]
}

function deliveryRow({ at, eventCode, pspReference, attempt, status }: Delivery): string[] {
  return [
    time(Date.parse(at)),
    escape(eventCode),
    escape(pspReference),
    String(attempt),
    status ? `HTTP ${status}` : 'none',
  ]
}

const DECIMALS: Readonly<Record<string, number>> = {
  JPY: 0,
  KRW: 0,
  IDR: 0,
  CVE: 0,
  BHD: 3,
  JOD: 3,
  KWD: 3,
  OMR: 3,
  TND: 3,
}

/** For the page's readers only; the ledger counts in minor units. */
function money({ value, currency }: Amount): string {
  const digits = DECIMALS[currency] ?? 2
  const text = String(value).padStart(digits + 1, '0')
  return `${currency} ${digits ? `${text.slice(0, -digits)}.${text.slice(-digits)}` : text}`
}
