import { z } from 'zod'
import { type ApiUsage, type Crm, type RefundRecord, type WriteResult } from './crm.ts'
import { permittedUsers } from './permitted-users.ts'
import { RECORD_CURRENCY, REFUND_KEY, REFUND_OBJECT, toRecord } from './refund-record.ts'
import {
  faultSchema,
  passesByItself,
  readFault,
  refusedRow,
  unreadable,
  wholeCallError,
  type Fault,
} from './salesforce-refusal.ts'
import { SalesforceSession, type OrgConnection } from './salesforce-session.ts'

export interface SalesforceOrg extends OrgConnection {
  /** API name of the permission set whose holders may refund. */
  readonly permissionSet: string
}

export interface SalesforceCrmOptions {
  /** Milliseconds to wait for an answer before calling the org unavailable. */
  readonly deadlineMs?: number
}

/** Limits of composite: 5 collections in one call, 200 rows in each. */
const ROWS_PER_COLLECTION = 200
const ROWS_PER_CALL = 5 * ROWS_PER_COLLECTION
const DESCRIBE_MS = 24 * 60 * 60 * 1000

const describeSchema = z.object({
  fields: z.array(
    z.object({
      name: z.string(),
      picklistValues: z.array(z.object({ value: z.string(), active: z.boolean().default(true) })).nullish(),
    }),
  ),
})

const compositeSchema = z.object({
  compositeResponse: z.array(z.object({ httpStatusCode: z.int(), body: z.unknown() })),
})

const rowsSchema = z.array(z.object({ success: z.boolean(), errors: z.array(faultSchema).default([]) }))

/** One Salesforce org, through its REST API. Translates and nothing else: what failed is for the caller to repeat. */
export class SalesforceCrm implements Crm {
  readonly #session: SalesforceSession
  readonly #permissionSet: string
  #currencies: { readonly known: Promise<ReadonlySet<string>>; readonly until: number } | null = null

  constructor(org: SalesforceOrg, options: SalesforceCrmOptions = {}) {
    this.#session = new SalesforceSession(org, options.deadlineMs)
    this.#permissionSet = org.permissionSet
  }

  get apiUsage(): ApiUsage | null {
    return this.#session.apiUsage
  }

  async upsertRefunds(records: readonly RefundRecord[]): Promise<readonly WriteResult[]> {
    if (records.length > ROWS_PER_CALL) throw new RangeError(`one call takes at most ${ROWS_PER_CALL} rows`)
    if (records.length === 0) return []
    const currencies = await this.#recordCurrencies()
    const results = new Map<RefundRecord, WriteResult>()
    const rows: { record: RefundRecord; row: object }[] = []
    for (const record of records) {
      try {
        rows.push({ record, row: toRow(record, currencies) })
      } catch (error) {
        // One row that cannot be said must not hold back the others: the org would refuse the whole collection.
        if (!(error instanceof RangeError)) throw error
        results.set(record, { refundId: record.refundId, outcome: 'person', detail: error.message })
      }
    }
    const written = rows.length === 0 ? [] : await this.#upsert(rows.map(({ row }) => row))
    rows.forEach(({ record }, place) => results.set(record, toResult(record, written[place]!)))
    return records.map((record) => results.get(record)!)
  }

  permittedUsers(): Promise<ReadonlySet<string>> {
    return permittedUsers(this.#session, this.#permissionSet)
  }

  /** @returns what was said against each row; null for those that were written */
  async #upsert(rows: readonly object[]): Promise<readonly (readonly Fault[] | null)[]> {
    const collections: (readonly object[])[] = []
    for (let start = 0; start < rows.length; start += ROWS_PER_COLLECTION) {
      collections.push(rows.slice(start, start + ROWS_PER_COLLECTION))
    }
    const answer = await this.#session.send({
      method: 'POST',
      path: `${this.#session.root}/composite`,
      body: {
        allOrNone: false,
        compositeRequest: collections.map((records, place) => ({
          method: 'PATCH',
          url: `${this.#session.root}/composite/sobjects/${REFUND_OBJECT}/${REFUND_KEY}`,
          referenceId: `rows${place}`,
          body: { allOrNone: false, records },
        })),
      },
    })
    const parsed = compositeSchema.safeParse(answer)
    if (!parsed.success || parsed.data.compositeResponse.length !== collections.length) throw unreadable()
    return parsed.data.compositeResponse.flatMap((part, place) =>
      readCollection(part.httpStatusCode, part.body, collections[place]!.length),
    )
  }

  /** Currencies that a record can carry in CurrencyIsoCode; none in an org with one currency. */
  #recordCurrencies(): Promise<ReadonlySet<string>> {
    if (this.#currencies && Date.now() < this.#currencies.until) return this.#currencies.known
    const asked = { known: this.#describeCurrencies(), until: Date.now() + DESCRIBE_MS }
    this.#currencies = asked
    asked.known.catch(() => {
      if (this.#currencies === asked) this.#currencies = null
    })
    return asked.known
  }

  async #describeCurrencies(): Promise<ReadonlySet<string>> {
    const path = `${this.#session.root}/sobjects/${REFUND_OBJECT}/describe`
    const parsed = describeSchema.safeParse(await this.#session.send({ method: 'GET', path }))
    if (!parsed.success) throw unreadable()
    const field = parsed.data.fields.find(({ name }) => name === RECORD_CURRENCY)
    return new Set((field?.picklistValues ?? []).filter(({ active }) => active).map(({ value }) => value))
  }
}

function toRow(record: RefundRecord, currencies: ReadonlySet<string>): object {
  const fields = Object.entries(toRecord(record)).map(([name, value]) => [name, withoutReferences(value)])
  // An org that does not deal in this currency would refuse the row; Currency__c says it all the same.
  if (currencies.has(record.currency)) fields.push([RECORD_CURRENCY, record.currency])
  return { attributes: { type: REFUND_OBJECT }, ...Object.fromEntries(fields) }
}

/**
 * In a composite request @{…} stands for a part of an earlier answer, in any text of a row, and cannot be escaped: a note
 * that holds it would read other rows or halt the whole collection.
 */
function withoutReferences(value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll('@{', '@ {') : value
}

function toResult({ refundId }: RefundRecord, faults: readonly Fault[] | null): WriteResult {
  return faults === null ? { refundId, outcome: 'written' } : refusedRow(refundId, faults)
}

function readCollection(status: number, body: unknown, count: number): (readonly Fault[] | null)[] {
  if (status === 200) {
    const rows = rowsSchema.safeParse(body)
    if (!rows.success || rows.data.length !== count) throw unreadable()
    return rows.data.map((row) => (row.success ? null : row.errors))
  }
  const fault = readFault(status, body)
  if (status < 500 && !passesByItself(fault)) {
    // Rows are checked before they are sent, so this is about all of them: a field or the object is missing.
    throw wholeCallError({ ...fault, message: `${REFUND_OBJECT} cannot be written. ${fault.message}` }, status)
  }
  // Other collections of the same call may have been written.
  const passing: Fault = passesByItself(fault) ? fault : { ...fault, code: 'SERVER_UNAVAILABLE' }
  return Array<readonly Fault[]>(count).fill([passing])
}
