import fc from 'fast-check'
import { fromMinorUnits, toMinorUnits } from '../../../../middleware/gateways/gocardless/gocardless-currency.ts'
import { GoCardlessGateway } from '../../../../middleware/gateways/gocardless/gocardless-gateway.ts'
import { Money } from '../../../../middleware/money/money.ts'
import { goCardlessSettings } from '../../../contracts/gateway-rig-gocardless.ts'
import { instruction } from './gocardless-refunds.ts'

/** Written by hand, apart from the adapter's own: what the vendor's documentation lists. */
const COLLECTED = ['AUD', 'CAD', 'DKK', 'EUR', 'GBP', 'NZD', 'SEK', 'USD']

describe('amounts at GoCardless', () => {
  it('are hundredths in every currency that it collects, to the last one and back', () => {
    const cents = fc.integer({ min: 1, max: 99_999_999_999_999 })
    fc.assert(
      fc.property(cents, fc.constantFrom(...COLLECTED), (units, currency) => {
        const text = String(units).padStart(3, '0')
        const money = Money.fromDecimal(`${text.slice(0, -2)}.${text.slice(-2)}`, currency)
        expect(toMinorUnits(money)).toBe(units)
        expect(fromMinorUnits(units, currency).equals(money)).toBe(true)
      }),
    )
  })

  it.each(['11.85', '18.35', '19.99', '1.10', '4.35', '0.29'])('keep %s, which floating point would not', (text) => {
    expect(toMinorUnits(Money.fromDecimal(text, 'GBP'))).toBe(Number(text.replace('.', '')))
  })

  it.each([
    ['500', 'JPY'],
    ['1.234', 'KWD'],
    ['10.00', 'CHF'],
    ['10.00', 'NOK'],
    ['1', 'ISK'],
  ])('of %s %s are refused before anything is stored', (text, currency) => {
    const amount = Money.fromDecimal(text, currency)
    const alreadyRefunded = Money.zero(currency)
    const gateway = new GoCardlessGateway(goCardlessSettings())
    expect(() => gateway.prepareRefund(instruction({ amount, alreadyRefunded }))).toThrow(
      expect.objectContaining({ code: 'amount_not_representable' }),
    )
    expect(() => fromMinorUnits(100, currency)).toThrow(RangeError)
  })
})
