import { LightningElement } from 'lwc'

/** List view of the money that went out twice, newest first. */
export default class ExposureList extends LightningElement {
  columns = ['Name', 'Payment__c', 'Kind__c', 'At_Risk__c', 'Handled__c', 'Opened_At__c', 'Amount_Display__c']
}
