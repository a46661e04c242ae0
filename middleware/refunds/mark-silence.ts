import type { Database } from '../database/database.ts'
import type { GatewayAccount } from './gateway-accounts.ts'

/** How long the outcome of a refund may be unknown before a person is told; it is asked for all the same. */
export const UNKNOWN_MINUTES = 60
/** How long a refund may be under way at a gateway that cannot be asked, and at one that can and still says so. */
export const SILENT_DAYS = 5
export const PENDING_DAYS = 14

/**
 * Marks refunds of which nothing has been told for too long, whatever the reason: a gateway that is down, an account that was taken out of
 * the configuration, a webhook that never came. The mark goes by itself when something is told.
 * @returns how many were marked
 */
export async function markSilence(database: Database, accounts: readonly GatewayAccount[]): Promise<number> {
  const marked = await database.query(
    `WITH silent AS (
       SELECT r.id, coalesce(a.label, r.gateway) AS label, a.days FROM refunds r
       LEFT JOIN unnest($1::text[], $2::text[], $3::text[], $4::int[]) AS a (gateway, account, label, days)
         ON a.gateway = r.gateway AND a.account = r.gateway_account
       WHERE r.attention IS NULL AND r.sent_at < relay_now() - make_interval(mins => $5)
         AND (r.state = 'unknown'
           OR (r.state = 'pending' AND r.sent_at < relay_now() - make_interval(days => coalesce(a.days, $6))))
       ORDER BY r.sent_at LIMIT 1000 FOR UPDATE OF r SKIP LOCKED
     )
     UPDATE refunds SET
       attention_code = CASE refunds.state WHEN 'unknown' THEN 'unknown_for_long' ELSE 'gateway_silent' END,
       attention = CASE refunds.state
         WHEN 'unknown' THEN 'What became of this refund has been unknown for more than an hour.'
         ELSE label || ' has not told for ' || coalesce(days, $6) || ' days what became of this refund.' END
     FROM silent WHERE refunds.id = silent.id RETURNING refunds.id`,
    [
      accounts.map(({ gateway }) => gateway.name),
      accounts.map(({ account }) => account),
      accounts.map(({ gateway }) => gateway.label),
      accounts.map(({ gateway }) => (gateway.lookUpRefund ? PENDING_DAYS : SILENT_DAYS)),
      UNKNOWN_MINUTES,
      SILENT_DAYS,
    ],
  )
  return marked.length
}
