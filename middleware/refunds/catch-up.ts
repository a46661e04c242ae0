import type { Database } from '../database/database.ts'
import type { Gateway } from '../gateways/gateway.ts'
import { storeEvents } from './receive-webhook.ts'

/** How far before the last event, by the gateway's clock, we look again: gateways deliver out of order. */
const OVERLAP_HOURS = 2

/**
 * Fetches the events that were not delivered while nobody listened, from gateways that keep them. An event that was delivered as well is
 * stored once.
 * @returns how many were new; null when the gateway cannot be asked, or keeps none
 */
export async function catchUp(database: Database, gateway: Gateway, account: string): Promise<number | null> {
  if (!gateway.eventsSince) return null
  const [row] = await database.query<{ since: Date }>(
    `SELECT coalesce(max(occurred_at), relay_now() - interval '7 days') - make_interval(hours => $3) AS since
     FROM gateway_events WHERE gateway = $1 AND gateway_account = $2`,
    [gateway.name, account, OVERLAP_HOURS],
  )
  const events = await gateway.eventsSince(row!.since.toISOString())
  return events && storeEvents(database, gateway.name, account, events)
}
