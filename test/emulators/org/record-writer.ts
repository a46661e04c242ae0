import { dateTimeText, fittingValue, type Values } from './field-values.ts'
import { evaluate } from './formula.ts'
import type { RecordReader } from './record-reader.ts'
import { rowRefusal, SalesforceError } from './salesforce-error.ts'
import { isComputed, type FieldSchema, type FieldValue, type ObjectSchema, type Row, type Schema } from './schema.ts'
import type { Access } from './security.ts'
import type { Store } from './store.ts'

export interface Upserted {
  readonly id: string
  readonly created: boolean
}

/**
 * Writes one record as the platform does: field security, types, required fields, references, validation rules, unique
 * values. Without `access` it writes as the system, which obeys everything but security.
 * @throws SalesforceError the row's refusal; nothing of the row is written
 */
export class RecordWriter {
  readonly #schema: Schema
  readonly #store: Store
  readonly #reader: RecordReader
  /** The customer's own rules, beside those of the package. */
  ownRule: ((object: ObjectSchema, row: Row) => SalesforceError | null) | null = null

  constructor(schema: Schema, store: Store, reader: RecordReader) {
    this.#schema = schema
    this.#store = store
    this.#reader = reader
  }

  create(object: ObjectSchema, values: Values, access: Access | null): string {
    if (access && !access.can(object, 'create')) {
      const message = `entity type cannot be inserted: ${object.label}`
      throw rowRefusal('CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', message)
    }
    if (access) this.#guardFields(object, values, access, 'createable')
    const row: Row = { Id: '' }
    for (const field of object.fields.values()) {
      if (isComputed(field)) continue
      const value = values.has(field) ? (values.get(field) as FieldValue) : this.#defaultOf(object, field, row)
      row[field.name] = fittingValue(field, value)
    }
    const now = dateTimeText(new Date())
    const by = access?.userId ?? null
    Object.assign(row, { IsDeleted: false, CreatedDate: now, LastModifiedDate: now, SystemModstamp: now })
    Object.assign(row, { CreatedById: by, LastModifiedById: by })
    if (object.fields.has('OwnerId')) row['OwnerId'] ??= by
    this.#judge(object, row, undefined, access)
    row.Id =
      typeof values.get(idOf(object)) === 'string' ? String(values.get(idOf(object))) : this.#store.nextId(object)
    for (const field of object.fields.values()) {
      if (field.autoNumber === null || row[field.name]) continue
      const number = this.#store.next(`${object.name}.${field.name}`, field.autoNumberStart)
      row[field.name] = field.autoNumber.replace(/\{(0+)\}/, (_, zeros: string) =>
        String(number).padStart(zeros.length, '0'),
      )
    }
    this.#store.put(object.name, row)
    return row.Id
  }

  update(object: ObjectSchema, id: string, values: Values, access: Access | null): void {
    const before = this.#existing(object, id, access)
    if (access && (!access.can(object, 'edit') || !access.changes(object, before))) {
      throw rowRefusal('INSUFFICIENT_ACCESS_OR_READONLY', 'insufficient access rights on object id')
    }
    if (access) this.#guardFields(object, values, access, 'updateable')
    const row: Row = { ...before }
    for (const [field, value] of values) row[field.name] = fittingValue(field, value)
    const now = dateTimeText(new Date())
    Object.assign(row, { LastModifiedDate: now, SystemModstamp: now, LastModifiedById: access?.userId ?? null })
    this.#judge(object, row, before, access)
    this.#store.put(object.name, row)
  }

  /** Creates or updates by the value of an external id field. */
  upsert(
    object: ObjectSchema,
    key: FieldSchema,
    keyValue: FieldValue,
    values: Values,
    access: Access | null,
  ): Upserted {
    if (keyValue === null) throw rowRefusal('MISSING_ARGUMENT', `${key.name} not specified`)
    const found =
      key.type === 'id'
        ? [this.#existing(object, String(keyValue), access)]
        : this.#store.having(object.name, key, keyValue)
    if (found.length > 1) {
      const message = `${key.name}: more than one record found for external id field: ${found.map(({ Id }) => Id).join(', ')}`
      throw rowRefusal('DUPLICATE_EXTERNAL_ID', message)
    }
    const [existing] = found
    if (!existing) return { id: this.create(object, new Map([[key, keyValue], ...values]), access), created: true }
    this.update(object, existing.Id, values, access)
    return { id: existing.Id, created: false }
  }

  /** Deletes a record and its details. */
  remove(object: ObjectSchema, id: string, access: Access | null): void {
    const row = this.#existing(object, id, access)
    if (access && (!access.can(object, 'delete') || !access.changes(object, row))) {
      throw rowRefusal('INSUFFICIENT_ACCESS_OR_READONLY', 'insufficient access rights on object id')
    }
    for (const other of this.#schema.values()) {
      for (const field of other.fields.values()) {
        if (!field.masterDetail || field.referenceTo !== object.name) continue
        for (const detail of this.#store.referring(other.name, field, id)) this.remove(other, detail.Id, null)
      }
    }
    this.#store.remove(object.name, id)
  }

  #existing(object: ObjectSchema, id: string, access: Access | null): Row {
    const row = this.#store.get(object.name, id)
    if (row && (!access || access.sees(object, row))) return row
    if (this.#store.wasDeleted(id)) throw rowRefusal('ENTITY_IS_DELETED', 'entity is deleted')
    throw rowRefusal('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id')
  }

  #guardFields(object: ObjectSchema, values: Values, access: Access, right: 'createable' | 'updateable'): void {
    const forbidden = [...values.keys()].filter((field) => !field[right] || !access.edits(object, field))
    if (forbidden.length === 0) return
    const names = forbidden.map((field) => field.name)
    throw rowRefusal(
      'INVALID_FIELD_FOR_INSERT_UPDATE',
      `Unable to create/update fields: ${names.join(', ')}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`,
      names,
    )
  }

  #defaultOf(object: ObjectSchema, field: FieldSchema, row: Row): FieldValue {
    if (field.type === 'picklist') return field.picklist.find((each) => each.isDefault)?.value ?? null
    if (field.defaultValue === null) return field.type === 'boolean' ? false : null
    return evaluate(field.defaultValue, { object, value: (other) => row[other.name] ?? null }, 'zero')
  }

  #judge(object: ObjectSchema, row: Row, before: Row | undefined, access: Access | null): void {
    const missing = [...object.fields.values()].filter((field) => field.required && (row[field.name] ?? null) === null)
    if (missing.length > 0) {
      const names = missing.map((field) => field.name)
      throw rowRefusal('REQUIRED_FIELD_MISSING', `Required fields are missing: [${names.join(', ')}]`, names)
    }
    this.#judgeReferences(object, row, before, access)
    this.#judgeRules(object, row, before)
    for (const field of object.fields.values()) {
      if (!field.unique || row[field.name] === null) continue
      const [other] = this.#store.having(object.name, field, row[field.name] ?? null)
      if (!other || other.Id === row.Id) continue
      const message = `duplicate value found: ${field.name} duplicates value on record with id: ${other.Id.slice(0, 15)}`
      throw rowRefusal('DUPLICATE_VALUE', message)
    }
  }

  #judgeReferences(object: ObjectSchema, row: Row, before: Row | undefined, access: Access | null): void {
    for (const field of object.fields.values()) {
      const id = row[field.name]
      if (!field.referenceTo || typeof id !== 'string' || before?.[field.name] === id) continue
      const other = this.#schema.get(field.referenceTo)
      const otherRow = other && this.#store.get(other.name, id)
      if (!other || !otherRow) {
        if (this.#store.wasDeleted(id)) throw rowRefusal('ENTITY_IS_DELETED', 'entity is deleted')
        throw rowRefusal('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id')
      }
      if (access && (!access.sees(other, otherRow) || (field.masterDetail && !access.changes(object, row)))) {
        const message = `insufficient access rights on cross-reference id: ${id.slice(0, 15)}`
        throw rowRefusal('INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY', message)
      }
    }
  }

  /** Every rule is asked, as in the org: a row can be refused for several reasons at once. */
  #judgeRules(object: ObjectSchema, row: Row, before: Row | undefined): void {
    const record = this.#reader.formulaRecord(object, row, before)
    const faults = object.validationRules
      .filter((rule) => evaluate(rule.formula, record, 'rule') === true)
      .map(({ message, errorField }) => ({
        errorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
        message,
        fields: errorField ? [errorField] : [],
      }))
    const own = this.ownRule?.(object, row)
    if (own) faults.push(...own.faults.map((fault) => ({ ...fault, fields: [...(fault.fields ?? [])] })))
    if (faults.length > 0) throw new SalesforceError(400, ...faults)
  }
}

function idOf(object: ObjectSchema): FieldSchema {
  return object.fields.get('Id') as FieldSchema
}
