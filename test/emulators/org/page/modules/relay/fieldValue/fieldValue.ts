import locale from '@salesforce/i18n/locale'
import timeZone from '@salesforce/i18n/timeZone'
import objects from '@refund-relay/objects'
import { recordPath } from 'relay/router'
import type { UiRecord } from 'lightning/uiRecordApi'

/** One field of a record, ready to be shown. */
export interface ShownField {
  name: string
  label: string
  text: string
  isEmpty: boolean
  /** Set where the value names another record that has a page here. */
  path?: string
}

const EMPTY = '–'
const DAY = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' })
const MOMENT = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone })

/** The day of a Date field ("2026-10-12"), in the user's way of writing it. */
export const dayText = (date: string): string => DAY.format(new Date(date))

/** Undefined when the user may not read the field: then it is not shown, not even its name. */
export function shownField(record: UiRecord, name: string): ShownField | undefined {
  const field = record.fields[name]
  const description = objects[record.apiName]?.fields[name]
  if (!field || !description) return undefined
  const { label, type, referenceTo } = description
  const text = textOf(field.value, field.displayValue, type)
  const hasPage = referenceTo !== undefined && referenceTo in objects && typeof field.value === 'string'
  return { name, label, text, isEmpty: text === EMPTY, ...(hasPage ? { path: recordPath(field.value as string) } : {}) }
}

function textOf(value: unknown, displayValue: string | null, type: string): string {
  if (value === null || value === undefined || value === '') return EMPTY
  if (type === 'Checkbox') return value ? 'Yes' : 'No'
  if (type === 'Date') return dayText(String(value))
  if (type === 'DateTime') return MOMENT.format(new Date(String(value)))
  return displayValue ?? String(value)
}
