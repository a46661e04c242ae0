import { createReadStream, statSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { z } from 'zod'
import { openGateway } from '../gateways/registry.ts'
import type { Config } from '../config.ts'
import type { Database } from '../database/database.ts'
import type { Gateway } from '../gateways/gateway.ts'
import { UsageError } from './command.ts'
import type { Command, CommandContext, CommandResult } from './command.ts'
import { Progress } from './progress.ts'
import { listBreaks } from './reconciliation/break-store.ts'
import type { Period } from './reconciliation/break-store.ts'
import type { Break } from './reconciliation/break.ts'
import { reconcile } from './reconciliation/reconcile.ts'
import { knownPayments, reconcilePayment } from './reconciliation/reconcile-payment.ts'
import type { PaymentOutcome } from './reconciliation/reconcile-payment.ts'
import { textTable } from './text-table.ts'

/** Of a terminal's patience; Salesforce and --json have them all. */
const MOST_SHOWN = 50
const MOST_TOLD = 100_000

const daySchema = z.iso.date('must be a day, e.g. 2026-11-25')
const periodSchema = z
  .strictObject({
    gateway: z.string('--gateway is missing: adyen, braintree, gocardless'),
    account: z.string('--account is missing: as in the configuration'),
    from: daySchema,
    to: daySchema.optional(),
    'time-zone': z.string().refine(isTimeZone, 'must be a time zone, e.g. Europe/Amsterdam').default('UTC'),
    report: z.string().min(1).optional(),
    apply: z.boolean().default(false),
  })
  .refine(({ from, to }) => to === undefined || to >= from, { path: ['to'], message: 'must not be before --from' })
type PeriodOptions = z.output<typeof periodSchema>

const paymentSchema = z.strictObject({
  payment: z.string().regex(/^[\w-]{1,80}$/, 'must be a record id, or the reference of the gateway'),
})

export const reconcileCommand: Command = {
  usage:
    'reconcile --gateway NAME --account NAME --from DAY [--to DAY] [--time-zone ZONE] [--report FILE] [--apply]\n  reconcile --payment PAYMENT',
  about:
    'compares what the gateway settled, the ledger and Salesforce, and says what mends each break; --apply tells the ledger what the report says',
  options: {
    ...{ gateway: { type: 'string' }, account: { type: 'string' }, from: { type: 'string' }, to: { type: 'string' } },
    ...{ 'time-zone': { type: 'string' }, report: { type: 'string' }, apply: { type: 'boolean' } },
    payment: { type: 'string' },
  },
  prepare(positionals, options) {
    if (positionals.length > 0) throw new UsageError(`reconcile does not take "${positionals[0]}"; see --help`)
    if (options['payment'] !== undefined) {
      const { payment } = paymentSchema.parse(options)
      return (context) => onePayment(context, payment)
    }
    const asked = periodSchema.parse(options)
    return (context) => onePeriod(context, asked)
  },
}

async function onePeriod({ database, config }: CommandContext, asked: PeriodOptions): Promise<CommandResult> {
  const { orgId, gateway } = openAccount(config, asked.gateway, asked.account)
  if (!gateway.reportLines) throw new UsageError(`${gateway.label} gives no account of what it settled`)
  const file = asked.report === undefined ? null : openReport(asked.report)
  const progress = new Progress()
  try {
    const outcome = await reconcile(
      database,
      { gateway, applyCommand: commandOf(asked) },
      { orgId, gateway: gateway.name, account: asked.account, ...(await periodOf(database, asked)) },
      {
        report: file,
        apply: asked.apply,
        onProgress: (lines) => progress.tell(`${lines.toLocaleString('en')} lines compared`, file?.share() ?? null),
      },
    )
    const breaks = await listBreaks(database, outcome.id, MOST_TOLD)
    progress.end()
    return { data: { ...outcome, breaks }, text: tell(outcome, breaks, asked) }
  } finally {
    progress.end()
  }
}

function tell(
  { lines, open, closed, mendable, told }: Awaited<ReturnType<typeof reconcile>>,
  breaks: readonly Break[],
  asked: PeriodOptions,
): string {
  const shown = breaks.slice(0, MOST_SHOWN).map(tellBreak)
  const more = open > MOST_SHOWN ? [`… and ${open - MOST_SHOWN} more, in Salesforce and with --json.`, ''] : []
  const what = `${lines.toLocaleString('en')} lines of ${asked.gateway} ${asked.account}: ${open === 0 ? 'no break' : open === 1 ? '1 break' : `${open.toLocaleString('en')} breaks`}`
  const before = closed > 0 ? `, ${closed} of earlier comparisons closed` : ''
  const mended = asked.apply
    ? `. The ledger was told ${told} of them as evidence; compare again to see them closed`
    : mendable > 0
      ? '. Some are mended by --apply'
      : ''
  return [...shown, ...more, `${what}${before}${mended}.`].join('\n')
}

function tellBreak({ kind, subject, ledgerSays, gatewaySays, cause, command }: Break): string {
  const table = textTable(
    [kind.replaceAll('_', ' '), subject],
    [
      ['ledger', ledgerSays],
      ['gateway', gatewaySays],
      ['because', cause],
      ['mend', command],
    ],
  )
  return `${table}\n`
}

async function onePayment({ database, config }: CommandContext, payment: string): Promise<CommandResult> {
  const [known, ...others] = await knownPayments(database, payment)
  if (!known) throw new UsageError(`the ledger knows no payment ${payment}: it was never refunded from here`)
  if (others.length > 0)
    throw new UsageError(`${payment} is the reference of ${others.length + 1} payments: name the record id`)
  const { gateway } = openAccount(config, known.gateway, known.account)
  const outcome = await reconcilePayment(database, gateway, known)
  return { data: { ...known, ...outcome }, text: tellPayment(gateway, known.paymentId, outcome) }
}

function tellPayment({ label, name }: Gateway, payment: string, outcome: PaymentOutcome): string {
  switch (outcome.kind) {
    case 'cannot_be_asked':
      return `${label} cannot be asked about a payment: compare the report of its day (reconcile --gateway ${name} --from DAY --report FILE).`
    case 'absent':
      return `${label} knows no such payment.`
    case 'not_now':
      return `${label} could not be asked: ${outcome.detail}. Nothing was changed.`
    default: {
      if (outcome.kind === 'amount_differs')
        return `${label} has it in another currency than the ledger. Nothing was changed.`
      const changes = 'changes' in outcome ? outcome.changes : []
      if (changes.length === 0) return `${payment}: ${label} says the same as the ledger.`
      return `${changes.join('\n')}\n${payment}: ${changes.length} changed. Salesforce shows it within seconds.`
    }
  }
}

function openAccount(config: Config, name: string, account: string): { orgId: string; gateway: Gateway } {
  const settings = config.gatewayAccounts.find((entry) => entry.gateway === name && entry.account === account)
  if (settings) return { orgId: settings.org, gateway: openGateway(settings) }
  const known = config.gatewayAccounts.map((entry) => `${entry.gateway} ${entry.account}`).join(', ')
  throw new UsageError(`no account "${account}" of "${name}" is configured; there are ${known}`)
}

async function periodOf(database: Database, { from, to = from, 'time-zone': zone }: PeriodOptions): Promise<Period> {
  const [period] = await database.query<Period>(
    `SELECT $1::date::timestamp AT TIME ZONE $3 AS since, ($2::date + 1)::timestamp AT TIME ZONE $3 AS until`,
    [from, to, zone],
  )
  return period!
}

/** "-" is the standard input. */
function openReport(path: string): { stream: Readable; name: string; share(): number | null } {
  if (path === '-') return { stream: process.stdin, name: 'standard input', share: () => null }
  const { size } = statSync(path)
  const stream = createReadStream(path, { highWaterMark: 256 * 1024 })
  return { stream, name: path.split(/[\\/]/).at(-1)!, share: () => (size === 0 ? null : stream.bytesRead / size) }
}

/** The same comparison once more, with --apply. */
function commandOf({ gateway, account, from, to, report, 'time-zone': zone }: PeriodOptions): string {
  const parts = [
    `npm run refunds -- reconcile --gateway ${gateway} --account ${account} --from ${from}`,
    to && to !== from ? `--to ${to}` : '',
    zone === 'UTC' ? '' : `--time-zone ${zone}`,
    report === undefined ? '' : '--report FILE',
    '--apply',
  ]
  return parts.filter(Boolean).join(' ')
}

function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}
