import type { Amount } from './ledger.ts'

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

const digitsOf = (currency: string) => DECIMALS[currency] ?? 2

/** For people; the ledger counts in minor units. */
export function money({ value, currency }: Amount): string {
  return `${currency} ${decimalText({ value, currency })}`
}

/** Decimal text in the currency's own decimals, e.g. "12.30". */
export function decimalText({ value, currency }: Amount): string {
  const digits = digitsOf(currency)
  const text = String(value).padStart(digits + 1, '0')
  return digits ? `${text.slice(0, -digits)}.${text.slice(-digits)}` : text
}

/**
 * Minor units of what a person wrote, e.g. "12.3".
 * @throws RangeError when it is no amount of that currency
 */
export function minorUnits(text: string, currency: string): number {
  const digits = digitsOf(currency)
  const [, whole, fraction = ''] = /^(\d{1,12})(?:\.(\d+))?$/.exec(text.trim()) ?? []
  if (whole === undefined || fraction.length > digits) {
    throw new RangeError(`amount must be decimal text with at most ${digits} decimals of ${currency}`)
  }
  return Number(whole + fraction.padEnd(digits, '0'))
}
