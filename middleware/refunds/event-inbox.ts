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
  /** By which it is known again. */
  readonly key: string
  readonly isDue: boolean
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

/** What is told of an event, each with its type in PostgreSQL. */
const TOLD = {
  gateway: 'text',
  gateway_account: 'text',
  identity: 'text',
  kind: 'text',
  gateway_kind: 'text',
  occurred_at: 'timestamptz',
  payload: 'jsonb',
  payment_reference: 'text',
  refund_reference: 'text',
  refund_id: 'text',
  amount: 'text',
  currency: 'text',
  error_code: 'text',
  gateway_message: 'text',
  is_due: 'boolean',
} as const
type Name = keyof typeof TOLD
const NAMES = Object.keys(TOLD) as Name[]

function rowsOf({ gateway, account, events }: Told): readonly Row[] {
  return events.map((event) => {
    const isDue = event.kind !== 'other' && event.kind !== 'unreadable'
    const row: Readonly<Record<Name, unknown>> = {
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
      is_due: isDue,
    }
    const json = JSON.stringify(NAMES.map((name) => row[name]))
    return { key: keyOf(gateway, account, event.identity), isDue, json }
  })
}

const keyOf = (...names: readonly [gateway: string, account: string, identity: string]) => JSON.stringify(names)

const COLUMNS = NAMES.filter((name) => name !== 'is_due').join(', ')
/** JSON is taken as it is: ->> would write it as text that is then read again. */
const READ = NAMES.map((name, place) => {
  const value = TOLD[name] === 'jsonb' ? `row -> ${place}` : `(row ->> ${place})::${TOLD[name]}`
  return `${value} AS ${name}`
}).join(', ')

/** Tells what was kept only where that is not everything. */
const STORE = `WITH told AS (
    SELECT ${READ}, place FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS rows (row, place)
  ), kept AS (
    INSERT INTO gateway_events (${COLUMNS}, due_at) SELECT ${COLUMNS}, CASE WHEN is_due THEN relay_now() END FROM told
    -- Always in the same order, so that two batches with the same events cannot wait for each other.
    ORDER BY gateway, gateway_account, identity, place
    ON CONFLICT ON CONSTRAINT gateway_event_once DO NOTHING
    RETURNING gateway, gateway_account AS account, identity
  )
  SELECT CASE WHEN (SELECT count(*) FROM kept) < $2 THEN (SELECT coalesce(json_agg(kept), '[]') FROM kept) END AS kept`

interface KeptRow {
  readonly kept: readonly { readonly gateway: string; readonly account: string; readonly identity: string }[] | null
}

async function storeRows(database: Database, deliveries: readonly (readonly Row[])[]): Promise<Stored[]> {
  const rows = deliveries.flat()
  if (rows.length === 0) return deliveries.map(() => ({ fresh: 0, due: 0 }))
  const json = `[${rows.map((row) => row.json).join(',')}]`
  const [stored] = await database.query<KeptRow>(STORE, [json, rows.length])
  const kept = stored!.kept && new Set(stored!.kept.map((row) => keyOf(row.gateway, row.account, row.identity)))
  return deliveries.map((delivery) => {
    // The same event twice in one batch is new to the first that told it.
    const fresh = kept ? delivery.filter(({ key }) => kept.delete(key)) : delivery
    return { fresh: fresh.length, due: fresh.filter(({ isDue }) => isDue).length }
  })
}
