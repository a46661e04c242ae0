import { readdirSync } from 'node:fs'
import { toRecord } from '../../../middleware/crm/refund-record.ts'
import { refundRecord } from './refund-records.ts'

describe('a refund as a record', () => {
  it('names only fields that the package deploys, and every one that the package does not compute', () => {
    const deployed = readdirSync('force-app/main/default/objects/Refund__c/fields').map((file) => file.split('.')[0])
    expect(Object.keys(toRecord(refundRecord())).sort()).toEqual(
      deployed.filter((name) => name !== 'Amount_Display__c').sort(),
    )
  })

  it.each(['0.1', '12.30', '500', '1.234', '0.001', '1234567890.123', '999999999999.999', '4503599627370.497'])(
    'writes the amount %s as exactly that JSON number',
    (amount) => {
      const json = JSON.stringify(toRecord(refundRecord({ amount })).Amount__c)
      expect(json).toBe(amount.includes('.') ? amount.replace(/0+$/, '') : amount)
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
    expect(() => toRecord(refundRecord({ amount }))).toThrow(RangeError)
  })

  it('clears what a newer version no longer says', () => {
    expect(toRecord(refundRecord({ errorCode: null, attention: null }))).toMatchObject({
      Error_Code__c: null,
      Attention_Reason__c: null,
    })
  })

  it('cuts a sentence that is longer than its field, and never through a character', () => {
    const message = toRecord(refundRecord({ gatewayMessage: '💶'.repeat(200) })).Gateway_Message__c as string
    expect(message.length).toBeLessThanOrEqual(255)
    expect(message).toMatch(/^(💶)+…$/u)
    expect(toRecord(refundRecord({ note: 'two\nlines\u0000 ' })).Note__c).toBe('two lines')
    expect(toRecord(refundRecord({ note: 'x'.repeat(255) })).Note__c).toBe('x'.repeat(255))
  })

  it('refuses what is no time', () => {
    expect(toRecord(refundRecord({ decidedAt: '2026-03-01T11:00:00+01:00' })).Decided_At__c).toBe(
      '2026-03-01T10:00:00.000Z',
    )
    expect(() => toRecord(refundRecord({ sentAt: 'yesterday' }))).toThrow(RangeError)
  })
})
