import type { Database } from '../../middleware/database/database.ts'
import { ACCOUNT, ORG } from './bench-world.ts'

const CHUNK = 50_000

/**
 * Writes finished refunds straight into the tables, as years of work leave them: a payment, a refund, its attempt, its audit rows and its
 * event each. Triggers are off: the rows are as they would have made them.
 */
export async function fillLedger(database: Database, rows: number, progress: (done: number) => void): Promise<void> {
  for (let from = 0; from < rows; from += CHUNK) {
    const range = [ORG, ACCOUNT, from + 1, Math.min(rows, from + CHUNK)]
    await database.transaction(async (tx) => {
      await tx.query(`SET LOCAL session_replication_role = replica`)
      await tx.query(
        `INSERT INTO payments (org_id, payment_id, gateway, gateway_account, gateway_reference, currency, captured, refunded)
         SELECT $1, 'a02000' || lpad(n::text, 10, '0') || 'AA', 'adyen', $2, 'F' || n, 'EUR', 25, 10
         FROM generate_series($3::int, $4::int) n`,
        range,
      )
      await tx.query(
        `WITH r AS (
           INSERT INTO refunds (id, org_id, payment_id, gateway, gateway_account, kind, origin, state, version, amount, currency, reason,
             requested_by, idempotency_key, request_digest, gateway_reference, evidence, sent_at, decided_at, requested_at, updated_at,
             crm_version, crm_due_at)
           SELECT uuidv7(), $1, 'a02000' || lpad(n::text, 10, '0') || 'AA', 'adyen', $2, 'refund', 'here', 'succeeded', 3, 10, 'EUR',
             'returned', '005000000000001AAA', 'key-' || n, md5(n::text), 'FR' || n, 'event ' || n, at, at, at, at, 3, NULL
           FROM generate_series($3::int, $4::int) n, LATERAL (SELECT relay_now() - n * interval '10 seconds' AS at) AS times
           RETURNING id, payment_id, gateway_reference
         ), a AS (
           INSERT INTO attempts (id, refund_id, operation, key, body, sends, answer)
           SELECT uuidv7(), id, 'refund', id::text, '{"reference": "as sent"}', 1, 'pending' FROM r
         ), c AS (
           INSERT INTO refund_changes (refund_id, from_state, to_state, evidence)
           SELECT id, from_state, to_state, 'filled' FROM r, (VALUES (NULL, 'submitting'), ('submitting', 'pending'),
             ('pending', 'succeeded')) AS change (from_state, to_state)
         )
         INSERT INTO gateway_events (gateway, gateway_account, identity, kind, gateway_kind, payment_reference, refund_reference,
           refund_id, amount, currency, payload, outcome)
         SELECT 'adyen', $2, gateway_reference, 'refund_succeeded', 'REFUND', substr(gateway_reference, 3), gateway_reference, id, '10.00', 'EUR',
           '{}', 'applied' FROM r WHERE $3::int <= $4::int`,
        range,
      )
    })
    progress(range[3] as number)
  }
  for (const table of BIG_TABLES) await database.query(`VACUUM (ANALYZE) ${table}`)
}

/** Those that grow with every refund. */
export const BIG_TABLES = ['payments', 'refunds', 'attempts', 'refund_changes', 'gateway_events'] as const

/** Kilobytes on the disk, indexes included, of all that one refund leaves behind. */
export async function kilobytesPerRefund(database: Database): Promise<number> {
  const [row] = await database.query<{ bytes: string; rows: number }>(
    `SELECT sum(pg_total_relation_size(name::regclass)) AS bytes, (SELECT count(*)::int FROM refunds) AS rows FROM unnest($1::text[]) AS name`,
    [BIG_TABLES],
  )
  return Number(row!.bytes) / row!.rows / 1_000
}
