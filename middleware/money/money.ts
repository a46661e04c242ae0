import { Decimal } from 'decimal.js'
import { minorUnitDigits } from './currency.ts'

/** An amount and its currency. Exact: what would need rounding is refused. */
export class Money {
  readonly currency: string
  readonly #amount: Decimal

  private constructor(amount: Decimal, currency: string) {
    this.#amount = amount
    this.currency = currency
  }

  /**
   * @param text decimal text in major units, e.g. "12.30"
   * @throws RangeError when the text is no plain decimal, or has more decimals than the currency.
   */
  static fromDecimal(text: string, currency: string): Money {
    const digits = minorUnitDigits(currency)
    if (!/^-?\d+(\.\d+)?$/.test(text)) throw new RangeError(`${currency} amounts are decimal text, e.g. "12.30"`)
    const amount = new Decimal(text)
    if (amount.decimalPlaces() > digits) throw new RangeError(`${currency} has ${digits} decimals at most`)
    return new Money(amount, currency)
  }

  /** @param digits decimals of the minor unit; a gateway's own table may differ from ISO 4217. */
  static fromMinorUnits(units: number, currency: string, digits: number = minorUnitDigits(currency)): Money {
    if (!Number.isSafeInteger(units)) throw new RangeError(`minor units are whole numbers`)
    return Money.fromDecimal(new Decimal(units).div(minorUnitsIn(digits)).toFixed(), currency)
  }

  static zero(currency: string): Money {
    return new Money(new Decimal(0), currency)
  }

  /** @throws RangeError when the amount has more decimals than `digits`: rounding would refund what nobody approved. */
  toMinorUnits(digits: number = minorUnitDigits(this.currency)): number {
    const units = this.#amount.mul(minorUnitsIn(digits))
    if (!units.isInteger()) throw new RangeError(`${this.currency} has ${digits} decimals at this gateway`)
    if (units.abs().greaterThan(Number.MAX_SAFE_INTEGER)) throw new RangeError('the amount is too large')
    return units.toNumber()
  }

  /** Decimal text with all of the currency's decimals, e.g. "12.30", "500", "1.234". */
  toDecimal(): string {
    return this.#amount.toFixed(minorUnitDigits(this.currency))
  }

  /** For people: "EUR 12.30". */
  toString(): string {
    return `${this.currency} ${this.toDecimal()}`
  }

  plus(other: Money): Money {
    return new Money(this.#amount.plus(this.#same(other)), this.currency)
  }

  minus(other: Money): Money {
    return new Money(this.#amount.minus(this.#same(other)), this.currency)
  }

  equals(other: Money): boolean {
    return other.currency === this.currency && this.#amount.equals(other.#amount)
  }

  isGreaterThan(other: Money): boolean {
    return this.#amount.greaterThan(this.#same(other))
  }

  isPositive(): boolean {
    return this.#amount.greaterThan(0)
  }

  #same(other: Money): Decimal {
    if (other.currency !== this.currency) throw new RangeError(`${this.currency} and ${other.currency} do not mix`)
    return other.#amount
  }
}

/** How many minor units one unit has. */
const minorUnitsIn = (digits: number) => new Decimal(`1e${digits}`)
