import { holdsCardNumber } from '../../middleware/card-number.ts'

describe('a card number in free text', () => {
  // The vendors' published test numbers.
  it.each([
    '4111111111111111',
    'card 4111 1111 1111 1111 please',
    '5555-5555-5555-4444',
    '３７８２８２２４６３１０００５',
    '4.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1',
    'order 12 6011000990139424',
    '3530111333300000/05',
  ])('is found in %j', (text) => {
    expect(holdsCardNumber(text)).toBe(true)
  })

  it.each([
    '',
    'returned two shirts',
    'order 4111111111111112',
    'call +49 30 901820',
    'PAY-000000309',
    '0000000000000000',
    '12 Oct 2026',
  ])('is not found in %j', (text) => {
    expect(holdsCardNumber(text)).toBe(false)
  })
})
