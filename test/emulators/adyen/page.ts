import { escape, gatewayPage, table, time } from '../gateway-page.ts'
import { NEVER } from '../gateway-schedule.ts'
import type { Task } from '../gateway-schedule.ts'
import { FAULT_LABELS } from './faults.ts'
import type { Ledger, Work } from './ledger.ts'
import { ledgerRow } from './page-ledger.ts'
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

function taskRow({ dueAt, work }: Task<Work>): string[] {
  const when = dueAt === NEVER ? 'after the next webhook' : time(dueAt)
  switch (work.kind) {
    case 'decide':
      return [when, 'decide the refund', escape(work.refund)]
    case 'fail late':
      return [when, 'fail at the bank', escape(work.refund)]
    case 'decide whole':
      return [when, 'decide the cancel', escape(work.request)]
    case 'decide credit':
      return [when, 'decide the credit', escape(work.request)]
    case 'deliver': {
      const attempt = work.attempts ? `, attempt ${work.attempts + 1}` : ''
      return [when, escape(`webhook ${work.item.eventCode}${attempt}`), escape(work.item.pspReference)]
    }
  }
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
