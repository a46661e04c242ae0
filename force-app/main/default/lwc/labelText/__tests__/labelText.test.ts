import { fill } from 'c/labelText'

describe('filling a label', () => {
  it('puts each value where its number stands, as often as it stands there', () => {
    expect(fill('{1} of {0}, {1}', 'a', 'b')).toBe('b of a, b')
  })

  it('leaves a gap without a value in sight', () => {
    expect(fill('Refund {0} of {1}', 'EUR 1.00')).toBe('Refund EUR 1.00 of {1}')
  })

  it('does not read a value as a pattern', () => {
    expect(fill('{0}', '$& {0}')).toBe('$& {0}')
  })
})
