import { passes } from './filter-items.ts'
import type { OrgData } from './org-data.ts'
import type { FieldSchema, FieldValue, FilterItem, ObjectSchema, Row } from './schema.ts'
import type { Access } from './security.ts'

/** A record as lightning/uiRecordApi hands it to components. */
export interface UiRecord {
  readonly id: string
  readonly apiName: string
  readonly fields: Readonly<Record<string, { value: FieldValue; displayValue: string | null }>>
}

/**
 * The fields of a record that the user may read.
 * @param asked `Payment__c.Amount__c`, …; all of them when absent
 */
export function uiRecord(
  org: OrgData,
  access: Access,
  object: ObjectSchema,
  row: Row,
  asked?: readonly string[],
): UiRecord {
  const wanted = asked && new Set(asked.map((name) => name.split('.').pop()))
  const fields: [string, { value: FieldValue; displayValue: string | null }][] = []
  for (const field of object.fields.values()) {
    if (!access.reads(object, field) || (wanted && !wanted.has(field.name))) continue
    const value = org.reader.value(object, row, field)
    fields.push([field.name, { value, displayValue: shown(org, field, value) }])
  }
  return { id: row.Id, apiName: object.name, fields: Object.fromEntries(fields) }
}

/**
 * Records that the user may see, that pass the filters of a list view and whose shown values hold the text, newest first.
 */
export function findRecords(
  org: OrgData,
  access: Access,
  objectName: string,
  search: string,
  filters: readonly FilterItem[] = [],
): UiRecord[] {
  const object = org.systemRows.object(objectName)
  if (!access.can(object, 'read')) return []
  const wanted = search.trim().toLowerCase()
  const rows = [...org.store.all(objectName)]
    .filter((row) => access.sees(object, row))
    .filter((row) => filters.every((filter) => passes(filter, object, (field) => org.reader.value(object, row, field))))
    .reverse()
  const records = rows.map((row) => uiRecord(org, access, object, row))
  return wanted === '' ? records : records.filter((record) => holds(record, wanted))
}

function holds(record: UiRecord, wanted: string): boolean {
  return Object.values(record.fields).some(({ value, displayValue }) =>
    [value, displayValue].some((each) => typeof each === 'string' && each.toLowerCase().includes(wanted)),
  )
}

/** What people read instead of the value, null where it is the value itself. */
function shown(org: OrgData, field: FieldSchema, value: FieldValue): string | null {
  if (value === null) return null
  if (field.type === 'picklist') return field.picklist.find((each) => each.value === value)?.label ?? String(value)
  if (field.type === 'double') return Number(value).toFixed(field.scale)
  if (field.type === 'reference' && field.referenceTo) {
    const name = org.store.get(field.referenceTo, String(value))?.['Name']
    return name === undefined || name === null ? null : String(name)
  }
  return null
}
