import type { Amount, Ledger, LedgerEntry, RefundEntry, Task } from './ledger.ts'
import { FAULT_LABELS } from './faults.ts'
import type { Schedule } from './schedule.ts'
import type { Delivery } from './webhook-sender.ts'

export interface PageState {
  readonly ledger: Ledger
  readonly schedule: Schedule
  readonly deliveries: readonly Delivery[]
}

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

const STYLE = `
:root { color-scheme: light; font: 16px/1.45 system-ui, sans-serif; color: #16325c; background: #f4f6f9 }
body { margin: 0 auto; max-width: 76rem; padding: 1rem }
h1 { font-size: 1.35rem; margin: 0 0 .25rem }
h2 { font-size: 1.05rem; margin: 1.5rem 0 .5rem }
p { margin: .25rem 0 }
form { display: inline-block; margin: .2rem .4rem .2rem 0; max-width: 100% }
button, select { font: inherit; padding: .4rem .8rem; min-height: 2.75rem; max-width: 100%; color: #16325c }
button, select { border: 1px solid #5c6f8c; border-radius: .3rem; background: #fff }
button:hover { background: #e5ecf6 }
:focus-visible { outline: 3px solid #0b5cab; outline-offset: 2px }
.down { background: #8e030f; color: #fff; padding: .5rem .8rem; border-radius: .3rem }
table { border-collapse: collapse; width: 100%; background: #fff }
caption { text-align: left; padding: .3rem 0 }
th, td { text-align: left; padding: .45rem .6rem; border-bottom: 1px solid #d8dde6; vertical-align: top }
@media (min-width: 64.01rem) { [data-name=Amount], [data-name=Refund], [data-name=Payment] { white-space: nowrap } }
@media (max-width: 64rem) {
  thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden }
  tr { display: block; border-bottom: 2px solid #b0b9c8; padding: .4rem 0 }
  td { display: grid; grid-template-columns: 5rem 1fr; gap: .6rem; border: 0; padding: .15rem .5rem }
  td { overflow-wrap: anywhere }
  td::before { content: attr(data-name); color: #50617a }
  td:has(div:empty) { display: none }
}`

/** The ledger and the buttons, for a person. Plain HTML: every button is a form. */
export function localPage({ ledger, schedule, deliveries }: PageState): string {
  const down = schedule.paused
  const sent = deliveries.slice(-100).reverse().map(deliveryRow)
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Local Adyen</title><link rel="icon" href="data:,"><style>${STYLE}</style></head><body><main>
<h1>Local Adyen</h1>
<p>It stands in for Adyen on this machine: no real money moves. Its clock says
<strong>${time(schedule.now())}</strong>.</p>
${down ? '<p class="down" role="status">Adyen is down: calls are cut off, and no webhook leaves.</p>' : ''}
<h2>Time and trouble</h2>
${button('/_local/clock', { advanceMs: 10 * MINUTE_MS }, '10 minutes later')}
${button('/_local/clock', { advanceMs: DAY_MS }, '1 day later')}
${button('/_local/clock', { advanceMs: 3 * DAY_MS }, '3 days later')}
${button('/_local/down', { down: !down }, down ? 'Bring Adyen back' : 'Take Adyen down')}
<form method="post" action="/_local/fault">
<label>Something goes wrong: <select name="name">${faultOptions()}</select></label>
<button>Break it</button></form>
<h2>Ledger</h2>
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
${table(['When', 'What', 'Refund', 'Attempt', 'Answer'], sent, 'Newest first, since this start.')}
</main></body></html>
`
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

function taskRow({ dueAt, work }: Task): string[] {
  const when = dueAt === Number.MAX_SAFE_INTEGER ? 'after the next webhook' : time(dueAt)
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

/** @param rows HTML of each cell */
function table(names: readonly string[], rows: readonly string[][], caption: string): string {
  if (rows.length === 0) return '<p>Nothing yet.</p>'
  const cell = (html: string, column: number) => `<td data-name="${names[column]}"><div>${html}</div></td>`
  const heads = names.map((name) => `<th scope="col">${name}</th>`).join('')
  return `<table><caption>${caption}</caption><thead><tr>${heads}</tr></thead>
<tbody>${rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('\n')}</tbody></table>`
}

function button(action: string, fields: Readonly<Record<string, string | number | boolean>>, label: string): string {
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${escape(String(value))}">`,
  )
  return `<form method="post" action="${action}">${inputs.join('')}<button>${label}</button></form>`
}

function faultOptions(): string {
  return Object.entries(FAULT_LABELS)
    .map(([name, label]) => `<option value="${name}">${label}</option>`)
    .join('')
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

function time(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`)
}
