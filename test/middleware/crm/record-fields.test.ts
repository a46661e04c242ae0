import { exactNumber, exactText, askedFields, outgoingFields } from '../../../middleware/crm/record-fields.ts'
import { creditRecord, refundRecord } from './crm-records.ts'

describe('what the records’ fields share', () => {
  it.each(['0.1', '12.30', '500', '1.234', '0.001', '1234567890.123', '999999999999.999', '4503599627370.497'])(
    'writes the amount %s as exactly that JSON number, and reads it back as that text',
    (amount) => {
      const json = JSON.stringify(exactNumber(amount))
      const plain = amount.includes('.') ? amount.replace(/0+$/, '') : amount
      expect(json).toBe(plain)
      expect(exactText(JSON.parse(json) as number)).toBe(plain)
    },
  )

  it.each([
    '9999999999999.999',
    '9007199254740.9931',
    '10000000000000.000',
    '99999999999999999999',
    '-1',
    '1e3',
    '',
    'NaN',
    '0x10',
    '٣',
  ])('refuses the amount %j rather than rounding it', (amount) => {
    expect(() => exactNumber(amount)).toThrow(RangeError)
  })

  it.each<[string, string | null]>([
    ['1.0E7', '10000000'],
    ['1.2345678912E8', '123456789.12'],
    ['1e-3', '0.001'],
    ['8796093022207.999', '8796093022207.999'],
    // From here on the neighbour one thousandth away may be the same double.
    ['8796093022208', null],
    ['9007199254740.993', null],
    ['0.30000000000000004', null],
    ['-1', null],
  ])('reads the number %s as %s', (json, text) => {
    expect(exactText(JSON.parse(json) as number)).toBe(text)
  })

  it('tells every two neighbouring amounts apart up to the largest one that it reads', () => {
    for (let thousandths = 8_796_093_022_207_999n; thousandths > 8_796_093_022_207_000n; thousandths--) {
      const amount = `${thousandths / 1000n}.${String(thousandths % 1000n).padStart(3, '0')}`
      expect(exactText(Number(amount))).toBe(amount.replace(/\.?0+$/, ''))
    }
  })

  it('clears what a newer version no longer says', () => {
    for (const record of [refundRecord, creditRecord]) {
      expect(outgoingFields(record({ errorCode: null }))).toMatchObject({ Error_Code__c: null })
    }
  })

  it('leaves the note and the gateway’s words as the org has them where they were erased here', () => {
    for (const record of [refundRecord, creditRecord]) {
      const erased = record({ erased: true, errorCode: 'REFUND_FAILED_AT_BANK' })
      expect({ ...outgoingFields(erased), ...askedFields(erased) }).toMatchObject({
        Requested_By__c: erased.requestedBy,
      })
      expect(outgoingFields(erased)).not.toHaveProperty('Gateway_Message__c')
      expect(askedFields(erased)).not.toHaveProperty('Note__c')
    }
  })

  it('tells what the gateway said after that, and no longer what it said of a failure that was repaired', () => {
    const said = (fields: Parameters<typeof refundRecord>[0]) =>
      outgoingFields(refundRecord({ erased: true, ...fields })).Gateway_Message__c
    expect(said({ errorCode: 'REFUND_FAILED_AT_BANK', gatewayMessage: 'account closed' })).toBe('account closed')
    expect(said({ errorCode: null })).toBeNull()
  })

  it('cuts a sentence that is longer than its field, and never through a character', () => {
    const message = outgoingFields(refundRecord({ gatewayMessage: '💶'.repeat(200) })).Gateway_Message__c as string
    expect(message.length).toBeLessThanOrEqual(255)
    expect(message).toMatch(/^(💶)+…$/u)
    expect(askedFields(refundRecord({ note: 'two\nlines\u0000 ' })).Note__c).toBe('two lines')
    expect(askedFields(refundRecord({ note: 'x'.repeat(255) })).Note__c).toBe('x'.repeat(255))
  })

  it('refuses what is no time', () => {
    expect(outgoingFields(refundRecord({ decidedAt: '2026-03-01T11:00:00+01:00' })).Decided_At__c).toBe(
      '2026-03-01T10:00:00.000Z',
    )
    expect(() => askedFields(refundRecord({ sentAt: 'yesterday' }))).toThrow(RangeError)
  })
})
