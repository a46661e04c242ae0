import {
  compareAmounts,
  decimalMarkOf,
  displayAmount,
  isNothing,
  readAmount,
  shareOf,
  smallestAmount,
} from 'c/decimalAmount'

const EURO = { decimals: 2, most: '70.50', decimalMark: '.' }
const YEN = { decimals: 0, most: '500', decimalMark: '.' }
const DINAR = { decimals: 3, most: '2000.000', decimalMark: '.' }

describe('reading an amount', () => {
  it.each([
    ['70.50', '70.50'],
    ['70.5', '70.50'],
    ['70', '70.00'],
    ['70.', '70.00'],
    ['.5', '0.50'],
    ['007.10', '7.10'],
    ['  12.34 ', '12.34'],
    ['0.01', '0.01'],
  ])('takes "%s" as %s', (typed, amount) => {
    expect(readAmount(typed, EURO)).toEqual({ amount })
  })

  it.each([
    ['', 'missing'],
    ['  ', 'missing'],
    ['.', 'unreadable'],
    ['12a', 'unreadable'],
    ['1e1', 'unreadable'],
    ['1 0', 'unreadable'],
    ['1.2.3', 'unreadable'],
    ['EUR 5', 'unreadable'],
    ['70,50', 'unreadable'],
    ['0', 'less_than_smallest'],
    ['0.00', 'less_than_smallest'],
    ['-5', 'less_than_smallest'],
    ['−5', 'less_than_smallest'],
    ['1.005', 'too_many_decimals'],
    ['70.500', 'too_many_decimals'],
    ['70.51', 'more_than_left'],
    ['9007199254740993.00', 'more_than_left'],
  ])('refuses "%s": %s', (typed, problem) => {
    expect(readAmount(typed, EURO)).toEqual({ problem })
  })

  it('knows currencies without decimals, and with three', () => {
    expect(readAmount('500', YEN)).toEqual({ amount: '500' })
    expect(readAmount('500.0', YEN)).toEqual({ problem: 'too_many_decimals' })
    expect(readAmount('0', YEN)).toEqual({ problem: 'less_than_smallest' })
    expect(readAmount('1.234', DINAR)).toEqual({ amount: '1.234' })
    expect(readAmount('1.2345', DINAR)).toEqual({ problem: 'too_many_decimals' })
  })

  it('compares amounts that a float cannot tell apart', () => {
    const rules = { decimals: 2, most: '90071992547409.93', decimalMark: '.' }
    expect(readAmount('90071992547409.93', rules)).toEqual({ amount: '90071992547409.93' })
    expect(readAmount('90071992547409.94', rules)).toEqual({ problem: 'more_than_left' })
  })
})

describe('where the locale writes decimals with a comma', () => {
  const GERMAN = { ...EURO, decimalMark: ',' }
  const GERMAN_DINAR = { ...DINAR, decimalMark: ',' }

  it('takes the comma, and the point where it can only mean decimals', () => {
    expect(readAmount('70,5', GERMAN)).toEqual({ amount: '70.50' })
    expect(readAmount('70.5', GERMAN)).toEqual({ amount: '70.50' })
    expect(readAmount('1,234', GERMAN_DINAR)).toEqual({ amount: '1.234' })
    expect(readAmount('0.500', GERMAN_DINAR)).toEqual({ amount: '0.500' })
  })

  it('asks where the point may mark thousands', () => {
    expect(readAmount('1.234', GERMAN)).toEqual({ problem: 'ambiguous' })
    expect(readAmount('1.234', GERMAN_DINAR)).toEqual({ problem: 'ambiguous' })
  })

  it('takes what the form itself wrote', () => {
    expect(readAmount('1.234', { ...GERMAN_DINAR, most: '1.234' })).toEqual({ amount: '1.234' })
  })

  it('never takes marked thousands', () => {
    expect(readAmount('1.234,5', GERMAN_DINAR)).toEqual({ problem: 'unreadable' })
    expect(readAmount('1,234.5', DINAR)).toEqual({ problem: 'unreadable' })
    expect(readAmount('1,234', DINAR)).toEqual({ problem: 'unreadable' })
  })

  it('learns the mark from the locale', () => {
    expect(decimalMarkOf('en-US')).toBe('.')
    expect(decimalMarkOf('de-DE')).toBe(',')
    expect(decimalMarkOf('de-CH')).toBe('.')
  })
})

describe('amounts as text', () => {
  it('are compared as numbers, whatever decimals they are written with', () => {
    expect(compareAmounts('9.90', '10.00')).toBe(-1)
    expect(compareAmounts('20', '20.00')).toBe(0)
    expect(compareAmounts('0.3', '0.29')).toBe(1)
  })

  it('are nothing at zero', () => {
    expect(isNothing('0.00')).toBe(true)
    expect(isNothing('0.001')).toBe(false)
  })

  it('have a share of the whole, and none of nothing', () => {
    expect(shareOf('20.00', '120.50')).toBe(16.5)
    expect(shareOf('1', '0')).toBe(0)
  })

  it('are written with their currency', () => {
    expect(displayAmount('70.50', 'EUR')).toBe('EUR 70.50')
    expect([0, 2, 3].map(smallestAmount)).toEqual(['1', '0.01', '0.001'])
  })
})
