import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { RefusalCode } from '../middleware/errors.ts'
import { REFUSALS } from '../middleware/errors/refusals.ts'
import { ADYEN_ERROR_CODES, CANCEL_REASONS, REFUND_REASONS } from '../middleware/gateways/adyen/adyen-errors.ts'
import {
  PROCESSOR_CODES,
  REFUSED_CALLS,
  SETTLEMENT_CODES,
  VALIDATION_CODES,
} from '../middleware/gateways/braintree/braintree-errors.ts'
import { GOCARDLESS_REASONS } from '../middleware/gateways/gocardless/gocardless-errors.ts'
import { PAYMENT_STATUS, REFUND_REFUSAL } from '../middleware/gateways/gocardless/gocardless-resources.ts'

const BEGIN = '<!-- refusals: node scripts/refusal-table.ts --write -->'
const END = '<!-- /refusals -->'

/** What a gateway says, and what it is here. */
type Said = readonly [raw: string | RegExp, code: RefusalCode | null]

interface Source {
  /** Which of the gateway's words these are, where it is not its error code. */
  readonly of?: string
  readonly said: Iterable<Said>
}

/** Each gateway's own tables. */
const GATEWAYS: Readonly<Record<string, readonly Source[]>> = {
  Adyen: [
    { said: ADYEN_ERROR_CODES },
    { of: 'refund reason', said: REFUND_REASONS },
    { of: 'cancel reason', said: CANCEL_REASONS },
  ],
  Braintree: [
    { said: VALIDATION_CODES },
    { of: 'processor', said: PROCESSOR_CODES },
    { of: 'settlement', said: SETTLEMENT_CODES },
    { of: 'call', said: REFUSED_CALLS },
  ],
  GoCardless: [
    { said: GOCARDLESS_REASONS },
    { of: 'refund status', said: Object.entries(REFUND_REFUSAL) },
    {
      of: 'payment status',
      said: Object.entries(PAYMENT_STATUS).map(([status, { obstacle }]): Said => [status, obstacle]),
    },
  ],
}

/** From here on, codes that follow one another are told as a range. */
const RANGE_FROM = 5

function withRanges(raws: readonly string[]): string[] {
  const runs: string[][] = []
  for (const raw of raws) {
    const run = runs.at(-1)
    if (run && String(Number(run.at(-1)) + 1) === raw) run.push(raw)
    else runs.push([raw])
  }
  return runs.flatMap((run) => (run.length < RANGE_FROM ? run : [`${run[0]}–${run.at(-1)}`]))
}

/** A bar would end the cell, in code too. */
const quoted = (raw: string) => `\`${raw.replaceAll('|', '\\|')}\``

function rawCodes(sources: readonly Source[], wanted: string): string {
  const told = sources.map(({ of, said }) => {
    const raws = [...said].filter(([, code]) => code === wanted).map(([raw]) => String(raw))
    return raws.length > 0 ? `${of ? `${of} ` : ''}${withRanges(raws).map(quoted).join(', ')}` : null
  })
  return told.filter((part) => part !== null).join('; ') || '–'
}

/** A Markdown table, made from the refusals and from the tables by which the adapters come to them. */
export function refusalTable(): string {
  const rows = Object.entries(REFUSALS).map(([code, { crmCode, sentence, remedy }]) => [
    quoted(code),
    quoted(crmCode),
    `${sentence} ${remedy}`,
    ...Object.values(GATEWAYS).map((sources) => rawCodes(sources, code)),
  ])
  const head = ['code', 'in Salesforce', 'what happened, and what to do', ...Object.keys(GATEWAYS)]
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** The README with today's table in its place. */
export function withTable(readme: string): string {
  const [before, rest] = readme.split(BEGIN)
  const after = rest?.split(END)[1]
  if (after === undefined) throw new Error(`README.md lacks the marks ${BEGIN} and ${END}`)
  return `${before}${BEGIN}\n\n${refusalTable()}\n\n${END}${after}`
}

if (import.meta.main) {
  const readme = resolve(import.meta.dirname, '../README.md')
  if (process.argv.includes('--write')) writeFileSync(readme, withTable(readFileSync(readme, 'utf8')))
  else process.stdout.write(`${refusalTable()}\n`)
}
