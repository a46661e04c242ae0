import { parseQuery, type FieldType, type OrderByClause, type Query } from '@jetstreamapp/soql-parser-js'
import { normalId } from './ids.ts'
import type { RecordReader } from './record-reader.ts'
import { refusal } from './salesforce-error.ts'
import { findField, findObject, type FieldValue, type ObjectSchema, type Row, type Schema } from './schema.ts'
import type { Access } from './security.ts'
import { comparable, compileWhere, type ConditionScope, type Equality, type FieldPath } from './soql-condition.ts'
import type { Store } from './store.ts'

/** A record as the API shows it. */
export interface RecordJson {
  attributes: { type: string; url?: string }
  [field: string]: unknown
}

export interface QueryAnswer {
  readonly totalSize: number
  readonly records: RecordJson[]
}

type Show = (row: Row) => [name: string, value: unknown]

/** Answers SOQL as one user; without `access` as the system. */
export class Soql {
  readonly #schema: Schema
  readonly #store: Store
  readonly #reader: RecordReader

  constructor(schema: Schema, store: Store, reader: RecordReader) {
    this.#schema = schema
    this.#store = store
    this.#reader = reader
  }

  /** @throws SalesforceError MALFORMED_QUERY, INVALID_TYPE, INVALID_FIELD */
  query(soql: string, access: Access | null, version: string): QueryAnswer {
    let query: Query
    try {
      query = parseQuery(soql)
    } catch (error) {
      throw refusal('MALFORMED_QUERY', `\n${soql}\n${error instanceof Error ? error.message : String(error)}`)
    }
    const object = this.#object(query.sObject ?? '', access)
    const rows = this.#rows(query, object, access)
    const counted = count(query)
    if (counted === 'total') return { totalSize: rows.length, records: [] }
    if (counted) {
      return { totalSize: 1, records: [{ attributes: { type: 'AggregateResult' }, [counted]: rows.length }] }
    }
    const show = this.#fields(query.fields ?? [], object, access, version)
    return { totalSize: rows.length, records: rows.map((row) => json(object, row, show, version)) }
  }

  /** The record with these fields, or with all that the user may read. */
  record(
    object: ObjectSchema,
    row: Row,
    access: Access | null,
    version: string,
    fields?: readonly string[],
  ): RecordJson {
    const names =
      fields ??
      [...object.fields.values()].filter((each) => access?.reads(object, each) ?? true).map(({ name }) => name)
    const show = names.map((name): Show => {
      const path = this.#path(object, name, access)
      return (each) => [path.field.name, path.read(each)]
    })
    return json(object, row, show, version)
  }

  #object(name: string, access: Access | null): ObjectSchema {
    const object = findObject(this.#schema, name)
    if (object && (!access || access.can(object, 'read'))) return object
    throw refusal(
      'INVALID_TYPE',
      `sObject type '${name}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.`,
    )
  }

  /** The rows that match, of `among` or of all. */
  #rows(query: Query, object: ObjectSchema, access: Access | null, among?: Iterable<Row>): Row[] {
    const { test, must } = compileWhere(query.where, this.#scope(object, access))
    const rows: Row[] = []
    for (const row of among ?? this.#candidates(object, must)) {
      if (test(row) && (!access || access.sees(object, row))) rows.push(row)
    }
    const orders = [query.orderBy ?? []].flat().map((order) => this.#order(object, order, access))
    if (orders.length > 0) rows.sort((one, other) => orders.reduce((order, next) => order || next(one, other), 0))
    const from = query.offset ?? 0
    return rows.slice(from, query.limit === undefined ? undefined : from + query.limit)
  }

  /** Rows that an index says may match; all of them when none does. */
  #candidates(object: ObjectSchema, must: readonly Equality[]): Iterable<Row> {
    for (const equality of must) {
      const found = this.#byIndex(object, equality)
      if (found) return found
    }
    return this.#store.all(object.name)
  }

  #byIndex(object: ObjectSchema, { path, values }: Equality): Row[] | null {
    const field = findField(object, path)
    if (!field || values.includes(null)) return null
    const rows = new Map<string, Row>()
    for (const value of values) {
      const id = normalId(value) ?? ''
      const found =
        field.type === 'id'
          ? [this.#store.get(object.name, id)]
          : field.unique || field.externalId
            ? this.#store.having(object.name, field, value)
            : this.#store.isReferenceIndexed(object.name, field)
              ? this.#store.referring(object.name, field, id)
              : null
      if (!found) return null
      for (const row of found) if (row) rows.set(row.Id, row)
    }
    return [...rows.values()]
  }

  #scope(object: ObjectSchema, access: Access | null): ConditionScope {
    return {
      path: (name) => this.#path(object, name, access),
      inner: (query) => {
        const inner = this.#object(query.sObject ?? '', access)
        const [selected] = query.fields ?? []
        if (selected?.type !== 'Field') throw refusal('MALFORMED_QUERY', 'an inner query selects one field')
        const path = this.#path(inner, selected.field, access)
        if (path.field.type !== 'id' && path.field.type !== 'reference') {
          throw refusal('MALFORMED_QUERY', `an inner query selects an id or a reference, not ${selected.field}`)
        }
        return this.#rows(query, inner, access).map((row) => path.read(row))
      },
    }
  }

  #path(object: ObjectSchema, name: string, access: Access | null): FieldPath {
    const [head, ...rest] = name.split('.') as [string, ...string[]]
    if (rest.length === 0) {
      const field = findField(object, head)
      if (!field || (access && !access.reads(object, field))) throw noColumn(object, head)
      return { field, read: (row) => this.#reader.value(object, row, field) }
    }
    if (head === object.name) return this.#path(object, rest.join('.'), access)
    const { parent, rowOf } = this.#parent(object, head, access)
    const inner = this.#path(parent, rest.join('.'), access)
    return {
      field: inner.field,
      read: (row) => {
        const found = rowOf(row)
        return found ? inner.read(found) : null
      },
    }
  }

  #parent(
    object: ObjectSchema,
    relationship: string,
    access: Access | null,
  ): { name: string; parent: ObjectSchema; rowOf: (row: Row) => Row | undefined } {
    const wanted = relationship.toLowerCase()
    const reference = [...object.fields.values()].find((each) => each.relationshipName?.toLowerCase() === wanted)
    const parent = reference?.referenceTo ? this.#schema.get(reference.referenceTo) : undefined
    if (!reference || !parent || (access && !access.reads(object, reference))) {
      const message = `Didn't understand relationship '${relationship}' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.`
      throw refusal('INVALID_FIELD', message)
    }
    const rowOf = (row: Row): Row | undefined => this.#store.get(parent.name, String(row[reference.name] ?? ''))
    return { name: reference.relationshipName ?? relationship, parent, rowOf }
  }

  #fields(fields: readonly FieldType[], object: ObjectSchema, access: Access | null, version: string): Show[] {
    const shown: Show[] = []
    const parents = new Map<string, FieldType[]>()
    for (const selected of fields) {
      if (selected.type === 'Field') {
        const path = this.#path(object, selected.field, access)
        shown.push((row) => [path.field.name, path.read(row)])
      } else if (selected.type === 'FieldRelationship') {
        const [first, ...rest] = selected.relationships as [string, ...string[]]
        const inner: FieldType =
          rest.length > 0 ? { ...selected, relationships: rest } : { type: 'Field', field: selected.field }
        parents.set(first, [...(parents.get(first) ?? []), inner])
      } else if (selected.type === 'FieldSubquery') {
        shown.push(this.#details(selected.subquery, object, access, version))
      } else {
        throw refusal('MALFORMED_QUERY', `the local org does not know ${selected.type} in SELECT`)
      }
    }
    for (const [relationship, inner] of parents) {
      const { name, parent, rowOf } = this.#parent(object, relationship, access)
      const show = this.#fields(inner, parent, access, version)
      shown.push((row) => {
        const found = rowOf(row)
        return [name, found ? json(parent, found, show, version) : null]
      })
    }
    return shown
  }

  #details(
    subquery: Query & { relationshipName: string },
    object: ObjectSchema,
    access: Access | null,
    version: string,
  ): Show {
    const wanted = subquery.relationshipName.toLowerCase()
    for (const child of this.#schema.values()) {
      for (const field of child.fields.values()) {
        if (field.referenceTo !== object.name || field.childRelationshipName?.toLowerCase() !== wanted) continue
        const name = field.childRelationshipName
        this.#object(child.name, access)
        const show = this.#fields(subquery.fields ?? [], child, access, version)
        return (row) => {
          const rows = this.#rows(subquery, child, access, this.#store.referring(child.name, field, row.Id))
          const records = rows.map((each) => json(child, each, show, version))
          return [name, records.length > 0 ? { totalSize: records.length, done: true, records } : null]
        }
      }
    }
    throw refusal(
      'INVALID_TYPE',
      `Didn't understand relationship '${subquery.relationshipName}' in FROM part of query call.`,
    )
  }

  #order(object: ObjectSchema, order: OrderByClause, access: Access | null): (one: Row, other: Row) => number {
    if (!('field' in order)) throw refusal('MALFORMED_QUERY', 'functions in ORDER BY are not known to the local org')
    const path = this.#path(object, order.field, access)
    const sign = order.order === 'DESC' ? -1 : 1
    const nulls = order.nulls === 'LAST' || (order.nulls === undefined && sign < 0) ? 1 : -1
    const key = (row: Row): FieldValue => comparable(path.field, path.read(row))
    return (one, other) => {
      const [a, b] = [key(one), key(other)]
      if (a === b) return 0
      if (a === null) return nulls
      if (b === null) return -nulls
      return a < b ? -sign : sign
    }
  }
}

/** `COUNT()` counts in totalSize; `COUNT(Id) alias` answers with a row. */
function count(query: Query): 'total' | string | null {
  const [first] = query.fields ?? []
  if (query.groupBy) throw refusal('MALFORMED_QUERY', 'the local org does not know GROUP BY')
  if (first?.type !== 'FieldFunctionExpression') return null
  if (first.functionName.toUpperCase() !== 'COUNT') {
    throw refusal('MALFORMED_QUERY', `the local org does not know ${first.functionName} in SELECT`)
  }
  return first.parameters.length === 0 ? 'total' : (first.alias ?? 'expr0')
}

function json(object: ObjectSchema, row: Row, show: readonly Show[], version: string): RecordJson {
  const url = `/services/data/${version}/sobjects/${object.name}/${row.Id}`
  return { attributes: { type: object.name, url }, ...Object.fromEntries(show.map((each) => each(row))) }
}

function noColumn(object: ObjectSchema, name: string): Error {
  return refusal(
    'INVALID_FIELD',
    `No such column '${name}' on entity '${object.name}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names.`,
  )
}
