import { Batches } from '../database/batches.ts'
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

const LARGEST_BATCH_ROWS = 500

/** An event as text: while it waits, what was read of it is not held. */
interface Row {
  readonly identity: string
  /** Of one row, without what is null. */
  readonly json: string
}

/** Where deliveries are stored, those that come at the same time together. */
export class EventInbox {
  readonly #batches: Batches<readonly Row[], Stored>

  constructor(database: Database) {
    this.#batches = new Batches((together) => storeRows(database, together), {
      ...{ atOnce: 1, enough: 16, most: LARGEST_BATCH_ROWS },
      weigh: ({ length }) => length,
    })
  }

  /** @returns when what was told is committed */
  store(told: Told): Promise<Stored> {
    return told.events.length === 0 ? Promise.resolve({ fresh: 0, due: 0 }) : this.#batches.do(rowsOf(told))
  }
}

/**
 * Stores each event of one account once, due to be applied; all in one statement.
 * @returns what was new
 */
export async function storeEvents(database: Database, told: Told): Promise<Stored> {
  return (await storeRows(database, [rowsOf(told)]))[0]!
}

function rowsOf({ gateway, account, events }: Told): readonly Row[] {
  return events.map((event) => ({
    identity: JSON.stringify([gateway, account, event.identity]),
    json: JSON.stringify({
      gateway,
      gateway_account: account,
      identity: event.identity,
      kind: event.kind,
      gateway_kind: event.gatewayKind,
      occurred_at: event.occurredAt ?? undefined,
      payload: event.payload,
      payment_reference: event.paymentReference ?? undefined,
      refund_reference: event.refundReference ?? undefined,
      refund_id: event.refundId ?? undefined,
      amount: event.amount?.value,
      currency: event.amount?.currency,
      error_code: event.refusal?.code,
      gateway_message: event.refusal?.gatewayMessage ?? undefined,
    }),
  }))
}

async function storeRows(database: Database, deliveries: readonly (readonly Row[])[]): Promise<Stored[]> {
  const rows = deliveries.flat()
  if (rows.length === 0) return deliveries.map(() => ({ fresh: 0, due: 0 }))
  const stored = await database.query<{ gateway: string; account: string; identity: string; isDue: boolean }>(
    `INSERT INTO gateway_events (gateway, gateway_account, identity, kind, gateway_kind, occurred_at, payment_reference,
       refund_reference, refund_id, amount, currency, error_code, gateway_message, payload, due_at)
     SELECT gateway, gateway_account, identity, kind, gateway_kind, occurred_at, payment_reference, refund_reference, refund_id,
       amount, currency, error_code, gateway_message, payload,
       CASE WHEN kind NOT IN ('other', 'unreadable') THEN relay_now() END
     FROM ROWS FROM (jsonb_to_recordset($1::jsonb) AS (gateway text, gateway_account text, identity text, kind text, gateway_kind text,
       occurred_at timestamptz, payload jsonb, payment_reference text, refund_reference text, refund_id text, amount text, currency text,
       error_code text, gateway_message text)) WITH ORDINALITY AS told (gateway, gateway_account, identity, kind, gateway_kind, occurred_at,
       payload, payment_reference, refund_reference, refund_id, amount, currency, error_code, gateway_message, place)
     -- Always in the same order, so that two batches with the same events cannot wait for each other.
     ORDER BY gateway, gateway_account, identity, place
     ON CONFLICT ON CONSTRAINT gateway_event_once DO NOTHING
     RETURNING gateway, gateway_account AS account, identity, due_at IS NOT NULL AS "isDue"`,
    [`[${rows.map(({ json }) => json).join(',')}]`],
  )
  const fresh = new Map(
    stored.map(({ gateway, account, identity, isDue }) => [JSON.stringify([gateway, account, identity]), isDue]),
  )
  return deliveries.map((delivery) => {
    const areDue = delivery.flatMap(({ identity }) => {
      const isDue = fresh.get(identity)
      // The same event twice in one batch is new to the first that told it.
      fresh.delete(identity)
      return isDue ?? []
    })
    return { fresh: areDue.length, due: areDue.filter(Boolean).length }
  })
}
