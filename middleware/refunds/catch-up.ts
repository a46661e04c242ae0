import type { Database } from '../database/database.ts'
import type { Gateway } from '../gateways/gateway.ts'
import { storeEvents } from './event-inbox.ts'

const HOUR_MS = 3_600_000
/** How far before the last look we look again: gateways tell events out of order, and clocks differ. */
const OVERLAP_MS = 2 * HOUR_MS
/** At the first look. */
const FIRST_MS = 7 * 24 * HOUR_MS

/**
 * Fetches the events that were not delivered while nobody listened, from gateways that keep them. An event that was delivered as well is
 * stored once. Only a look that succeeded moves the mark from which the next one begins.
 * @returns how many were new; null when the gateway cannot be asked, or keeps none
 */
export async function catchUp(database: Database, gateway: Gateway, account: string): Promise<number | null> {
  if (!gateway.eventsSince) return null
  const now = new Date()
  const [cursor] = await database.query<{ until: Date }>(
    'SELECT fetched_until AS until FROM event_cursors WHERE gateway = $1 AND gateway_account = $2',
    [gateway.name, account],
  )
  const since = cursor ? cursor.until.getTime() - OVERLAP_MS : now.getTime() - FIRST_MS
  const events = await gateway.eventsSince(new Date(since).toISOString())
  if (events === null) return null
  const stored = await storeEvents(database, { gateway: gateway.name, account, events })
  await database.query(
    `INSERT INTO event_cursors VALUES ($1, $2, $3)
     ON CONFLICT (gateway, gateway_account) DO UPDATE SET fetched_until = excluded.fetched_until`,
    [gateway.name, account, now],
  )
  return stored.fresh
}
