import currencyCodes from 'currency-codes'
import { adyenDigits } from '../../../../middleware/gateways/adyen/adyen-currency.ts'
import { AdyenGateway } from '../../../../middleware/gateways/adyen/adyen-gateway.ts'
import { Money } from '../../../../middleware/money/money.ts'
import { adyenSettings } from '../../../contracts/gateway-rig-adyen.ts'

// The vendor's list of currencies, code by code. Source: docs.adyen.com/development-resources/currency-codes.
const VENDORS_TABLE: Readonly<Record<number, string>> = {
  0: 'CVE DJF GNF IDR JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF',
  2: `AED ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BWP BYN BZD CAD CHF CLP CNY COP CRC CUP CZK DKK DOP
    DZD EGP ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF ILS INR ISK JMD KES KGS KHR KYD KZT LAK LBP LKR MAD MDL
    MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD SAR SBD SCR SEK SGD
    SHP SLE SOS SRD STN SVC SZL THB TOP TRY TTD TWD TZS UAH USD UYU UZS WST XCD YER ZAR ZMW`,
  3: 'BHD IQD JOD KWD LYD OMR TND',
}

// What one of 12.3 major units is, by hand. The four on which ISO 4217 says otherwise, and their neighbours.
const BY_HAND: readonly (readonly [string, string, number])[] = [
  ['EUR', '12.30', 1230],
  ['JPY', '12', 12],
  ['KWD', '12.345', 12345],
  ['CLP', '12', 1200],
  ['ISK', '12', 1200],
  ['CVE', '12.00', 12],
  ['IDR', '12.00', 12],
  ['HUF', '12.30', 1230],
]

describe("Adyen's minor units", () => {
  const gateway = new AdyenGateway(adyenSettings())
  const bodyFor = (amount: string, currency: string) =>
    gateway.prepareRefund({
      refundId: '0195f2a0-0000-7000-8000-000000000001',
      paymentReference: 'NC6HT9CRT65ZGN82',
      amount: Money.fromDecimal(amount, currency),
      alreadyRefunded: Money.zero(currency),
      reason: null,
    })

  it.each(
    Object.entries(VENDORS_TABLE).flatMap(([digits, codes]) => codes.split(/\s+/).map((code) => [code, +digits])),
  )('%s has %s decimals', (code, digits) => {
    expect(adyenDigits(String(code))).toBe(digits)
  })

  it.each(BY_HAND)('%s %s is %s', (currency, amount, value) => {
    expect(bodyFor(amount, currency)).toMatchObject({ amount: { value, currency } })
  })

  it.each([
    ['IDR', '100.50'],
    ['CVE', '0.01'],
  ])('refuses %s %s, which Adyen could take only rounded', (currency, amount) => {
    expect(() => bodyFor(amount, currency)).toThrow(
      expect.objectContaining({
        code: 'amount_not_representable',
        details: { gateway: 'Adyen', currency, digits: '0' },
      }),
    )
  })

  it('refuses currencies that Adyen does not list and ISO 4217 gives no two decimals', () => {
    const listed = Object.values(VENDORS_TABLE).join(' ')
    const odd = currencyCodes.data.filter(({ code, digits }) => digits !== 2 && !listed.includes(code))
    expect(odd.map(({ code }) => code)).toEqual(expect.arrayContaining(['BIF', 'CLF', 'UYW', 'XAU']))
    for (const { code } of odd) expect(() => adyenDigits(code)).toThrow(RangeError)
    expect(() => bodyFor('5', 'BIF')).toThrow(expect.objectContaining({ code: 'amount_not_representable' }))
    expect(() => adyenDigits('EURO')).toThrow(RangeError)
  })
})
