/** Ten-thousandths of the currency: the finest that any amount here has. */
export function parseAmount(text: string): bigint {
  const [whole, places = ''] = text.split('.')
  return BigInt(whole!) * 10_000n + BigInt(places.padEnd(4, '0'))
}

const DECIMALS: Readonly<Record<string, number>> = { JPY: 0, KRW: 0, BHD: 3, JOD: 3, KWD: 3, OMR: 3, TND: 3 }

export function formatAmount(parts: bigint, currency: string): string {
  const digits = DECIMALS[currency] ?? 2
  const places = String(parts % 10_000n)
    .padStart(4, '0')
    .slice(0, digits)
  return `${parts / 10_000n}${digits ? `.${places}` : ''}`
}

/** Braintree's validation error for an amount that it does not take; null for one that it does. */
export function amountError(amount: unknown, currency: string): { code: string; message: string } | null {
  if (typeof amount !== 'string' && typeof amount !== 'number') {
    return { code: '81502', message: 'Amount is required.' }
  }
  const text = String(amount)
  if (/^-/.test(text)) return { code: '81501', message: 'Amount cannot be negative.' }
  const digits = DECIMALS[currency] ?? 2
  if (!new RegExp(`^\\d+(\\.\\d{1,${digits || 1}})?$`).test(text) || (digits === 0 && text.includes('.'))) {
    return { code: '81503', message: 'Amount is an invalid format.' }
  }
  if (text.length > 13) return { code: '81528', message: 'Amount is too large.' }
  return parseAmount(text) === 0n ? { code: '81531', message: 'Amount must be greater than zero.' } : null
}
