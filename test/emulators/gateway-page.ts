import type { Step } from './gateway-step.ts'

const STYLE = `
:root { color-scheme: light; font: 16px/1.45 system-ui, sans-serif; color: #16325c; background: #f4f6f9 }
body { margin: 0 auto; max-width: 76rem; padding: 1rem }
h1 { font-size: 1.35rem; margin: 0 0 .25rem }
h2 { font-size: 1.05rem; margin: 1.5rem 0 .5rem }
p { margin: .25rem 0 }
form { display: inline-block; margin: .2rem .4rem .2rem 0; max-width: 100% }
button, select { font: inherit; padding: .4rem .8rem; min-height: 2.75rem; max-width: 100%; color: #16325c }
button, select { border: 1px solid #5c6f8c; border-radius: .3rem; background: #fff }
input { font: inherit; padding: .4rem .6rem; min-height: 2.75rem; box-sizing: border-box; max-width: 100%; color: #16325c }
input { border: 1px solid #5c6f8c; border-radius: .3rem; background: #fff }
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

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

export interface GatewayPage {
  /** "Adyen" */
  readonly label: string
  readonly now: number
  readonly down: boolean
  readonly faults: Readonly<Record<string, string>>
  /** HTML between the buttons of time and the ledger. */
  readonly more?: string
  /** HTML: the tables. */
  readonly tables: string
}

/** The page of a local gateway, for a person. Plain HTML: every button is a form. */
export function gatewayPage({ label, now, down, faults, more = '', tables }: GatewayPage): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Local ${label}</title><link rel="icon" href="data:,"><style>${STYLE}</style></head><body><main>
<h1>Local ${label}</h1>
<p>It stands in for ${label} on this machine: no real money moves. Its clock says
<strong>${time(now)}</strong>.</p>
${down ? `<p class="down" role="status">${label} is down: calls are cut off, and no webhook leaves.</p>` : ''}
<h2>Time and trouble</h2>
${button('/_local/clock', { advanceMs: 10 * MINUTE_MS }, '10 minutes later')}
${button('/_local/clock', { advanceMs: DAY_MS }, '1 day later')}
${button('/_local/clock', { advanceMs: 3 * DAY_MS }, '3 days later')}
${button('/_local/down', { down: !down }, down ? `Bring ${label} back` : `Take ${label} down`)}
<form method="post" action="/_local/fault">
<label>Something goes wrong: <select name="name">${options(faults)}</select></label>
<button>Break it</button></form>
${more}
${tables}
</main></body></html>
`
}

/** @param rows HTML of each cell */
export function table(names: readonly string[], rows: readonly string[][], caption: string): string {
  if (rows.length === 0) return '<p>Nothing yet.</p>'
  const cell = (html: string, column: number) => `<td data-name="${names[column]}"><div>${html}</div></td>`
  const heads = names.map((name) => `<th scope="col">${name}</th>`).join('')
  return `<table><caption>${caption}</caption><thead><tr>${heads}</tr></thead>
<tbody>${rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('\n')}</tbody></table>`
}

export function button(
  action: string,
  fields: Readonly<Record<string, string | number | boolean>>,
  label: string,
): string {
  return `<form method="post" action="${action}">${hidden(fields)}<button>${label}</button></form>`
}

/** @returns HTML: a form each */
export function stepButtons(steps: readonly Step[]): string {
  return steps
    .map(({ path, fields, label, amount }) =>
      amount === undefined ? button(path, fields, label) : amountForm(path, fields, label, amount),
    )
    .join('')
}

function amountForm(path: string, fields: Step['fields'], label: string, amount: string): string {
  const inputs = hidden(fields)
  return `<form method="post" action="${path}">${inputs}
<label>${label}: <input name="amount" value="${amount}" inputmode="decimal" size="9" required></label>
<button>Do it</button></form>`
}

function hidden(fields: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `<input type="hidden" name="${name}" value="${escape(String(value))}">`)
    .join('')
}

function options(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, label]) => `<option value="${name}">${label}</option>`)
    .join('')
}

export function time(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`)
}
