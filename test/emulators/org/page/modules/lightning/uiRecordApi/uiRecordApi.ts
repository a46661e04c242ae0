import { getJson } from 'relay/server'
import type { UiRecord } from '../../../endpoints.ts'

export type { UiRecord }

type FieldId = string | { objectApiName: string; fieldApiName: string }
type Provide = (provisioned: { data?: UiRecord | undefined; error?: unknown }) => void

interface Config {
  recordId?: string
  fields?: FieldId | FieldId[]
  optionalFields?: FieldId | FieldId[]
}

const live = new Set<getRecord>()
const list = (fields: FieldId | FieldId[] = []): FieldId[] => (Array.isArray(fields) ? fields : [fields])
const qualified = (field: FieldId): string =>
  typeof field === 'string' ? field : `${field.objectApiName}.${field.fieldApiName}`
const unqualified = (field: FieldId): string => qualified(field).split('.').slice(1).join('.')

/**
 * The platform's wire adapter over GET /ui/records. A field in `fields` that the user may not read is an error, one in
 * `optionalFields` is left out.
 */
export class getRecord {
  readonly provide: Provide
  config: Config = {}
  provided: string | undefined

  constructor(provide: Provide) {
    this.provide = provide
    provide({ data: undefined, error: undefined })
  }
  connect(): void {
    live.add(this)
  }
  disconnect(): void {
    live.delete(this)
  }
  update(config: Config): void {
    this.config = config
    this.provided = undefined
    void this.load()
  }
  async load(): Promise<void> {
    const asked = this.config
    if (!asked.recordId) return
    try {
      const data = await readRecord(asked)
      const text = JSON.stringify(data)
      // Another record may have been asked for meanwhile; and as on the platform, what is as it was is not news.
      if (asked !== this.config || text === this.provided) return
      this.provided = text
      this.provide({ data, error: undefined })
    } catch (error) {
      if (asked !== this.config) return
      this.provided = undefined
      this.provide({ data: undefined, error })
    }
  }
}

async function readRecord({ recordId, fields, optionalFields }: Config): Promise<UiRecord> {
  const names = [...list(fields), ...list(optionalFields)].map(qualified)
  const query = new URLSearchParams({ fields: names.join(',') })
  const record = await getJson<UiRecord>(`/ui/records/${recordId}?${query}`)
  const missing = list(fields).find((field) => !(unqualified(field) in record.fields))
  if (missing !== undefined) {
    throw { status: 400, body: { message: `No such column '${unqualified(missing)}' on entity '${record.apiName}'.` } }
  }
  return Object.freeze(record)
}

export const getFieldValue = (record: UiRecord | undefined, field: FieldId): unknown =>
  record?.fields[unqualified(field)]?.value

export const getFieldDisplayValue = (record: UiRecord | undefined, field: FieldId): string | null | undefined =>
  record?.fields[unqualified(field)]?.displayValue

/** Every component that shows one of these records gets it anew. */
export async function notifyRecordUpdateAvailable(records: { recordId: string }[]): Promise<void> {
  const ids = new Set(records.map(({ recordId }) => recordId))
  await Promise.all([...live].filter(({ config }) => ids.has(config.recordId ?? '')).map((adapter) => adapter.load()))
}

/** The older name of the same thing. */
export const getRecordNotifyChange = notifyRecordUpdateAvailable
