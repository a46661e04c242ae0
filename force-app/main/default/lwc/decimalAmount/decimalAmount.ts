/** Amounts as the server sends them: decimal text such as "70.50". Compared as integers, never as floats. */

export type AmountProblem =
  'missing' | 'unreadable' | 'ambiguous' | 'too_many_decimals' | 'less_than_smallest' | 'more_than_left'

export type AmountReading = { readonly amount: string } | { readonly problem: AmountProblem }

export interface AmountRules {
  /** Of the payment's currency: 0, 2 or 3. */
  readonly decimals: number
  /** What is left, in the same decimals; null where nothing limits it. */
  readonly most: string | null
  /** How the user's locale writes decimals: "." or ",". */
  readonly decimalMark: string
}

/**
 * Reads what an agent typed. The screens write amounts with a point, so a point is read as the decimal mark everywhere; so is
 * the locale's own mark. Thousands are never marked. Where the locale writes decimals with another mark, "1.234" may mean
 * one thousand two hundred and thirty-four, so it is not guessed: the agent is asked.
 */
export function readAmount(text: string, { decimals, most, decimalMark }: AmountRules): AmountReading {
  const typed = text.trim()
  if (typed === '') return { problem: 'missing' }
  // What the form itself wrote into the field has one meaning only.
  if (most !== null && typed === most) return { amount: most }
  const [, minus, whole, mark, fraction = ''] = /^([-−]?)(\d*)(?:(\D)(\d*))?$/.exec(typed) ?? []
  if (whole === undefined || (whole === '' && fraction === '')) return { problem: 'unreadable' }
  if (mark !== undefined && mark !== '.' && mark !== decimalMark) return { problem: 'unreadable' }
  if (mark === '.' && decimalMark !== '.' && /^[1-9]\d{0,2}\.\d{3}$/.test(typed)) return { problem: 'ambiguous' }
  if (minus !== '') return { problem: 'less_than_smallest' }
  if (fraction.length > decimals || (mark !== undefined && decimals === 0)) return { problem: 'too_many_decimals' }
  const amount = decimalText(BigInt(`${whole || '0'}${fraction.padEnd(decimals, '0')}`), decimals)
  if (isNothing(amount)) return { problem: 'less_than_smallest' }
  if (most !== null && compareAmounts(amount, most) > 0) return { problem: 'more_than_left' }
  return { amount }
}

/** Negative, zero or positive, as a sort wants it. */
export function compareAmounts(left: string, right: string): number {
  const decimals = Math.max(decimalsOf(left), decimalsOf(right))
  const difference = minorUnits(left, decimals) - minorUnits(right, decimals)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

export function isNothing(amount: string): boolean {
  return compareAmounts(amount, '0') <= 0
}

/** Percent of the whole, to a tenth, for drawing; 0 where there is no whole. */
export function shareOf(part: string, whole: string): number {
  if (isNothing(whole)) return 0
  const decimals = Math.max(decimalsOf(part), decimalsOf(whole))
  return Number((minorUnits(part, decimals) * 1000n) / minorUnits(whole, decimals)) / 10
}

/** The smallest amount of a currency with this many decimals: "0.01", "1". */
export function smallestAmount(decimals: number): string {
  return decimalText(1n, decimals)
}

/** As every screen writes it: "EUR 70.50". */
export function displayAmount(amount: string, currencyCode: string): string {
  return `${currencyCode} ${amount}`
}

/** How a locale writes decimals. Source: the browser's own CLDR tables. */
export function decimalMarkOf(locale: string): string {
  const parts = new Intl.NumberFormat(locale, { minimumFractionDigits: 1 }).formatToParts(1.5)
  return parts.find(({ type }) => type === 'decimal')?.value ?? '.'
}

function decimalsOf(amount: string): number {
  return amount.split('.')[1]?.length ?? 0
}

function minorUnits(amount: string, decimals: number): bigint {
  const [whole, fraction = ''] = amount.split('.')
  return BigInt(`${whole}${fraction.padEnd(decimals, '0')}`)
}

function decimalText(minor: bigint, decimals: number): string {
  const digits = minor.toString().padStart(decimals + 1, '0')
  return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}
