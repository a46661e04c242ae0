import fc from 'fast-check'
import { minorUnitDigits } from '../../../middleware/money/currency.ts'
import { Money } from '../../../middleware/money/money.ts'

/** ISO 4217 exponents written down by hand from table A.1; independent of the package that the product reads. */
const EXPONENTS: Readonly<Record<string, number>> = {
  ...{
    EUR: 2,
    USD: 2,
    GBP: 2,
    CHF: 2,
    SEK: 2,
    HUF: 2,
    IDR: 2,
    COP: 2,
    PKR: 2,
    ALL: 2,
    MMK: 2,
    RSD: 2,
    CVE: 2,
    MGA: 2,
    MRU: 2,
  },
  ...{
    JPY: 0,
    KRW: 0,
    CLP: 0,
    ISK: 0,
    VND: 0,
    UGX: 0,
    XAF: 0,
    XOF: 0,
    XPF: 0,
    PYG: 0,
    RWF: 0,
    DJF: 0,
    GNF: 0,
    KMF: 0,
    BIF: 0,
    VUV: 0,
  },
  ...{ BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3 },
}
const currencies = fc.constantFrom(...Object.keys(EXPONENTS))

describe('money', () => {
  it.each(Object.entries(EXPONENTS))('%s has %i decimals', (currency, digits) => {
    expect(minorUnitDigits(currency)).toBe(digits)
  })

  it('goes to minor units and back without a loss, as big integers do it', () => {
    fc.assert(
      fc.property(currencies, fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (currency, units) => {
        const digits = EXPONENTS[currency]!
        const whole = String(BigInt(units) / 10n ** BigInt(digits))
        const fraction = String(BigInt(units) % 10n ** BigInt(digits)).padStart(digits, '0')
        const text = digits === 0 ? whole : `${whole}.${fraction}`
        expect(Money.fromMinorUnits(units, currency).toDecimal()).toBe(text)
        expect(Money.fromDecimal(text, currency).toMinorUnits()).toBe(units)
      }),
    )
  })

  it('adds and subtracts as big integers do', () => {
    const units = fc.integer({ min: 0, max: 2 ** 50 })
    fc.assert(
      fc.property(currencies, units, units, (currency, a, b) => {
        const [left, right] = [Money.fromMinorUnits(a, currency), Money.fromMinorUnits(b, currency)]
        expect(left.plus(right).toMinorUnits()).toBe(Number(BigInt(a) + BigInt(b)))
        expect(left.minus(right).toMinorUnits()).toBe(Number(BigInt(a) - BigInt(b)))
        expect(left.isGreaterThan(right)).toBe(a > b)
      }),
    )
  })

  it.each([
    ['1.005', 'EUR'],
    ['0.5', 'JPY'],
    ['1.2345', 'KWD'],
  ])('refuses %s %s: rounding would refund what nobody approved', (text, currency) => {
    expect(() => Money.fromDecimal(text, currency)).toThrow(RangeError)
  })

  it.each(['', ' 1', '1e3', '1,50', 'NaN', 'Infinity', '+1', '.5', '5.', '0x10', '١٢', '1_000', '--1'])(
    'refuses %j as an amount',
    (text) => {
      expect(() => Money.fromDecimal(text, 'EUR')).toThrow(RangeError)
    },
  )

  it('refuses a currency that is none', () => {
    expect(() => Money.fromDecimal('1', 'EURO')).toThrow('EURO is not an ISO 4217 currency')
  })

  it('never mixes currencies', () => {
    expect(() => Money.fromDecimal('1', 'EUR').plus(Money.fromDecimal('1', 'USD'))).toThrow(RangeError)
    expect(Money.fromDecimal('1', 'EUR').equals(Money.fromDecimal('1', 'USD'))).toBe(false)
  })

  it('refuses minor units that a gateway with fewer decimals cannot take', () => {
    expect(() => Money.fromDecimal('1.50', 'CVE').toMinorUnits(0)).toThrow(RangeError)
    expect(Money.fromDecimal('500', 'ISK').toMinorUnits(2)).toBe(50_000)
  })
})
