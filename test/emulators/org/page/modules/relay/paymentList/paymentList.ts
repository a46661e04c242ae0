import { LightningElement } from 'lwc'

/** List view of the payments, with what can still be refunded. */
export default class PaymentList extends LightningElement {
  columns = [
    'Name',
    'Payment_Method__c',
    'Gateway__c',
    'Stage__c',
    'Payment_Date__c',
    'Amount_Display__c',
    'Refundable_Display__c',
  ]
}
