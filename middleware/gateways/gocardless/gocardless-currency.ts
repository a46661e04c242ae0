import { RefundError } from '../../errors.ts'
import { Money } from '../../money/money.ts'

/** What GoCardless collects in; all of them have two decimals. Source: its SDK 10.1.2, PaymentCurrency. */
export const GOCARDLESS_CURRENCIES = ['AUD', 'CAD', 'DKK', 'EUR', 'GBP', 'NZD', 'SEK', 'USD'] as const
const DIGITS = 2

/** @throws RefundError `amount_not_representable` when GoCardless has no such currency, or no such fraction of it */
export function toMinorUnits(amount: Money): number {
  try {
    return amount.toMinorUnits(digitsOf(amount.currency))
  } catch (cause) {
    const details = { gateway: 'GoCardless', currency: amount.currency, digits: String(DIGITS) }
    throw new RefundError('amount_not_representable', details, { cause })
  }
}

/** @throws RangeError for a currency that GoCardless does not have */
export function fromMinorUnits(units: number, currency: string): Money {
  return Money.fromMinorUnits(units, currency, digitsOf(currency))
}

function digitsOf(currency: string): number {
  if ((GOCARDLESS_CURRENCIES as readonly string[]).includes(currency)) return DIGITS
  throw new RangeError(`GoCardless does not collect in ${currency}`)
}
