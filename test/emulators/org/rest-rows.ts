import { readValues, type Values } from './field-values.ts'
import type { OrgData } from './org-data.ts'
import type { RestRequest } from './rest.ts'
import { refusal, rowRefusal, SalesforceError } from './salesforce-error.ts'
import { findField, type FieldSchema, type ObjectSchema, type Row } from './schema.ts'

/** One record of a request, read but not yet written. */
export interface IncomingRow {
  readonly object: ObjectSchema
  readonly values: Values
  /** Of an update. */
  readonly id?: string
  /** Found while it was read; the row alone is refused. */
  readonly fault: SalesforceError | null
}

/**
 * Reads one record. A parent may be named by an external id: `"Payment__r": { "Gateway_Key__c": "…" }`.
 * @throws SalesforceError what makes the whole request unreadable
 */
export function readRow(org: OrgData, { access }: RestRequest, object: ObjectSchema, body: unknown): IncomingRow {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw refusal('JSON_PARSER_ERROR', 'The HTTP entity body is required, but this request has no entity body.')
  }
  const plain: Record<string, unknown> = {}
  const byExternalId = new Map<FieldSchema, Record<string, unknown>>()
  for (const [name, value] of Object.entries(body)) {
    const reference = [...object.fields.values()].find((field) => field.relationshipName === name)
    if (reference && typeof value === 'object' && value !== null) {
      byExternalId.set(reference, value as Record<string, unknown>)
    } else plain[name] = value
  }
  const values = readValues(object, plain, (field) => access.reads(object, field))
  let fault: SalesforceError | null = null
  for (const [reference, named] of byExternalId) {
    const parent = org.schema.get(reference.referenceTo ?? '')
    const [key, value] = Object.entries(named).find(([name]) => name !== 'attributes') ?? ['', null]
    const field = parent && findField(parent, key)
    if (!parent || !field?.externalId)
      throw refusal('INVALID_FIELD', `No external id ${key} on ${reference.referenceTo}`)
    const [found] = org.store.having(parent.name, field, String(value))
    if (found) values.set(reference, found.Id)
    else {
      const message = `Foreign key external ID: ${String(value)} not found for field ${key} in entity ${parent.name}`
      fault = rowRefusal('INVALID_FIELD', message)
    }
  }
  return { object, values, fault }
}

/**
 * Does the work of one row under the faults asked for.
 * @throws SalesforceError the row's refusal
 */
export function writeRow<Result>(org: OrgData, request: RestRequest, row: IncomingRow, work: () => Result): Result {
  if (row.fault) throw row.fault
  const asked: Row = {
    Id: row.id ?? '',
    ...Object.fromEntries([...row.values].map(([field, value]) => [field.name, value])),
  }
  const locked = request.rowFaults.lock(asked)
  if (locked) throw locked
  org.writer.ownRule = (object, written) => request.rowFaults.refuse(object, written)
  try {
    return work()
  } finally {
    org.writer.ownRule = null
  }
}
