import currencyCodes from 'currency-codes'

const DIGITS = new Map(currencyCodes.data.map(({ code, digits }) => [code, digits]))

/**
 * Decimal digits of a currency's minor unit. Source: ISO 4217, table A.1 (package currency-codes); never `Intl`, which gives 0 for HUF.
 * @throws RangeError when the code is not an ISO 4217 currency.
 */
export function minorUnitDigits(currency: string): number {
  const digits = DIGITS.get(currency)
  if (digits === undefined) throw new RangeError(`${currency} is not an ISO 4217 currency`)
  return digits
}
