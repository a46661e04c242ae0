import { decimalText } from './amount-text.ts'
import type { Ledger, LedgerEntry, PaymentEntry } from './ledger.ts'

/** Columns of the payment accounting report, in Adyen's order, with the additional one that names the merchant's own reference. */
const COLUMNS = [
  ...['Company Account', 'Merchant Account', 'Psp Reference', 'Merchant Reference', 'Payment Method', 'Booking Date'],
  ...['TimeZone', 'Main Currency', 'Main Amount', 'Record Type', 'Payment Currency', 'Received (PC)'],
  ...['Authorized (PC)', 'Captured (PC)', 'Settlement Currency', 'Payable (SC)', 'Commission (SC)', 'Markup (SC)'],
  ...['Scheme Fees (SC)', 'Interchange (SC)', 'User Name', 'Payment Method Variant'],
  ...['Modification Psp Reference', 'Modification Merchant Reference'],
] as const
type Column = (typeof COLUMNS)[number]

/** What is booked of an entry; what was asked for and refused is booked nowhere. */
const BOOKED: Readonly<Record<string, readonly string[]>> = {
  payment: ['Received', 'Authorised', 'SentForSettle', 'Settled'],
  'refund sent': ['SentForRefund', 'Refunded'],
  'refund repaired': ['Refunded'],
  'refund failed': ['RefundedReversed'],
  'refund reversed': ['RefundedReversed'],
  'reversal refunded': ['SentForRefund', 'Refunded'],
  'cancel cancelled': ['Cancelled'],
  'reversal cancelled': ['Cancelled'],
  chargeback: ['Chargeback'],
  'chargeback reversed': ['ChargebackReversed'],
}
const DEBITS = ['SentForRefund', 'Refunded', 'Chargeback']

const HOUR_MS = 3_600_000

/**
 * The payment accounting report of a merchant account, as it is downloaded in the Customer Area.
 * @param day of the account's time zone, CET all year here, e.g. "2026-11-25"
 */
export function accountingReport(ledger: Ledger, account: string, day: string): string {
  const lines = ledger.entries
    .filter((entry) => entry.account === account && bookedAt(entry).startsWith(day))
    .flatMap((entry) => (BOOKED[entry.kind] ?? []).map((type) => lineOf(ledger, entry, type)))
  return [COLUMNS.join(','), ...lines, ''].join('\r\n')
}

function lineOf(ledger: Ledger, entry: LedgerEntry, type: string): string {
  const payment = entry.kind === 'payment' ? entry : paymentOf(ledger, entry)
  const { currency } = entry.amount
  const sum = decimalText(entry.amount)
  const signed = DEBITS.includes(type) ? `-${sum}` : sum
  const isDispute = type.startsWith('Chargeback')
  const values: Partial<Record<Column, string>> = {
    'Company Account': 'RefundRelay',
    'Merchant Account': entry.account,
    'Psp Reference': payment?.pspReference ?? entry.pspReference,
    'Merchant Reference': payment?.reference ?? '',
    'Payment Method': payment?.method ?? 'visa',
    'Booking Date': bookedAt(entry),
    TimeZone: 'CET',
    'Main Currency': currency,
    'Main Amount': signed,
    'Record Type': type,
    'Payment Currency': currency,
    // Of a dispute only the main amount is filled in.
    'Captured (PC)': isDispute ? '' : sum,
    'Settlement Currency': currency,
    'Payable (SC)': signed,
    'User Name': 'ws@Company.RefundRelay, "local"',
    ...(entry.kind !== 'payment' && {
      'Modification Psp Reference': entry.pspReference,
      'Modification Merchant Reference': entry.reference,
    }),
  }
  return COLUMNS.map((column) => quoted(values[column] ?? '')).join(',')
}

function paymentOf(ledger: Ledger, entry: Exclude<LedgerEntry, PaymentEntry>): PaymentEntry | undefined {
  return 'paymentPspReference' in entry ? ledger.payments.get(entry.paymentPspReference) : undefined
}

function bookedAt({ at }: LedgerEntry): string {
  return new Date(Date.parse(at) + HOUR_MS).toISOString().slice(0, 19).replace('T', ' ')
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
