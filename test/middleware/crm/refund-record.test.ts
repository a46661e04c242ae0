import type { AttentionRecord, RefundRecord } from '../../../middleware/crm/crm.ts'
import { refundFields } from '../../../middleware/crm/refund-record.ts'
import { refundRecord } from './crm-records.ts'
import { picklistValues, writableFields } from './deployed-fields.ts'

describe('a refund as a record', () => {
  const attention = {
    kind: 'Changed after success',
    reason: 'The refund failed after it had been accepted.',
    remedy: 'Ask the customer for another way to be paid.',
    since: '2026-03-05T10:00:00.000Z',
    isNew: true,
  } as const

  it('names every field that the package deploys and does not compute, except those in which people write', () => {
    const peoples = ['Attention_Note__c', 'Attention_Owner__c']
    expect(Object.keys(refundFields(refundRecord({ attention }))).sort()).toEqual(
      writableFields('Refund__c').filter((field) => !peoples.includes(field)),
    )
  })

  it('takes back what people closed only for something that they cannot have seen', () => {
    expect(refundFields(refundRecord({ attention }))).toMatchObject({
      Attention_Closed__c: false,
      Attention_Closed_Reason__c: null,
    })
    for (const seen of [{ ...attention, isNew: false }, null]) {
      expect(refundFields(refundRecord({ attention: seen }))).not.toHaveProperty('Attention_Closed__c')
    }
  })

  it('no longer asks for anybody when nobody has to look', () => {
    expect(refundFields(refundRecord({ attention: null }))).toMatchObject({
      Attention_Kind__c: null,
      Attention_Reason__c: null,
      Attention_Remedy__c: null,
      Attention_Since__c: null,
    })
  })

  it('says whether the payer was asked not to claim', () => {
    expect(refundFields(refundRecord({ payerAsked: true })).Payer_Asked__c).toBe(true)
    expect(refundFields(refundRecord()).Payer_Asked__c).toBe(false)
  })

  it('leaves who asked and why as they stand where the refund was made elsewhere: a restored ledger has forgotten it', () => {
    const fields = Object.keys(refundFields(refundRecord({ origin: 'Gateway console', requestedBy: null })))
    const asked = ['Requested_By__c', 'Reason__c', 'Note__c', 'Payer_Asked__c']
    expect(fields.filter((field) => asked.includes(field))).toEqual([])
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
    const attentionKinds: Record<AttentionRecord['kind'], true> = {
      'Changed after success': true,
      'Money out twice': true,
      'Unknown for long': true,
      'Does not match': true,
    }
    expect(picklistValues('Refund__c', 'Attention_Kind__c').sort()).toEqual(Object.keys(attentionKinds).sort())
    expect(picklistValues('Refund__c', 'Kind__c').sort()).toEqual(Object.keys(kinds).sort())
    expect(picklistValues('Refund__c', 'Stage__c').sort()).toEqual(Object.keys(stages).sort())
  })
})
