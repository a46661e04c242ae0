import type { Ledger, PaymentEntry } from './ledger.ts'
import type { Schedule } from './schedule.ts'
import type { Teller } from './teller.ts'

/** What every part of the company account works on. */
export interface Books {
  readonly ledger: Ledger
  readonly schedule: Schedule
  readonly teller: Teller
  readonly outcomeDelayMs: number
}

/** An event about something done to a payment. */
export function toldOf<Entry extends { readonly paymentPspReference: string }>(
  { ledger }: Books,
  entry: Entry,
): Entry & { originalReference: string; paymentMethod: string } {
  const payment: PaymentEntry | undefined = ledger.payments.get(entry.paymentPspReference)
  return { ...entry, originalReference: entry.paymentPspReference, paymentMethod: payment?.method ?? 'visa' }
}
