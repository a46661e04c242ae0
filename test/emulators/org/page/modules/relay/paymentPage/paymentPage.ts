import { LightningElement, api, wire } from 'lwc'
import { getFieldDisplayValue, getFieldValue, getRecord } from 'lightning/uiRecordApi'
import type { UiRecord } from 'lightning/uiRecordApi'
import ActionScreen from 'relay/actionScreen'
import { dayText } from 'relay/fieldValue'
import { messageOf } from 'relay/server'

const HIGHLIGHTS = ['Route__c', 'Gateway__c', 'Stage__c', 'Payment_Date__c'].map((field) => `Payment__c.${field}`)

/** Record page of a payment: highlights with the Refund action, details, exposures, and the refunds. */
export default class PaymentPage extends LightningElement {
  @api recordId = ''

  @wire(getRecord, { recordId: '$recordId', fields: ['Payment__c.Name'], optionalFields: HIGHLIGHTS })
  payment: { data?: UiRecord | undefined; error?: unknown } | undefined

  get errorMessage(): string | undefined {
    return this.payment?.error ? messageOf(this.payment.error) : undefined
  }
  get name(): string {
    return String(getFieldValue(this.payment?.data, 'Payment__c.Name') ?? '')
  }
  get facts(): string[] {
    const date = getFieldValue(this.payment?.data, 'Payment__c.Payment_Date__c')
    const stage = `${this.shown('Stage__c')} ${date ? dayText(String(date)) : ''}`.trim()
    return [this.shown('Route__c'), this.shown('Gateway__c'), stage]
  }

  handleRefund(): void {
    void ActionScreen.open({ size: 'small', label: 'Refund', actionRecordId: this.recordId })
  }

  private shown(field: string): string {
    const name = `Payment__c.${field}`
    return getFieldDisplayValue(this.payment?.data, name) ?? String(getFieldValue(this.payment?.data, name) ?? '')
  }
}
