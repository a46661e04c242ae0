import { RefundError } from '../../errors.ts'
import { minorUnitDigits } from '../../money/currency.ts'
import type { Money } from '../../money/money.ts'

// Source: docs.adyen.com/development-resources/currency-codes. Where it differs from ISO 4217 (CLP, ISK, CVE, IDR)
// Adyen's table is the one that counts: a wrong exponent refunds a hundredfold, and no round trip would show it.
const NO_DECIMALS = 'CVE DJF GNF IDR JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'.split(' ')
const TWO_UNLIKE_ISO = ['CLP', 'ISK']
const THREE_DECIMALS = 'BHD IQD JOD KWD LYD OMR TND'.split(' ')

/**
 * Decimal digits of a currency's minor unit at Adyen.
 * @throws RangeError for a code that is no currency, and for one that Adyen does not list while ISO 4217 gives it
 *   other than two decimals: nobody knows there what Adyen would take.
 */
export function adyenDigits(currency: string): number {
  if (NO_DECIMALS.includes(currency)) return 0
  if (THREE_DECIMALS.includes(currency)) return 3
  if (TWO_UNLIKE_ISO.includes(currency) || minorUnitDigits(currency) === 2) return 2
  throw new RangeError(`Adyen does not list ${currency}`)
}

/** An amount as Adyen takes and gives it. */
export interface AdyenAmount {
  /** Minor units by Adyen's own table. */
  readonly value: number
  readonly currency: string
}

/** @throws RefundError `amount_not_representable` when Adyen's minor unit is too coarse, or not known */
export function toAdyenAmount(amount: Money): AdyenAmount {
  let digits = 0
  try {
    digits = adyenDigits(amount.currency)
    return { value: amount.toMinorUnits(digits), currency: amount.currency }
  } catch (cause) {
    const details = { gateway: 'Adyen', currency: amount.currency, digits: String(digits) }
    throw new RefundError('amount_not_representable', details, { cause })
  }
}
