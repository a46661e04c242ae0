import { normalId } from './ids.ts'
import type { OrgData } from './org-data.ts'
import { accessible, type RestAnswer, type RestRequest } from './rest.ts'
import { keyField } from './rest-records.ts'
import { readRow, writeRow, type IncomingRow } from './rest-rows.ts'
import { refusal, rowRefusal, SalesforceError } from './salesforce-error.ts'
import { findObject, type FieldValue, type ObjectSchema } from './schema.ts'

const MOST_RECORDS = 200
const MOST_IDS = 2_000

type RowAnswer =
  | { id: string; success: true; errors: []; created?: boolean }
  | { success: false; errors: { statusCode: string; message: string; fields: readonly string[] }[] }

/** POST /composite/sobjects */
export function createCollection(org: OrgData, request: RestRequest): RestAnswer {
  const { records, allOrNone } = readBody(request)
  const rows = records.map((record) => readRow(org, request, objectOf(org, request, record), record))
  return writeAll(org, request, rows, allOrNone, (row) => ({
    id: org.writer.create(row.object, row.values, request.access),
  }))
}

/** PATCH /composite/sobjects */
export function changeCollection(org: OrgData, request: RestRequest): RestAnswer {
  const { records, allOrNone } = readBody(request)
  const rows = records.map((record) => {
    const fields = Object.entries(record).filter(([name]) => name.toLowerCase() !== 'id')
    const id = normalId(record['id'] ?? record['Id'])
    return { ...readRow(org, request, objectOf(org, request, record), Object.fromEntries(fields)), ...(id && { id }) }
  })
  return writeAll(org, request, rows, allOrNone, (row) => {
    const { id } = row
    if (!id) throw rowRefusal('MISSING_ARGUMENT', 'Id not specified in an update call', ['Id'])
    org.writer.update(row.object, id, row.values, request.access)
    return { id }
  })
}

/** PATCH /composite/sobjects/X/field */
export function upsertCollection(
  org: OrgData,
  request: RestRequest,
  object: ObjectSchema,
  keyName: string,
): RestAnswer {
  const { records, allOrNone } = readBody(request)
  const key = keyField(object, keyName)
  const rows = records.map((record) => {
    const named = typeOf(record)
    if (named.toLowerCase() !== object.name.toLowerCase()) {
      throw refusal('INVALID_TYPE', `The type of a record, ${named}, is not the type of the request, ${object.name}.`)
    }
    return readRow(org, request, object, record)
  })
  const seen = new Set<FieldValue>()
  return writeAll(org, request, rows, allOrNone, ({ values }) => {
    const value = values.get(key) ?? null
    if (value !== null && seen.has(value))
      throw rowRefusal('DUPLICATE_VALUE', `Duplicate external id specified: ${value}`)
    seen.add(value)
    const others = new Map([...values].filter(([field]) => field !== key))
    return org.writer.upsert(object, key, value, others, request.access)
  })
}

/** DELETE /composite/sobjects?ids=…&allOrNone= */
export function deleteCollection(org: OrgData, request: RestRequest): RestAnswer {
  const ids = (request.parameters.get('ids') ?? '').split(',').filter((id) => id !== '')
  limitRecords(ids.length)
  const rows = ids.map((id): IncomingRow => {
    const object = [...org.schema.values()].find((each) => each.keyPrefix === id.slice(0, 3))
    if (object) return { object, values: new Map(), fault: null }
    throw refusal('MALFORMED_ID', `malformed id ${id}`)
  })
  return writeAll(org, request, rows, request.parameters.get('allOrNone') === 'true', ({ object }, place) => {
    const id = normalId(ids[place]) ?? ''
    org.store.atomically(() => org.writer.remove(object, id, request.access))
    return { id }
  })
}

/** POST /composite/sobjects/X {ids, fields}; GET with the same as parameters */
export function retrieveCollection(org: OrgData, request: RestRequest, object: ObjectSchema): RestAnswer {
  const list = (name: string): string[] => request.parameters.get(name)?.split(',') ?? []
  const body = (request.body ?? {}) as { ids?: string[]; fields?: string[] }
  const ids = body.ids ?? list('ids')
  const fields = body.fields ?? list('fields')
  if (ids.length > MOST_IDS)
    throw refusal(
      'EXCEEDED_ID_LIMIT',
      `record limit reached. cannot submit more than ${MOST_IDS} records into this call`,
    )
  const records = ids.map((id) => {
    const row = org.store.get(object.name, normalId(id) ?? '')
    if (!row || !request.access.sees(object, row)) return null
    return org.soql.record(object, row, request.access, request.version, fields)
  })
  return { status: 200, body: records }
}

function writeAll(
  org: OrgData,
  request: RestRequest,
  rows: readonly IncomingRow[],
  allOrNone: boolean,
  write: (row: IncomingRow, place: number) => { id: string; created?: boolean },
): RestAnswer {
  let answers: RowAnswer[] = []
  try {
    org.store.atomically(() => {
      answers = rows.map((row, place) => {
        try {
          const done = writeRow(org, request, row, () => write(row, place))
          return { ...done, success: true, errors: [] }
        } catch (error) {
          if (error instanceof SalesforceError) return refused(error)
          throw error
        }
      })
      if (allOrNone && answers.some(({ success }) => !success)) throw new RolledBack()
    })
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error
    const message = 'Record rolled back because not all records were valid and the request was using AllOrNone header'
    const rolledBack = refused(rowRefusal('ALL_OR_NONE_OPERATION_ROLLED_BACK', message))
    answers = answers.map((each) => (each.success ? rolledBack : each))
  }
  return { status: 200, body: answers }
}

class RolledBack extends Error {}

function refused(error: SalesforceError): RowAnswer {
  const errors = error.faults.map(({ errorCode, message, fields }) => ({
    statusCode: errorCode,
    message,
    fields: fields ?? [],
  }))
  return { success: false, errors }
}

function readBody(request: RestRequest): { records: Record<string, unknown>[]; allOrNone: boolean } {
  const body = request.body as { records?: unknown; allOrNone?: unknown } | null
  if (!Array.isArray(body?.records)) throw refusal('MISSING_ARGUMENT', 'records is required')
  limitRecords(body.records.length)
  return { records: body.records as Record<string, unknown>[], allOrNone: body.allOrNone === true }
}

function limitRecords(count: number): void {
  if (count > MOST_RECORDS) {
    throw refusal(
      'EXCEEDED_ID_LIMIT',
      `record limit reached. cannot submit more than ${MOST_RECORDS} records into this call`,
    )
  }
}

function typeOf(record: Record<string, unknown>): string {
  const attributes = record['attributes'] as { type?: unknown } | undefined
  if (typeof attributes?.type === 'string') return attributes.type
  throw refusal('INVALID_TYPE', 'every record must have attributes with its type')
}

function objectOf(org: OrgData, request: RestRequest, record: Record<string, unknown>): ObjectSchema {
  const name = typeOf(record)
  if (!findObject(org.schema, name)) throw refusal('INVALID_TYPE', `sObject type '${name}' is not supported.`)
  return accessible(org, request, name)
}
