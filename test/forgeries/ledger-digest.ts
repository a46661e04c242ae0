import type { Database } from '../../middleware/database/database.ts'

/** What work by itself changes: leases, times of the next look, marks of the write-back. */
const BY_ITSELF =
  "'{due_at,lease_number,tries,crm_due_at,crm_tries,crm_version,crm_refusal,looked_at,next_send_at,last_sent_at}'::text[]"
const TABLES = [
  'refunds',
  'payments',
  'chargebacks',
  'exposures',
  'attempts',
  'refund_changes',
  'gateway_events',
] as const

/** A digest of every row of each table that holds money or what was told of it; of the events only those up to `lastEvent`. */
export async function digestOf(database: Database, lastEvent?: string): Promise<Record<string, string | null>> {
  const digests: Record<string, string | null> = {}
  for (const table of TABLES) {
    const [row] = await database.query<{ digest: string | null }>(
      `SELECT md5(string_agg(row, E'\\n' ORDER BY row)) AS digest FROM (
         SELECT (to_jsonb(t) - ${BY_ITSELF} ${table === 'refunds' ? "- 'evidence_at'" : ''})::text AS row FROM ${table} t
         ${table === 'gateway_events' && lastEvent !== undefined ? 'WHERE id <= $1' : ''}
       ) AS rows`,
      table === 'gateway_events' && lastEvent !== undefined ? [lastEvent] : [],
    )
    digests[table] = row!.digest
  }
  return digests
}

/** Events that are new since: only an unsigned date can make a genuine delivery look like one, and none may have done anything. */
export const redated = {
  async last(database: Database): Promise<string> {
    const [row] = await database.query<{ last: string }>(
      'SELECT coalesce(max(id), 0)::text AS last FROM gateway_events',
    )
    return row!.last
  },
  async since(database: Database, last: string): Promise<{ stored: number; effects: string[] }> {
    const rows = await database.query<{ id: string; gateway: string; outcome: string | null; future: boolean }>(
      'SELECT id, gateway, outcome FROM gateway_events WHERE id > $1',
      [last],
    )
    const harmless = rows.filter(
      ({ gateway, outcome }) => gateway === 'adyen' && /^(nothing_new|confirmed)$/.test(outcome ?? ''),
    )
    const effects = rows
      .filter((row) => !harmless.includes(row))
      .map(({ id, gateway, outcome }) => `event ${id} of ${gateway} was stored and ${outcome ?? 'waits'}`)
    const future = await database.query<{ id: string }>(
      "SELECT id FROM refunds WHERE evidence_at > relay_now() + interval '1 minute'",
    )
    return {
      stored: harmless.length,
      effects: [...effects, ...future.map(({ id }) => `refund ${id} rests on a time that has not come`)],
    }
  },
}
