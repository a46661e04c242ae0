import { normalId } from './ids.ts'
import type { OrgData } from './org-data.ts'
import { notFound, type RestAnswer, type RestRequest } from './rest.ts'
import { readRow, writeRow } from './rest-rows.ts'
import { refusal, SalesforceError } from './salesforce-error.ts'
import { findField, type FieldSchema, type ObjectSchema, type Row } from './schema.ts'

/** A record named by its id, or by an external id. */
export interface RecordKey {
  readonly field: string
  readonly value: string
}

/** POST /sobjects/X */
export function createRecord(org: OrgData, request: RestRequest, object: ObjectSchema): RestAnswer {
  const row = readRow(org, request, object, request.body)
  const id = writeRow(org, request, row, () => org.writer.create(object, row.values, request.access))
  return { status: 201, body: { id, success: true, errors: [] } }
}

/** GET /sobjects/X/id, /sobjects/X/field/value, with ?fields= */
export function readRecord(org: OrgData, request: RestRequest, object: ObjectSchema, key: RecordKey): RestAnswer {
  const fields = request.parameters.get('fields')?.split(',')
  const row = one(org, request, object, key)
  return { status: 200, body: org.soql.record(object, row, request.access, request.version, fields) }
}

/** PATCH /sobjects/X/id */
export function changeRecord(org: OrgData, request: RestRequest, object: ObjectSchema, id: string): RestAnswer {
  const row = readRow(org, request, object, request.body)
  const existing = one(org, request, object, { field: 'Id', value: id })
  writeRow(org, request, row, () => org.writer.update(object, existing.Id, row.values, request.access))
  return { status: 204 }
}

/** PATCH /sobjects/X/field/value */
export function upsertRecord(org: OrgData, request: RestRequest, object: ObjectSchema, key: RecordKey): RestAnswer {
  const field = keyField(object, key.field)
  const row = readRow(org, request, object, request.body)
  if (row.values.has(field)) {
    const message = `The ${field.name} field should not be specified in the sobject data.`
    throw refusal('INVALID_FIELD', message)
  }
  const done = writeRow(org, request, row, () =>
    org.writer.upsert(object, field, key.value, row.values, request.access),
  )
  return { status: done.created ? 201 : 200, body: { id: done.id, success: true, errors: [], created: done.created } }
}

/** DELETE /sobjects/X/id */
export function deleteRecord(org: OrgData, request: RestRequest, object: ObjectSchema, key: RecordKey): RestAnswer {
  const { Id } = one(org, request, object, key)
  org.store.atomically(() => org.writer.remove(object, Id, request.access))
  return { status: 204 }
}

/** The field that an upsert names: the id, or an external id. */
export function keyField(object: ObjectSchema, name: string): FieldSchema {
  const field = findField(object, name)
  if (field && (field.externalId || field.type === 'id')) return field
  throw refusal('NOT_FOUND', `Provided external ID field does not exist or is not accessible: ${name}`, undefined, 404)
}

function one(org: OrgData, request: RestRequest, object: ObjectSchema, key: RecordKey): Row {
  const field = keyField(object, key.field)
  const id = normalId(key.value) ?? ''
  const found = field.type === 'id' ? [org.store.get(object.name, id)] : org.store.having(object.name, field, key.value)
  const row = found[0]
  if (row && request.access.sees(object, row)) return row
  if (org.store.wasDeleted(id))
    throw new SalesforceError(404, { errorCode: 'ENTITY_IS_DELETED', message: 'entity is deleted' })
  throw notFound()
}
