import type { ExposureRecord } from '../../../middleware/crm/crm.ts'
import { exposureFields } from '../../../middleware/crm/exposure-record.ts'
import { exposureRecord } from './crm-records.ts'
import { picklistValues, writableFields } from './deployed-fields.ts'

describe('an exposure as a record', () => {
  it('names every field that the package deploys, except those in which people write', () => {
    const people = ['Handled__c', 'Handling__c', 'Handling_Note__c']
    const deployed = writableFields('Refund_Exposure__c')
    expect(deployed).toEqual(expect.arrayContaining(people))
    expect(Object.keys(exposureFields(exposureRecord())).sort()).toEqual(
      deployed.filter((name) => !people.includes(name)),
    )
  })

  it('knows the kinds that the package deploys', () => {
    const kinds: Record<ExposureRecord['kind'], true> = { 'Double refund': true, 'Unfunded refund': true }
    expect(picklistValues('Refund_Exposure__c', 'Kind__c').sort()).toEqual(Object.keys(kinds).sort())
  })

  it('refuses an amount or a time that its field could not hold', () => {
    expect(() => exposureFields(exposureRecord({ amount: '1.2345' }))).toThrow(RangeError)
    expect(() => exposureFields(exposureRecord({ openedAt: 'today' }))).toThrow(RangeError)
    expect(exposureFields(exposureRecord({ explanation: 'x'.repeat(300) })).Explanation__c).toHaveLength(255)
  })
})
