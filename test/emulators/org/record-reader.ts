import { Decimal } from 'decimal.js'
import { evaluate, type FormulaRecord } from './formula.ts'
import { passes } from './filter-items.ts'
import type { FieldSchema, FieldValue, ObjectSchema, Row, Schema, Summary } from './schema.ts'
import { findField } from './schema.ts'
import type { Store } from './store.ts'

/** Reads fields of rows, formulas and roll-ups included; what was worked out is kept until the record or a detail changes. */
export class RecordReader {
  readonly #schema: Schema
  readonly #store: Store
  // By row, not by id: a row that is judged before it is stored has values of its own.
  readonly #computed = new WeakMap<Row, { version: number; values: Map<FieldSchema, FieldValue> }>()

  constructor(schema: Schema, store: Store) {
    this.#schema = schema
    this.#store = store
  }

  value(object: ObjectSchema, row: Row, field: FieldSchema): FieldValue {
    if (!field.formula && !field.summary) return row[field.name] ?? (field.type === 'boolean' ? false : null)
    // A formula that reads the parent is stale when the parent changes, which nothing here notices.
    if (field.formula?.includes('__r.')) return this.#formula(object, row, field)
    const version = this.#store.version(row.Id)
    let known = this.#computed.get(row)
    if (known?.version !== version) {
      known = { version, values: new Map() }
      this.#computed.set(row, known)
    }
    let value = known.values.get(field)
    if (value === undefined) {
      value = field.summary ? this.#rollUp(field.summary, field, row.Id) : this.#formula(object, row, field)
      known.values.set(field, value)
    }
    return value
  }

  /** Every field of a row, computed ones included. */
  record(object: ObjectSchema, row: Row): Row {
    const fields = [...object.fields.values()].map((field) => [field.name, this.value(object, row, field)] as const)
    return { ...Object.fromEntries(fields), Id: row.Id }
  }

  /** The row as formulas see it; `prior` is the row before this save. */
  formulaRecord(object: ObjectSchema, row: Row, prior?: Row): FormulaRecord {
    return {
      object,
      value: (field) => this.value(object, row, field),
      ...(prior ? { prior: (field: FieldSchema) => this.value(object, prior, field) } : {}),
      parent: (relationshipName) => {
        const reference = [...object.fields.values()].find((field) => field.relationshipName === relationshipName)
        const parent = reference?.referenceTo ? this.#schema.get(reference.referenceTo) : undefined
        if (!reference || !parent) return undefined
        const parentRow = this.#store.get(parent.name, String(row[reference.name] ?? ''))
        return parentRow ? this.formulaRecord(parent, parentRow) : { object: parent, value: () => null }
      },
    }
  }

  #formula(object: ObjectSchema, row: Row, field: FieldSchema): FieldValue {
    const blanks = field.blanksAsZero ? 'zero' : 'blank'
    const value = evaluate(field.formula as string, this.formulaRecord(object, row), blanks)
    if (field.type === 'double' && value !== null) return rounded(Number(value), field.scale)
    return value === '' ? null : value
  }

  #rollUp(summary: Summary, field: FieldSchema, masterId: string): FieldValue {
    const details = this.#schema.get(summary.object)
    const master = details?.fields.get(summary.masterField)
    if (!details || !master)
      throw new Error(`The roll-up ${field.name} counts ${summary.object}, which is not in the package.`)
    const counted = this.#store
      .referring(details.name, master, masterId)
      .filter((row) =>
        summary.filters.every((filter) => passes(filter, details, (each) => this.value(details, row, each))),
      )
    if (summary.operation === 'count') return counted.length
    const summed = findField(details, summary.field ?? '')
    if (!summed)
      throw new Error(`The roll-up ${field.name} sums ${summary.field}, which ${details.name} does not have.`)
    const values = counted.map((row) => this.value(details, row, summed)).filter((value) => value !== null)
    if (summary.operation === 'sum') {
      return values.reduce((sum: Decimal, value) => sum.plus(Number(value)), new Decimal(0)).toNumber()
    }
    if (values.length === 0) return null
    return Math[summary.operation](...values.map(Number))
  }
}

/** Half up, as the platform rounds on save. */
export function rounded(value: number, scale: number): number {
  return new Decimal(value).toDecimalPlaces(scale, Decimal.ROUND_HALF_UP).toNumber()
}
