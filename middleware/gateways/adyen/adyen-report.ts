import type { Readable } from 'node:stream'
import { parse } from 'csv-parse'
import { z } from 'zod'
import { Money } from '../../money/money.ts'
import type { GatewayEvent } from '../gateway.ts'
import { gatewayWord } from '../gateway-message.ts'
import { ReportError } from '../report-line.ts'
import type { ReportLine } from '../report-line.ts'

/**
 * Record types that move a refund or a dispute; every other, of authorisations, settlements and fees, says nothing here. Sources:
 * docs.adyen.com/reporting/invoice-reconciliation/payment-accounting-report, …/reports-and-the-payments-lifecycle, and "Journal types" of
 * the settlement detail report: SentForRefund asks the scheme, Refunded debits the merchant for it, RefundedReversed is "a refund that is
 * returned […] as it can not be credited to the shopper by the scheme/bank or is returned by the shopper".
 */
const SAYS: Readonly<Record<string, ReportLine['says']>> = {
  SentForRefund: 'refund_accepted',
  Refunded: 'refund_succeeded',
  RefundedExternally: 'refund_succeeded',
  RefundFailed: 'refund_failed_late',
  RefundedReversed: 'refund_reversed',
  Chargeback: 'chargeback',
  ChargebackExternally: 'chargeback',
  SecondChargeback: 'chargeback',
  ChargebackReversed: 'chargeback_reversed',
}

/** Found by their names in the header, wherever they stand; the merchant chooses which columns there are and in which order. */
const NEEDED = [
  'Merchant Account',
  'Psp Reference',
  'Booking Date',
  'TimeZone',
  'Main Currency',
  'Main Amount',
  'Record Type',
  'Payment Currency',
  'Captured (PC)',
  'Modification Psp Reference',
] as const

const wordSchema = z.string().regex(/^[^:\s]{1,80}$/)
const amountSchema = z.string().regex(/^-?\d{1,15}(\.\d{1,6})?$/)
const rowSchema = z.object({
  'Psp Reference': wordSchema,
  'Modification Psp Reference': wordSchema,
  'Booking Date': z.string().regex(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/, 'must be like 2026-10-12 19:58:55'),
  TimeZone: z.string(),
  'Main Currency': z.string(),
  'Main Amount': z.union([z.literal(''), amountSchema]),
  'Payment Currency': z.union([z.literal(''), z.string().regex(/^[A-Z]{3}$/)]),
  'Captured (PC)': z.union([z.literal(''), amountSchema]),
  /** The stamp that we gave to a refund; an additional column, which the merchant has to switch on. */
  'Modification Merchant Reference': z.string().optional(),
})
type Row = z.output<typeof rowSchema>

/** Hours ahead of UTC. Adyen names the zone of the booking date by its abbreviation, summer time by its own; CST, of more than one zone, is left out. */
const ZONES: Readonly<Record<string, number>> = {
  ...{ UTC: 0, GMT: 0, WET: 0, BST: 1, WEST: 1, CET: 1, CEST: 2, EET: 2, EEST: 3, MSK: 3 },
  ...{ EST: -5, EDT: -4, MST: -7, MDT: -6, PST: -8, PDT: -7, BRT: -3 },
  ...{ SGT: 8, HKT: 8, AWST: 8, JST: 9, AEST: 10, AEDT: 11, NZST: 12, NZDT: 13 },
}

/**
 * Reads a payment accounting report while it comes in; what is held of it is a few lines.
 * @param account lines of other merchant accounts are passed over: one report may cover a company
 * @throws ReportError for a file that is no such report, with the column that is missing or the line that makes no sense
 */
export async function* readAccountingReport(report: Readable, account: string): AsyncGenerator<ReportLine> {
  const rows = parse({
    bom: true,
    columns: (header: string[]) => checkHeader(header.map((name) => name.trim())),
    skip_empty_lines: true,
    relax_column_count_less: true,
    info: true,
  })
  report.on('error', (error) => rows.destroy(error))
  report.pipe(rows)
  try {
    let any = false
    for await (const { record, info } of rows as AsyncIterable<{
      record: Record<string, string>
      info: { lines: number }
    }>) {
      any = true
      const says = SAYS[record['Record Type'] ?? '']
      if (!says || record['Merchant Account'] !== account) continue
      yield readLine(record, says, info.lines)
    }
    if (!any) throw new ReportError('The report holds no line below its header: is it the whole file?')
  } catch (cause) {
    if (cause instanceof ReportError) throw cause
    throw new ReportError(`The report cannot be read as CSV: ${(cause as Error).message}`, { cause })
  } finally {
    report.destroy()
  }
}

function checkHeader(header: string[]): string[] {
  const missing = NEEDED.filter((name) => !header.includes(name))
  if (missing.length === 0) return header
  throw new ReportError(
    `The report has no column ${missing.map((name) => `"${name}"`).join(', ')}. Add it to the payment accounting report in Adyen's Customer Area, and download it again.`,
  )
}

function readLine(record: Record<string, string>, says: ReportLine['says'], line: number): ReportLine {
  const place = `line ${line}`
  const parsed = rowSchema.safeParse(record)
  if (!parsed.success) {
    const wrong = parsed.error.issues.map(({ path, message }) => `"${path.join('.')}" ${message}`).join(', ')
    throw new ReportError(`${place} of the report makes no sense: ${wrong}.`)
  }
  const row = parsed.data
  const gatewayKind = gatewayWord(record['Record Type']!)
  const occurredAt = readTime(row, place)
  const reference = row['Modification Psp Reference']
  const isDispute = says === 'chargeback' || says === 'chargeback_reversed'
  const event: GatewayEvent = {
    identity: `report:${gatewayKind}:${reference}:${occurredAt}`,
    kind: says,
    gatewayKind: `report ${gatewayKind}`,
    occurredAt,
    paymentReference: row['Psp Reference'],
    refundReference: reference,
    refundId: isDispute ? null : (z.uuid().safeParse(row['Modification Merchant Reference']).data ?? null),
    amount: readAmount(row, place),
    refusal: says === 'refund_failed_late' ? { code: 'bank_returned_refund', gatewayMessage: gatewayKind } : null,
    payload: { source: 'report', place, recordType: gatewayKind },
  }
  return { place, says, event }
}

/**
 * In the payment's currency. Of a chargeback this column is empty, and the main amount counts where it is in the same currency; where it
 * is not, the report does not say what the payment lost.
 */
function readAmount(row: Row, place: string): GatewayEvent['amount'] {
  const currency = row['Payment Currency'] || row['Main Currency']
  const text = row['Captured (PC)'] || (row['Main Currency'] === currency ? row['Main Amount'] : '')
  if (text === '' || !/[1-9]/.test(text)) return null
  try {
    // The sign says which way it went, and so does the record type.
    return { value: Money.fromDecimal(text.replace('-', ''), currency).toDecimal(), currency }
  } catch (cause) {
    throw new ReportError(`${place} of the report: ${(cause as Error).message}.`, { cause })
  }
}

function readTime({ 'Booking Date': local, TimeZone: zone }: Row, place: string): string {
  const hours = ZONES[zone.trim().toUpperCase()]
  if (hours === undefined) {
    throw new ReportError(
      `${place} of the report is in the time zone "${gatewayWord(zone)}", which is not known here: have it made in UTC or CET.`,
    )
  }
  return new Date(Date.parse(`${local.replace(' ', 'T')}Z`) - hours * 3_600_000).toISOString()
}
