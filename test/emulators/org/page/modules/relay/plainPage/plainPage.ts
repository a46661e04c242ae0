import { LightningElement, api, wire } from 'lwc'
import objects from '@refund-relay/objects'
import { getFieldDisplayValue, getFieldValue, getRecord } from 'lightning/uiRecordApi'
import type { UiRecord } from 'lightning/uiRecordApi'
import { messageOf } from 'relay/server'

/** What stands above the details. */
const HEADERS: Readonly<Record<string, { iconName: string; highlights: readonly string[] }>> = {
  Refund__c: {
    iconName: 'standard:return_order',
    highlights: ['Amount_Display__c', 'Kind__c', 'Stage__c', 'Gateway__c'],
  },
  Refund_Exposure__c: {
    iconName: 'standard:incident',
    highlights: ['Amount_Display__c', 'Kind__c', 'At_Risk__c', 'Handled__c'],
  },
  Credit__c: {
    iconName: 'standard:currency',
    highlights: ['Amount_Display__c', 'Stage__c', 'Target__c', 'Gateway__c'],
  },
}

/** Record page of a refund, an exposure or a credit: a few facts, and every field of its layout. */
export default class PlainPage extends LightningElement {
  @api recordId = ''
  @api objectApiName = ''

  get nameField(): string[] {
    return [this.qualified('Name')]
  }
  get highlightFields(): string[] {
    return (HEADERS[this.objectApiName]?.highlights ?? []).map((field) => this.qualified(field))
  }

  @wire(getRecord, { recordId: '$recordId', fields: '$nameField', optionalFields: '$highlightFields' })
  record: { data?: UiRecord | undefined; error?: unknown } | undefined

  get errorMessage(): string | undefined {
    return this.record?.error ? messageOf(this.record.error) : undefined
  }
  get objectLabel(): string {
    return objects[this.objectApiName]?.label ?? ''
  }
  get iconName(): string {
    return HEADERS[this.objectApiName]?.iconName ?? ''
  }
  get name(): string {
    return String(getFieldValue(this.record?.data, this.qualified('Name')) ?? '')
  }
  get facts(): string[] {
    return (HEADERS[this.objectApiName]?.highlights ?? []).map((field) => this.fact(field))
  }

  private fact(field: string): string {
    const value = getFieldValue(this.record?.data, this.qualified(field))
    if (typeof value === 'boolean') {
      const label = objects[this.objectApiName]?.fields[field]?.label.toLowerCase() ?? ''
      return value ? label : `not ${label}`
    }
    return getFieldDisplayValue(this.record?.data, this.qualified(field)) ?? String(value ?? '')
  }
  private qualified(field: string): string {
    return `${this.objectApiName}.${field}`
  }
}
