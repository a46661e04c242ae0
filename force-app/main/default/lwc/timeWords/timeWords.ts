import lang from '@salesforce/i18n/lang'
import locale from '@salesforce/i18n/locale'
import momentLabel from '@salesforce/label/c.Refund_Duration_Now'

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A duration to be read, not to be measured: "10 seconds", "3 minutes", "2 days". */
export function durationText(seconds: number): string {
  if (seconds < 1) return momentLabel
  if (seconds < 2 * MINUTE) return unitText(Math.ceil(seconds), 'second')
  if (seconds < 2 * HOUR) return unitText(Math.ceil(seconds / MINUTE), 'minute')
  if (seconds < 2 * DAY) return unitText(Math.ceil(seconds / HOUR), 'hour')
  return unitText(Math.ceil(seconds / DAY), 'day')
}

/** A calendar day (ISO 8601 date), such as "14 Oct"; with its year where that is not the present one, or where asked for. */
export function dayText(isoDate: string, { withYear = false } = {}): string {
  const day = Date.parse(`${isoDate.slice(0, 10)}T00:00:00Z`)
  const isThisYear = isoDate.startsWith(`${new Date().getFullYear()}-`)
  const year = withYear || !isThisYear ? ({ year: 'numeric' } as const) : {}
  // The day is the bank's, wherever the reader is.
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC', ...year }).format(day)
}

function unitText(count: number, unit: 'second' | 'minute' | 'hour' | 'day'): string {
  return new Intl.NumberFormat(lang, { style: 'unit', unit, unitDisplay: 'long' }).format(count)
}
