import type { Database } from '../database/database.ts'
import type { GatewayEvent } from '../gateways/gateway.ts'

/** What one gateway account told, e.g. in one delivery. */
export interface Told {
  readonly gateway: string
  readonly account: string
  readonly events: readonly GatewayEvent[]
}

export interface Stored {
  /** Events that were not known before. */
  readonly fresh: number
  /** How many of them are to be applied. */
  readonly due: number
}

interface Waiting {
  readonly told: Told
  readonly resolve: (stored: Stored) => void
  readonly reject: (error: unknown) => void
}

const LARGEST_BATCH_ROWS = 500
/** While one batch waits for the disk the next is gathered and sent. */
const BATCHES_AT_ONCE = 2

/**
 * Deliveries that come at the same time share one statement and one commit, and with it the wait for the disk. Each is told only of its
 * own fate, and only after the commit that holds it.
 */
export class EventInbox {
  readonly #database: Database
  readonly #waiting: Waiting[] = []
  #batches = 0
  #planned = false

  constructor(database: Database) {
    this.#database = database
  }

  /** @returns when what was told is committed */
  store(told: Told): Promise<Stored> {
    if (told.events.length === 0) return Promise.resolve({ fresh: 0, due: 0 })
    return new Promise((resolve, reject) => {
      this.#waiting.push({ told, resolve, reject })
      this.#plan()
    })
  }

  #plan(): void {
    if (this.#planned || this.#batches >= BATCHES_AT_ONCE || this.#waiting.length === 0) return
    this.#planned = true
    // What else has arrived in this turn of the event loop comes along.
    setImmediate(() => {
      this.#planned = false
      this.#batches++
      void this.#storeBatch(this.#nextBatch()).finally(() => {
        this.#batches--
        this.#plan()
      })
      this.#plan()
    })
  }

  #nextBatch(): Waiting[] {
    let rows = 0
    const fits = (waiting: Waiting) => (rows += waiting.told.events.length) <= LARGEST_BATCH_ROWS
    // One delivery alone may be larger.
    let count = 1
    fits(this.#waiting[0]!)
    while (count < this.#waiting.length && fits(this.#waiting[count]!)) count++
    return this.#waiting.splice(0, count)
  }

  async #storeBatch(batch: readonly Waiting[]): Promise<void> {
    try {
      const stored = await storeEvents(
        this.#database,
        batch.map(({ told }) => told),
      )
      batch.forEach(({ resolve }, place) => resolve(stored[place]!))
    } catch (error) {
      // One of them cannot be stored, and the others must not suffer for it.
      if (batch.length === 1) batch[0]!.reject(error)
      else await Promise.all(batch.map((each) => this.#storeBatch([each])))
    }
  }
}

/**
 * Stores each event once, due to be applied; all in one statement.
 * @returns what was new of each
 */
export async function storeEvents(database: Database, told: readonly Told[]): Promise<Stored[]> {
  const rows = told.flatMap(({ gateway, account, events }, place) =>
    events.map((event) => ({ gateway, account, event, place })),
  )
  if (rows.length === 0) return told.map(() => ({ fresh: 0, due: 0 }))
  const column = <Value>(read: (row: (typeof rows)[number]) => Value) => rows.map(read)
  const stored = await database.query<{ place: number; isDue: boolean }>(
    `WITH told AS (
       SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::text[], $8::text[],
         $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::int[])
         AS event (gateway, gateway_account, identity, kind, gateway_kind, occurred_at, payment_reference, refund_reference, refund_id,
           amount, currency, error_code, gateway_message, payload, place)
     ), fresh AS (
       INSERT INTO gateway_events (gateway, gateway_account, identity, kind, gateway_kind, occurred_at, payment_reference,
         refund_reference, refund_id, amount, currency, error_code, gateway_message, payload, due_at)
       SELECT gateway, gateway_account, identity, kind, gateway_kind, occurred_at, payment_reference, refund_reference, refund_id,
         amount, currency, error_code, gateway_message, payload::jsonb,
         CASE WHEN kind NOT IN ('other', 'unreadable') THEN relay_now() END
       -- Always in the same order, so that two batches with the same events cannot wait for each other.
       FROM told ORDER BY gateway, gateway_account, identity, place
       ON CONFLICT ON CONSTRAINT gateway_event_once DO NOTHING RETURNING gateway, gateway_account, identity, due_at
     )
     -- The same event twice in one batch is new to the first that told it.
     SELECT min(told.place) AS place, fresh.due_at IS NOT NULL AS "isDue"
     FROM fresh JOIN told USING (gateway, gateway_account, identity)
     GROUP BY fresh.gateway, fresh.gateway_account, fresh.identity, fresh.due_at`,
    [
      column(({ gateway }) => gateway),
      column(({ account }) => account),
      column(({ event }) => event.identity),
      column(({ event }) => event.kind),
      column(({ event }) => event.gatewayKind),
      column(({ event }) => event.occurredAt),
      column(({ event }) => event.paymentReference),
      column(({ event }) => event.refundReference),
      column(({ event }) => event.refundId),
      column(({ event }) => event.amount?.value ?? null),
      column(({ event }) => event.amount?.currency ?? null),
      column(({ event }) => event.refusal?.code ?? null),
      column(({ event }) => event.refusal?.gatewayMessage ?? null),
      column(({ event }) => JSON.stringify(event.payload)),
      column(({ place }) => place),
    ],
  )
  return told.map((_, place) => {
    const fresh = stored.filter((row) => row.place === place)
    return { fresh: fresh.length, due: fresh.filter(({ isDue }) => isDue).length }
  })
}
