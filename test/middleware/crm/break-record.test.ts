import { breakFields } from '../../../middleware/crm/break-record.ts'
import type { BreakRecord } from '../../../middleware/crm/crm.ts'
import { breakRecord } from './crm-records.ts'
import { picklistValues, writableFields } from './deployed-fields.ts'

describe('a break as a record', () => {
  it('names every field that the package deploys, except those in which people write', () => {
    const people = ['Handled__c', 'Handling__c', 'Handling_Note__c']
    const deployed = writableFields('Refund_Break__c')
    expect(deployed).toEqual(expect.arrayContaining(people))
    expect(Object.keys(breakFields(breakRecord())).sort()).toEqual(deployed.filter((name) => !people.includes(name)))
  })

  it('knows the kinds that the package deploys', () => {
    const kinds: Record<BreakRecord['kind'], true> = {
      'Missing here': true,
      'Missing at gateway': true,
      'Other amount': true,
      'Other currency': true,
      'Other state': true,
      'Not in Salesforce': true,
    }
    expect(picklistValues('Refund_Break__c', 'Kind__c').sort()).toEqual(Object.keys(kinds).sort())
  })

  it('is open until it is closed, and cuts a sentence that its field could not hold', () => {
    expect(breakFields(breakRecord()).Open__c).toBe(true)
    expect(breakFields(breakRecord({ closedAt: '2026-03-09T10:00:00.000Z' })).Open__c).toBe(false)
    expect(breakFields(breakRecord({ cause: 'x'.repeat(300) })).Cause__c).toHaveLength(255)
  })
})
