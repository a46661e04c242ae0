import type { Database } from '../database/database.ts'

/** What the ledger says of its open work. Ages are seconds. */
export interface LedgerGauges {
  readonly open: readonly {
    readonly gateway: string
    readonly state: string
    readonly count: number
    readonly age: number
  }[]
  readonly attention: readonly { readonly code: string; readonly count: number }[]
  /** How many rows are due now, counted up to 10,000, and for how long the first has been. */
  readonly due: readonly { readonly work: string; readonly count: number; readonly age: number }[]
}

/** Scraping more often than this reads the figures of the last time: nobody loads the database by asking. */
const FRESH_MS = 5_000
/** A scrape does not wait longer for the ledger. */
const PATIENCE_MS = 2_000
const COUNTED = 10_000

/** Every statement reads an index that holds open work alone, so its cost does not grow with the ledger: whoever is open is due some day. */
const OPEN = `SELECT gateway, state, count(*)::int AS count, extract(epoch FROM relay_now() - min(requested_at))::float AS age
  FROM refunds WHERE due_at IS NOT NULL AND state IN ('requested', 'submitting', 'pending', 'unknown') GROUP BY 1, 2`

/** Rows that Salesforce holds a copy of. */
const WRITTEN_BACK = ['refunds', 'exposures', 'payments', 'refund_breaks']

const ATTENTION = `SELECT attention_code AS code, count(*)::int AS count FROM refunds WHERE attention IS NOT NULL GROUP BY 1
  UNION ALL SELECT 'write_refused', count(*)::int FROM (${WRITTEN_BACK.map(
    (table) => `SELECT FROM ${table} WHERE crm_due_at IS NOT NULL AND crm_refused_at IS NOT NULL`,
  ).join(' UNION ALL ')}) AS refused
  UNION ALL SELECT 'event_fails', count(*)::int FROM gateway_events WHERE due_at IS NOT NULL AND outcome = 'work_fails'`

const dueIn = (work: string, table: string, column: string) => `SELECT '${work}' AS work,
    (SELECT count(*)::int FROM (SELECT FROM ${table} WHERE ${column} <= relay_now() LIMIT ${COUNTED}) AS counted) AS count,
    coalesce(greatest(0, extract(epoch FROM relay_now() - (SELECT min(${column}) FROM ${table} WHERE ${column} IS NOT NULL))), 0)::float AS age`

const DUE = [
  dueIn('refunds', 'refunds', 'due_at'),
  dueIn('events', 'gateway_events', 'due_at'),
  ...WRITTEN_BACK.map((table) => dueIn(`write_back_${table}`, table, 'crm_due_at')),
].join(' UNION ALL ')

/** Reads the gauges, at most every five seconds, and never two readings at a time. */
export class LedgerReader {
  readonly #database: Database
  #last: { readonly at: number; readonly gauges: Promise<LedgerGauges> } | null = null

  constructor(database: Database) {
    this.#database = database
  }

  /** @throws when the database does not answer in time */
  read(): Promise<LedgerGauges> {
    const now = performance.now()
    if (this.#last && now - this.#last.at < FRESH_MS) return this.#last.gauges
    const gauges = withPatience(this.#ask(), PATIENCE_MS)
    this.#last = { at: now, gauges }
    return gauges
  }

  async #ask(): Promise<LedgerGauges> {
    const open = await this.#database.query<LedgerGauges['open'][number]>(OPEN)
    const attention = await this.#database.query<LedgerGauges['attention'][number]>(ATTENTION)
    const due = await this.#database.query<LedgerGauges['due'][number]>(DUE)
    return { open, attention, due: inThreeKinds(due) }
  }
}

/** Salesforce gets refunds, exposures, payments and breaks in the same calls: one kind of work. */
function inThreeKinds(rows: LedgerGauges['due']): LedgerGauges['due'] {
  const writes = rows.filter(({ work }) => work.startsWith('write_back'))
  const rest = rows.filter(({ work }) => !work.startsWith('write_back'))
  return [
    ...rest,
    {
      work: 'write_back',
      count: writes.reduce((sum, { count }) => sum + count, 0),
      age: Math.max(0, ...writes.map(({ age }) => age)),
    },
  ]
}

/** @throws Error when `work` takes longer */
export async function withPatience<Result>(work: Promise<Result>, patienceMs: number): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${patienceMs} ms`)), patienceMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
