import fc from 'fast-check'
import { isCardNumberIn } from '../../../../middleware/gateways/adyen/adyen-card-number.ts'

describe('a card number', () => {
  // Test numbers that the schemes publish.
  it.each([
    '4111111111111111',
    '4111 1111 1111 1111',
    '4111-1111-1111-1111',
    'card 5555.5555.5555.4444, please',
    '371449635398431',
    '４１１１１１１１１１１１１１１１',
    '(4111111111111111)',
  ])('is seen in %j', (text) => {
    expect(isCardNumberIn(text)).toBe(true)
  })

  it.each([
    ["an old reference of Adyen's", '8315535507322518'],
    ['a reference a part of which passes Luhn', '84111111111111111'],
    ['a wrong last digit', '4111111111111112'],
    ['a newer reference', 'M5N7TQ4TG5PFWR50'],
    ['an id with letters around the digits', 'x4111111111111111y'],
    ['our own id', '0195f2a0-0000-7000-8000-000000000001'],
    ['a name', 'A. Klaassen'],
    ['nothing', ''],
  ])('is not seen in %s', (_, text) => {
    expect(isCardNumberIn(text)).toBe(false)
  })

  it('is seen with any digits before the last, once that one fits', () => {
    const start = fc.constantFrom('2', '3', '4', '5', '6')
    const rest = fc.array(fc.nat({ max: 9 }), { minLength: 11, maxLength: 17 })
    fc.assert(
      fc.property(start, rest, (first, digits) => {
        const body = first + digits.join('')
        const fitting = Array.from({ length: 10 }, (_, last) => isCardNumberIn(`${body}${last}`)).filter(Boolean)
        expect(fitting).toHaveLength(1)
      }),
    )
  })
})
