import { LightningElement, api, wire } from 'lwc'
import objects from '@refund-relay/objects'
import { getRecord } from 'lightning/uiRecordApi'
import type { UiRecord } from 'lightning/uiRecordApi'
import { shownField } from 'relay/fieldValue'
import type { ShownField } from 'relay/fieldValue'

/** Details card: the fields of the page layout that the user may read. */
export default class RecordDetails extends LightningElement {
  @api recordId = ''
  @api objectApiName = ''

  get layoutFields(): string[] {
    const sections = objects[this.objectApiName]?.sections ?? []
    return sections.flatMap(({ columns }) => columns.flat().map((field) => `${this.objectApiName}.${field}`))
  }

  @wire(getRecord, { recordId: '$recordId', optionalFields: '$layoutFields' })
  record: { data?: UiRecord | undefined; error?: unknown } | undefined

  get sections(): { label: string; columns: { key: number; fields: ShownField[] }[] }[] {
    const record = this.record?.data
    if (!record) return []
    return (objects[this.objectApiName]?.sections ?? [])
      .map(({ label, columns }) => ({
        label,
        columns: columns
          .map((names, key) => ({ key, fields: names.flatMap((name) => shownField(record, name) ?? []) }))
          .filter(({ fields }) => fields.length > 0),
      }))
      .filter(({ columns }) => columns.some(({ fields }) => fields.some(({ isEmpty }) => !isEmpty)))
  }
}
