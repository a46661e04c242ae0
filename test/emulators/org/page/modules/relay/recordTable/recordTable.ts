import { LightningElement, api } from 'lwc'
import objects from '@refund-relay/objects'
import type { UiRecord } from 'lightning/uiRecordApi'
import { shownField } from 'relay/fieldValue'
import { recordPath } from 'relay/router'

const AMOUNT = /_Display__c$/

/** Records as rows; on a telephone as small cards. */
export default class RecordTable extends LightningElement {
  @api objectApiName = ''
  /** What the table holds, for those who hear it. */
  @api heading = ''
  /** API names of the fields to show; the first one links to the record. */
  @api columns: string[] = []
  @api rows: UiRecord[] = []

  /** A column that the user may not read in any row is not there. */
  get readableColumns(): { name: string; label: string; headerClass: string }[] {
    return this.columns
      .filter((name) => this.rows.some((row) => shownField(row, name)))
      .map((name) => ({ name, label: this.labelOf(name), headerClass: AMOUNT.test(name) ? 'relay-amount' : '' }))
  }
  get lines() {
    return this.rows.map((row) => ({
      id: row.id,
      cells: this.readableColumns.map(({ name, label }, index) => {
        const field = shownField(row, name)
        return {
          name,
          label,
          text: field?.text ?? '–',
          path: index === 0 ? recordPath(row.id) : field?.path,
          cellClass: AMOUNT.test(name) ? 'relay-cell relay-amount' : 'relay-cell',
        }
      }),
    }))
  }

  private labelOf(name: string): string {
    // "Amount (text)" is how the formula is told from the number in set-up; here only one of the two is shown.
    return (objects[this.objectApiName]?.fields[name]?.label ?? name).replace(/ \(.*\)$| display$/i, '')
  }
}
