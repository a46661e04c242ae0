import fc from 'fast-check'
import { concealAccount, readIban } from '../../../../middleware/gateways/adyen/adyen-iban.ts'

// Source: the examples of the IBAN registry (SWIFT), and the one on the vendor's own page.
const GENUINE = [
  'GB29 NWBK 6016 1331 9268 19',
  'DE89 3704 0044 0532 0130 00',
  'FR14 2004 1010 0505 0001 3M02 606',
  'NO93 8601 1117 947',
  'MT84 MALT 0110 0001 2345 MTLC AST0 01S',
  'NL13 TEST 0123 4567 89',
]

const CHARACTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const letters = fc.constantFrom(...CHARACTERS.slice(10))
const ibans = fc
  .tuple(letters, letters, fc.array(fc.constantFrom(...CHARACTERS), { minLength: 11, maxLength: 30 }))
  .map(([one, two, rest]) => withCheckDigits(one + two, rest.join('')))

/** The sum of ISO 7064 in one big number, unlike the code under test. */
function withCheckDigits(country: string, account: string): string {
  const number = [...`${account}${country}00`].map((character) => CHARACTERS.indexOf(character)).join('')
  return country + String(98n - (BigInt(number) % 97n)).padStart(2, '0') + account
}

const asWritten = (iban: string, separator: string, lower: boolean) => {
  const groups = iban.match(/.{1,4}/g)!.join(separator)
  return lower ? groups.toLowerCase() : groups
}

describe('an IBAN', () => {
  it.each(GENUINE)('%s is one', (text) => {
    expect(readIban(text)).toBe(text.replaceAll(' ', ''))
  })

  it.each([
    'GB28 NWBK 6016 1331 9268 19',
    'GB29NWBK60161331926',
    '',
    'IBAN',
    'DE89',
    '4111 1111 1111 1111',
    'ＤＥ89370400440532013000',
    'DE89-3704-0044-0532-0130-00',
  ])('%j is none', (text) => {
    expect(readIban(text)).toBeNull()
  })

  it('is taken with any account that its check digits are right for, in capitals or not, spaced or not', () => {
    fc.assert(
      fc.property(ibans, fc.constantFrom('', ' '), fc.boolean(), (iban, separator, lower) => {
        expect(readIban(asWritten(iban, separator, lower))).toBe(iban)
      }),
    )
  })

  it('is refused with one wrong digit or letter', () => {
    fc.assert(
      fc.property(ibans, fc.nat(), fc.constantFrom(...CHARACTERS), (iban, where, other) => {
        const place = where % iban.length
        const [was, isDigit] = [iban[place]!, (character: string) => /\d/.test(character)]
        fc.pre(was !== other && isDigit(was) === isDigit(other))
        expect(readIban(iban.slice(0, place) + other + iban.slice(place + 1))).toBeNull()
      }),
    )
  })

  it('is refused with two neighbours exchanged', () => {
    fc.assert(
      fc.property(ibans, fc.nat(), (iban, where) => {
        const place = 4 + (where % (iban.length - 5))
        const [one, two] = [iban[place]!, iban[place + 1]!]
        fc.pre(one !== two && /\d/.test(one) && /\d/.test(two))
        expect(readIban(iban.slice(0, place) + two + one + iban.slice(place + 2))).toBeNull()
      }),
    )
  })

  it.each(['00', '01', '99'])('is refused with the check digits %s, which no bank gives out', (digits) => {
    fc.assert(fc.property(ibans, (iban) => expect(readIban(iban.slice(0, 2) + digits + iban.slice(4))).toBeNull()))
  })
})

describe('what is said of an account', () => {
  const alphanumeric = (text: string) => text.toUpperCase().replace(/[^A-Z0-9]/g, '')

  it('never holds its number, however it is written', () => {
    const separators = fc.constantFrom('', ' ', '-', '.', ' - ', '\u00a0', '\u200b', '/')
    fc.assert(
      fc.property(ibans, separators, fc.boolean(), fc.string(), (iban, separator, lower, around) => {
        const text = `${around} ${asWritten(iban, separator, lower)} ${around}`
        const told = alphanumeric(concealAccount(text, { iban, ownerName: 'A. Klaassen' }))
        expect(told).not.toContain(iban)
        expect(told).not.toContain(iban.slice(4))
      }),
    )
  })

  it('never holds a part of it of six characters or more', () => {
    fc.assert(
      fc.property(ibans, fc.nat(), fc.nat(), (iban, from, length) => {
        const start = from % (iban.length - 6)
        const part = iban.slice(start, start + 6 + (length % 10))
        expect(concealAccount(`the account ${part}, it says`, { iban, ownerName: 'X' })).not.toContain(part)
      }),
    )
  })

  it('never holds its owner, and keeps the rest', () => {
    const account = { iban: 'NL13TEST0123456789', ownerName: 'A. Klaassen (B+)' }
    expect(concealAccount('137 Owner a. klaassen (b+) of NL13 TEST 0123 4567 89 is unknown', account)).toBe(
      '137 Owner [name removed] of [number removed] is unknown',
    )
  })
})
