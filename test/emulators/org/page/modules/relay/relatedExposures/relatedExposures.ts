import { LightningElement, api, wire } from 'lwc'
import objects from '@refund-relay/objects'
import { getRecord } from 'lightning/uiRecordApi'
import type { UiRecord } from 'lightning/uiRecordApi'
import { getJson } from 'relay/server'

const ROLL_UPS = ['Payment__c.Exposure__c', 'Payment__c.Charged_Back__c']

/** Related list of a payment: its money that went out twice, also what has been settled since. */
export default class RelatedExposures extends LightningElement {
  @api recordId = ''

  columns = ['Name', 'Kind__c', 'At_Risk__c', 'Handled__c', 'Amount_Display__c']
  rows: UiRecord[] = []

  /** Its roll-ups move with its exposures. */
  @wire(getRecord, { recordId: '$recordId', optionalFields: ROLL_UPS })
  handleRecord({ data }: { data?: UiRecord }): void {
    if (data) void this.load(data.id)
  }

  get heading(): string {
    return objects['Refund_Exposure__c']?.pluralLabel ?? ''
  }
  get caption(): string {
    return `${this.heading} (${this.rows.length})`
  }
  get hasRows(): boolean {
    return this.rows.length > 0
  }

  private async load(paymentId: string): Promise<void> {
    try {
      const rows = await getJson<UiRecord[]>('/ui/exposures?search=')
      this.rows = rows.filter(({ fields }) => fields['Payment__c']?.value === paymentId)
    } catch {
      // The details and the card of refunds say it when the org does not answer.
    }
  }
}
