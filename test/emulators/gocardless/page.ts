import { escape, gatewayPage, stepButtons, table, time } from '../gateway-page.ts'
import { NEVER } from '../gateway-schedule.ts'
import type { Task } from '../gateway-schedule.ts'
import { money } from './amount-text.ts'
import { FAULT_LABELS } from './faults.ts'
import type { CreditorEntry, Ledger, LedgerEntry, Schedule, Work } from './ledger.ts'
import { creditorSteps, stepsOf } from './steps.ts'
import type { Delivery } from './webhook-sender.ts'

export interface PageState {
  readonly ledger: Ledger
  readonly schedule: Schedule
  readonly deliveries: readonly Delivery[]
}

/** The ledger and the buttons, for a person. */
export function localPage({ ledger, schedule, deliveries }: PageState): string {
  // The funds change with every refund; the table of creditors shows what they came to.
  const entries = ledger.entries.filter((entry) => entry.kind !== 'creditor')
  const tables = `<h2>Ledger</h2>
${table(
  ['When', 'What', 'Amount', 'Refund', 'Payment', 'Remark', 'Do'],
  entries
    .slice(-300)
    .reverse()
    .map((entry) => ledgerRow(ledger, entry)),
  'Newest first. Nothing here is ever changed.',
)}
<h2>Waiting</h2>
${table(
  ['When', 'What', 'Refund'],
  [...ledger.tasks.values()].map((task) => taskRow(ledger, task)),
  'What happens next, by the clock above.',
)}
<h2>Webhooks sent</h2>
${table(
  ['When', 'What', 'Attempt', 'Answer'],
  deliveries
    .slice(-100)
    .reverse()
    .map((delivery) => deliveryRow(ledger, delivery)),
  'Newest first, since this start.',
)}`
  const more = `<h2>Creditors</h2>
${table(['Creditor', 'Refunds', 'Confirmed funds', 'Do'], [...ledger.creditors.values()].map(creditorRow), 'As they stand.')}`
  const [now, down] = [schedule.now(), schedule.paused]
  return gatewayPage({ label: 'GoCardless', now, down, faults: FAULT_LABELS, more, tables })
}

function creditorRow(creditor: CreditorEntry): string[] {
  const { id, canCreateRefunds, confirmedFunds } = creditor
  const funds = Object.entries(confirmedFunds).map(([currency, amount]) => money(amount, currency))
  const does = stepButtons(creditorSteps(creditor))
  return [escape(id), canCreateRefunds ? 'refunds on' : 'refunds off', escape(funds.join(', ')), does]
}

function ledgerRow(ledger: Ledger, entry: Exclude<LedgerEntry, CreditorEntry>): string[] {
  const when = time(Date.parse(entry.at))
  const latest = ledger.entries.findLast((one) => one.id === entry.id) === entry
  switch (entry.kind) {
    case 'payout': {
      const sum = Math.trunc(entry.items.reduce((total, { amount }) => total + Number(amount), 0))
      return [
        when,
        entry.kind,
        money(sum, entry.currency),
        '',
        '',
        escape(`${entry.id}, ${entry.items.length} items`),
        '',
      ]
    }
    case 'payment':
    case 'payment changed': {
      const { id, amount, currency } = ledger.payments.get(entry.id)!
      const remark = escape(entry.status.replaceAll('_', ' '))
      return [
        when,
        entry.kind,
        escape(money(amount, currency)),
        '',
        escape(id),
        remark,
        latest ? stepButtons(stepsOf('payment', entry)) : '',
      ]
    }
    default: {
      const { id, amount, currency, payment } = ledger.refunds.get(entry.id)!
      const status = entry.kind === 'refund changed' ? entry.status : entry.kind === 'refund accepted' ? 'created' : ''
      const remark = escape(status.replaceAll('_', ' '))
      const does = latest && status ? stepButtons(stepsOf('refund', { id, status })) : ''
      return [when, entry.kind, escape(money(amount, currency)), escape(id), escape(payment), remark, does]
    }
  }
}

function taskRow(ledger: Ledger, { dueAt, work }: Task<Work>): string[] {
  const when = dueAt === NEVER ? 'after the next webhook' : time(dueAt)
  if (work.kind === 'decide') return [when, 'decide the refund', escape(work.refund)]
  const attempt = work.attempts ? `, attempt ${work.attempts + 1}` : ''
  return [when, escape(`webhook: ${namesOf(ledger, work.events)}${attempt}`), '']
}

function deliveryRow(ledger: Ledger, { at, events, attempt, status }: Delivery): string[] {
  const answer = status === null ? 'none' : `HTTP ${status}`
  return [time(Date.parse(at)), escape(namesOf(ledger, events)), String(attempt), answer]
}

function namesOf(ledger: Ledger, events: readonly string[]): string {
  const names = events.slice(0, 5).map((id) => ledger.events.get(id)!)
  const more = events.length > 5 ? ` and ${events.length - 5} more` : ''
  return names.map(({ resource_type, action }) => `${resource_type}.${action}`).join(', ') + more
}
