import { refusesWhatItBrought } from '../database/database.ts'
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

/**
 * Deliveries that come at the same time share one statement and one commit, and with it the wait for the disk: while one batch waits, the
 * next is gathered. Each is told only of its own fate, and only after the commit that holds it.
 */
export class EventInbox {
  readonly #database: Database
  readonly #waiting: Waiting[] = []
  #isStoring = false

  constructor(database: Database) {
    this.#database = database
  }

  /** @returns when what was told is committed */
  store(told: Told): Promise<Stored> {
    if (told.events.length === 0) return Promise.resolve({ fresh: 0, due: 0 })
    return new Promise((resolve, reject) => {
      this.#waiting.push({ told, resolve, reject })
      this.#storeNext()
    })
  }

  #storeNext(): void {
    if (this.#isStoring || this.#waiting.length === 0) return
    this.#isStoring = true
    // What else has arrived in this turn of the event loop comes along.
    setImmediate(() => {
      void this.#storeBatch(this.#nextBatch()).finally(() => {
        this.#isStoring = false
        this.#storeNext()
      })
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
      if (batch.length > 1 && refusesWhatItBrought(error)) for (const each of batch) await this.#storeBatch([each])
      else batch.forEach(({ reject }) => reject(error))
    }
  }
}

/**
 * Stores each event once, due to be applied; all in one statement.
 * @returns what was new of each
 */
export async function storeEvents(database: Database, told: readonly Told[]): Promise<Stored[]> {
  const rows = told.flatMap(({ gateway, account, events }, place) =>
    events.map((event) => ({
      place,
      gateway,
      gateway_account: account,
      identity: event.identity,
      kind: event.kind,
      gateway_kind: event.gatewayKind,
      occurred_at: event.occurredAt,
      payload: event.payload,
      payment_reference: event.paymentReference,
      refund_reference: event.refundReference,
      refund_id: event.refundId,
      amount: event.amount?.value,
      currency: event.amount?.currency,
      error_code: event.refusal?.code,
      gateway_message: event.refusal?.gatewayMessage,
    })),
  )
  if (rows.length === 0) return told.map(() => ({ fresh: 0, due: 0 }))
  const stored = await database.query<{ place: number; isDue: boolean }>(
    `WITH told AS (
       SELECT * FROM json_to_recordset($1::json) AS event (place int, gateway text, gateway_account text, identity text, kind text,
         gateway_kind text, occurred_at timestamptz, payload jsonb, payment_reference text, refund_reference text, refund_id text,
         amount text, currency text, error_code text, gateway_message text)
     ), fresh AS (
       INSERT INTO gateway_events (gateway, gateway_account, identity, kind, gateway_kind, occurred_at, payment_reference,
         refund_reference, refund_id, amount, currency, error_code, gateway_message, payload, due_at)
       SELECT gateway, gateway_account, identity, kind, gateway_kind, occurred_at, payment_reference, refund_reference, refund_id,
         amount, currency, error_code, gateway_message, payload,
         CASE WHEN kind NOT IN ('other', 'unreadable') THEN relay_now() END
       -- Always in the same order, so that two batches with the same events cannot wait for each other.
       FROM told ORDER BY gateway, gateway_account, identity, place
       ON CONFLICT ON CONSTRAINT gateway_event_once DO NOTHING RETURNING gateway, gateway_account, identity, due_at
     )
     -- The same event twice in one batch is new to the first that told it.
     SELECT min(told.place) AS place, fresh.due_at IS NOT NULL AS "isDue"
     FROM fresh JOIN told USING (gateway, gateway_account, identity)
     GROUP BY fresh.gateway, fresh.gateway_account, fresh.identity, fresh.due_at`,
    [JSON.stringify(rows)],
  )
  return told.map((_, place) => {
    const fresh = stored.filter((row) => row.place === place)
    return { fresh: fresh.length, due: fresh.filter(({ isDue }) => isDue).length }
  })
}
