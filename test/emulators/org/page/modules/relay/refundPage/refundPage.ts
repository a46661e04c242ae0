import { LightningElement, api, wire } from 'lwc'
import { getFieldDisplayValue, getFieldValue, getRecord } from 'lightning/uiRecordApi'
import type { UiRecord } from 'lightning/uiRecordApi'
import { messageOf } from 'relay/server'

const HIGHLIGHTS = ['Amount_Display__c', 'Kind__c', 'Stage__c', 'Gateway__c'].map((field) => `Refund__c.${field}`)

/** Record page of a refund: every field of its layout, with the way back to the payment. */
export default class RefundPage extends LightningElement {
  @api recordId = ''

  @wire(getRecord, { recordId: '$recordId', fields: ['Refund__c.Name'], optionalFields: HIGHLIGHTS })
  refund: { data?: UiRecord | undefined; error?: unknown } | undefined

  get errorMessage(): string | undefined {
    return this.refund?.error ? messageOf(this.refund.error) : undefined
  }
  get name(): string {
    return String(getFieldValue(this.refund?.data, 'Refund__c.Name') ?? '')
  }
  get facts(): string[] {
    const record = this.refund?.data
    return HIGHLIGHTS.map((field) => getFieldDisplayValue(record, field) ?? String(getFieldValue(record, field) ?? ''))
  }
}
