import type { CreditRecord } from '../../../middleware/crm/crm.ts'
import { creditFields } from '../../../middleware/crm/credit-record.ts'
import { creditRecord } from './crm-records.ts'
import { picklistValues, writableFields } from './deployed-fields.ts'

describe('a credit as a record', () => {
  it('names only fields that the package deploys, and every one that the package does not compute', () => {
    expect(Object.keys(creditFields(creditRecord())).sort()).toEqual(writableFields('Credit__c'))
  })

  it('knows the targets and stages that the package deploys', () => {
    const targets: Record<CreditRecord['target'], true> = { 'Stored method': true, 'Bank account': true }
    const stages: Record<CreditRecord['stage'], true> = {
      Processing: true,
      'Sent to gateway': true,
      'Checking with gateway': true,
      Refunded: true,
      Failed: true,
      Reversed: true,
    }
    expect(picklistValues('Credit__c', 'Target__c').sort()).toEqual(Object.keys(targets).sort())
    expect(picklistValues('Credit__c', 'Stage__c').sort()).toEqual(Object.keys(stages).sort())
  })
})
