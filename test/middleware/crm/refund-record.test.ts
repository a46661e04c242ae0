import type { RefundRecord } from '../../../middleware/crm/crm.ts'
import { refundFields } from '../../../middleware/crm/refund-record.ts'
import { refundRecord } from './crm-records.ts'
import { picklistValues, writableFields } from './deployed-fields.ts'

describe('a refund as a record', () => {
  it('names only fields that the package deploys, and every one that the package does not compute', () => {
    expect(Object.keys(refundFields(refundRecord())).sort()).toEqual(writableFields('Refund__c'))
  })

  it('says whether the payer was asked not to claim', () => {
    expect(refundFields(refundRecord({ payerAsked: true })).Payer_Asked__c).toBe(true)
    expect(refundFields(refundRecord()).Payer_Asked__c).toBe(false)
  })

  it('knows the kinds and stages that the package deploys', () => {
    const kinds: Record<RefundRecord['kind'], true> = { Refund: true, Void: true, Undo: true }
    const stages: Record<RefundRecord['stage'], true> = {
      Processing: true,
      'Sent to gateway': true,
      'Checking with gateway': true,
      Refunded: true,
      Voided: true,
      'Cancelled or refunded': true,
      Failed: true,
      Reversed: true,
    }
    expect(picklistValues('Refund__c', 'Kind__c').sort()).toEqual(Object.keys(kinds).sort())
    expect(picklistValues('Refund__c', 'Stage__c').sort()).toEqual(Object.keys(stages).sort())
  })
})
