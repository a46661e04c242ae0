import currencyCodes from 'currency-codes'

/**
 * Decimal digits of a currency's minor unit. Source: ISO 4217, table A.1 (package currency-codes); never `Intl`, which gives 0 for HUF.
 * @throws RangeError when the code is not an ISO 4217 currency.
 */
export function minorUnitDigits(currency: string): number {
  const found = currencyCodes.code(currency)
  if (found === undefined) throw new RangeError(`${currency} is not an ISO 4217 currency`)
  return found.digits
}
