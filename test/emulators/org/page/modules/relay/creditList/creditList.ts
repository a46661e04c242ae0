import { LightningElement } from 'lwc'
import objects from '@refund-relay/objects'
import { holdsPermission } from 'relay/session'

/** The form that pays a customer without a payment, above what was paid so. */
export default class CreditList extends LightningElement {
  /** For others the form says which permission set it takes, and no credit is shared with them. */
  mayCredit = holdsPermission('Request_Credits') === true
  columns = ['Name', 'Stage__c', 'Target__c', 'Gateway__c', 'Requested_By__c', 'Requested_At__c', 'Amount_Display__c']

  override connectedCallback(): void {
    this.dispatchEvent(new CustomEvent('pagenamed', { detail: this.heading, bubbles: true, composed: true }))
  }
  get heading(): string {
    return objects['Credit__c']?.pluralLabel ?? ''
  }
}
