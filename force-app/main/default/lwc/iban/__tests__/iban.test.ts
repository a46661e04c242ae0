import { compactIban, isIban, spacedIban } from 'c/iban'

describe('an IBAN', () => {
  // The examples of the IBAN registry (SWIFT, ISO 13616).
  it.each([
    'DE89 3704 0044 0532 0130 00',
    'GB29 NWBK 6016 1331 9268 19',
    'FR14 2004 1010 0505 0001 3M02 606',
    'NO93 8601 1117 947',
    'MT84 MALT 0110 0001 2345 MTLC AST0 01S',
    'nl91abna0417164300',
  ])('is right: %s', (text) => expect(isIban(text)).toBe(true))

  it.each([
    ['one digit is another', 'DE89 3704 0044 0532 0130 01'],
    ['two digits changed places', 'DE89 3704 0044 0532 0310 00'],
    ['it is too short', 'DE89 3704'],
    ['it is something else', '4111 1111 1111 1111'],
    ['it is empty', ''],
  ])('is not right where %s', (_, text) => expect(isIban(text)).toBe(false))

  it('is sent without spaces, and shown in groups of four', () => {
    expect(compactIban(' de89 3704-0044 0532013000 ')).toBe('DE89370400440532013000')
    expect(spacedIban('DE89370400440532013000')).toBe('DE89 3704 0044 0532 0130 00')
  })
})
