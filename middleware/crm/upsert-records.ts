import { z } from 'zod'
import { MOST_COLLECTIONS, sendTogether, type SubAnswer } from './composite.ts'
import { BREAK_KEY, BREAK_OBJECT, breakFields } from './break-record.ts'
import { CREDIT_KEY, CREDIT_OBJECT, creditFields } from './credit-record.ts'
import { CrmError, type CrmRecord, type WriteResult } from './crm.ts'
import { EXPOSURE_KEY, EXPOSURE_OBJECT, exposureFields } from './exposure-record.ts'
import { RECORD_CURRENCY, type RecordCurrencies } from './record-currencies.ts'
import { PAYMENT_OBJECT, paymentFields } from './payment-record.ts'
import type { Fields } from './record-fields.ts'
import { REFUND_KEY, REFUND_OBJECT, refundFields } from './refund-record.ts'
import {
  faultSchema,
  passesByItself,
  readFault,
  refusedRow,
  unreadable,
  wholeCallError,
  type Fault,
} from './salesforce-refusal.ts'
import type { SalesforceSession } from './salesforce-session.ts'

const ROWS_PER_COLLECTION = 200
const NONE: ReadonlySet<string> = new Set()

/** Objects without a key are the org's own: their rows are updated by record id, never created. */
const OBJECTS: Readonly<Record<CrmRecord['type'], { readonly name: string; readonly key: string | null }>> = {
  refund: { name: REFUND_OBJECT, key: REFUND_KEY },
  credit: { name: CREDIT_OBJECT, key: CREDIT_KEY },
  exposure: { name: EXPOSURE_OBJECT, key: EXPOSURE_KEY },
  payment: { name: PAYMENT_OBJECT, key: null },
  break: { name: BREAK_OBJECT, key: BREAK_KEY },
}

interface Row {
  readonly record: CrmRecord
  /** Where the caller wants its result. */
  readonly place: number
  readonly fields: Fields
}

interface Collection {
  readonly type: CrmRecord['type']
  readonly rows: readonly Row[]
}

/** What was said against each row, null for those that were written. */
type RowAnswers = readonly (readonly Fault[] | null)[]

const rowsSchema = z.array(z.object({ success: z.boolean(), errors: z.array(faultSchema).default([]) }))

/**
 * Upserts by external id, or updates by record id, rows of one object in collections of 200, all collections in one API
 * call. An object that takes no rows at all (not deployed, a field missing) does not hold back the others.
 * @returns one result per record, in the same order
 * @throws RangeError for more than five collections
 * @throws CrmError
 */
export async function upsertRecords(
  session: SalesforceSession,
  currencies: RecordCurrencies,
  records: readonly CrmRecord[],
): Promise<readonly WriteResult[]> {
  if (inCollections(records, ({ type }) => type).length > MOST_COLLECTIONS) {
    throw new RangeError(
      `one call takes at most ${MOST_COLLECTIONS} collections of ${ROWS_PER_COLLECTION} rows of a type`,
    )
  }
  const known = await describe(currencies, new Set(records.map(({ type }) => type)))
  const results: WriteResult[] = []
  const rows: Row[] = []
  for (const [place, record] of records.entries()) {
    const fields = sayableFields(record, known.get(record.type)!)
    if (fields instanceof Error) results[place] = { id: record.id, outcome: 'person', detail: fields.message }
    else rows.push({ record, place, fields })
  }
  const collections = inCollections(rows, ({ record }) => record.type)
  const answers = collections.length === 0 ? [] : await send(session, collections)
  const refusals = [...known.values(), ...answers].filter((each) => each instanceof CrmError)
  // Nothing was taken: this is about the org, not about some of the rows.
  if (refusals.length > 0 && answers.every((each) => each instanceof CrmError)) throw refusals[0]!
  collections.forEach((collection, index) => {
    const answer = answers[index]!
    collection.rows.forEach(({ record: { id }, place }, nth) => {
      if (answer instanceof CrmError) results[place] = { id, outcome: 'person', detail: answer.message }
      else results[place] = toResult(id, answer[nth]!)
    })
  })
  return results
}

/** Neighbours of one type, 200 at most, in the order given within each type. */
function inCollections<Item>(items: readonly Item[], typeOf: (item: Item) => CrmRecord['type']) {
  const collections: { readonly type: CrmRecord['type']; readonly rows: Item[] }[] = []
  const open = new Map<CrmRecord['type'], Item[]>()
  for (const item of items) {
    const type = typeOf(item)
    let rows = open.get(type)
    if (!rows || rows.length === ROWS_PER_COLLECTION) {
      rows = []
      open.set(type, rows)
      collections.push({ type, rows })
    }
    rows.push(item)
  }
  return collections
}

/** The currencies that records of each type can carry, or why the org does not show that object. */
async function describe(currencies: RecordCurrencies, types: ReadonlySet<CrmRecord['type']>) {
  const described = [...types].map(async (type) => {
    const { name, key } = OBJECTS[type]
    // Whoever created the record has given it its currency.
    if (key === null) return [type, NONE] as const
    try {
      return [type, await currencies.of(name)] as const
    } catch (error) {
      if (!(error instanceof CrmError) || error.kind !== 'refused') throw error
      return [type, cannotBeWritten(type, error)] as const
    }
  })
  return new Map<CrmRecord['type'], ReadonlySet<string> | CrmError>(await Promise.all(described))
}

async function send(
  session: SalesforceSession,
  collections: readonly Collection[],
): Promise<(RowAnswers | CrmError)[]> {
  const answers = await sendTogether(
    session,
    collections.map(({ type, rows }) => ({
      method: 'PATCH',
      url: `${session.root}/composite/sobjects${keyPath(type)}`,
      body: {
        allOrNone: false,
        records: rows.map(({ fields }) => ({ attributes: { type: OBJECTS[type].name }, ...fields })),
      },
    })),
  )
  return collections.map((collection, index) => readCollection(collection, answers[index]!))
}

function keyPath(type: CrmRecord['type']): string {
  const { name, key } = OBJECTS[type]
  return key === null ? '' : `/${name}/${key}`
}

function readCollection({ type, rows }: Collection, { status, body }: SubAnswer): RowAnswers | CrmError {
  if (status === 200) {
    const parsed = rowsSchema.safeParse(body)
    if (!parsed.success || parsed.data.length !== rows.length) throw unreadable()
    return parsed.data.map((row) => (row.success ? null : row.errors))
  }
  const fault = readFault(status, body)
  // Rows are checked before they are sent, so this is about all of them: a field or the object is missing.
  if (status < 500 && !passesByItself(fault)) return cannotBeWritten(type, wholeCallError(fault, status))
  const passing: Fault = passesByItself(fault) ? fault : { ...fault, code: 'SERVER_UNAVAILABLE' }
  return rows.map(() => [passing])
}

function cannotBeWritten(type: CrmRecord['type'], cause: CrmError): CrmError {
  return new CrmError(cause.kind, `${OBJECTS[type].name} cannot be written. ${cause.message}`, { cause })
}

function toResult(id: string, faults: readonly Fault[] | null): WriteResult {
  return faults === null ? { id, outcome: 'written' } : refusedRow(id, faults)
}

/** One row that cannot be said must not hold back the others: the org would refuse the whole collection. */
function sayableFields(record: CrmRecord, currencies: ReadonlySet<string> | CrmError): Fields | Error {
  if (currencies instanceof CrmError) return currencies
  try {
    return toFields(record, currencies)
  } catch (error) {
    if (error instanceof RangeError) return error
    throw error
  }
}

function toFields(record: CrmRecord, currencies: ReadonlySet<string>): Fields {
  const fields = Object.entries(fieldsOf(record)).map(([name, value]) => [name, withoutReferences(value)] as const)
  // An org that does not deal in this currency would refuse the row; Currency__c says it all the same.
  if (record.currency !== null && currencies.has(record.currency)) fields.push([RECORD_CURRENCY, record.currency])
  return Object.fromEntries(fields)
}

function fieldsOf(record: CrmRecord): Fields {
  switch (record.type) {
    case 'refund':
      return refundFields(record)
    case 'credit':
      return creditFields(record)
    case 'exposure':
      return exposureFields(record)
    case 'payment':
      return paymentFields(record)
    case 'break':
      return breakFields(record)
  }
}

/**
 * In a composite request @{…} stands for a part of an earlier answer, in any text of a row, and cannot be escaped: a note
 * that holds it would read other rows or halt the whole collection.
 */
function withoutReferences<Value>(value: Value | string): Value | string {
  return typeof value === 'string' ? value.replaceAll('@{', '@ {') : value
}
