import { LightningElement } from 'lwc'

/** List view of the refunds of every payment, newest first. */
export default class RefundList extends LightningElement {
  columns = ['Name', 'Payment__c', 'Stage__c', 'Reason__c', 'Requested_By__c', 'Requested_At__c', 'Amount_Display__c']
}
