import type { Database } from '../../database/database.ts'
import type { Break } from './break.ts'
import type { Account } from './ledger-match.ts'

/** A period, as instants; its end is no longer part of it. */
export interface Period {
  readonly since: Date
  readonly until: Date
}

/** A comparison under way. */
export interface Reconciliation extends Account, Period {
  readonly id: string
}

export async function beginReconciliation(
  database: Database,
  reconciliation: Reconciliation,
  report: string | null,
): Promise<void> {
  const { id, orgId, gateway, account, since, until } = reconciliation
  await database.query(
    `INSERT INTO reconciliations (id, org_id, gateway, gateway_account, since, until, report) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [id, orgId, gateway, account, since, until, report],
  )
  // Of comparisons that were broken off.
  await database.query(
    `DELETE FROM reconciled_refunds WHERE reconciliation_id IN (
       SELECT id FROM reconciliations WHERE started_at < relay_now() - interval '1 day')`,
  )
}

/** Writes down what was found, once per subject and kind, however often it is found. Salesforce hears of it at the end. */
export async function storeBreaks(
  database: Database,
  { id, orgId, gateway, account }: Reconciliation,
  breaks: readonly Break[],
): Promise<void> {
  if (breaks.length === 0) return
  await database.query(
    `INSERT INTO refund_breaks AS b (org_id, gateway, gateway_account, found_in, kind, subject, refund_id, payment_id, payment_reference,
       gateway_reference, ledger_says, gateway_says, cause, command, happened_at)
     SELECT $1, $2, $3, $4, * FROM jsonb_to_recordset($5) AS found (kind text, subject text, "refundId" uuid, "paymentId" text,
       "paymentReference" text, "gatewayReference" text, "ledgerSays" text, "gatewaySays" text, cause text, command text,
       "happenedAt" timestamptz)
     ON CONFLICT ON CONSTRAINT refund_break_once DO UPDATE SET
       found_in = excluded.found_in, closed_at = NULL,
       opened_at = CASE WHEN b.closed_at IS NULL THEN b.opened_at ELSE relay_now() END,
       refund_id = excluded.refund_id, payment_id = coalesce(excluded.payment_id, b.payment_id),
       payment_reference = coalesce(excluded.payment_reference, b.payment_reference), gateway_reference = excluded.gateway_reference,
       ledger_says = excluded.ledger_says, gateway_says = excluded.gateway_says, cause = excluded.cause, command = excluded.command,
       happened_at = excluded.happened_at,
       version = b.version + CASE WHEN b.closed_at IS NOT NULL
         OR (b.payment_id, b.ledger_says, b.gateway_says, b.cause, b.command) IS DISTINCT FROM
           (coalesce(excluded.payment_id, b.payment_id), excluded.ledger_says, excluded.gateway_says, excluded.cause, excluded.command)
         THEN 1 ELSE 0 END`,
    [orgId, gateway, account, id, JSON.stringify(breaks)],
  )
}

/** What a line said of a refund last, where it is the same as here. */
export interface Agreement {
  readonly subject: string
  /** ISO 8601. */
  readonly at: string | null
}

/** A later line of the same report put right what an earlier one had broken. */
export async function withdrawBreaks(
  database: Database,
  { id, gateway, account }: Reconciliation,
  agreements: readonly Agreement[],
): Promise<void> {
  await database.query(
    `UPDATE refund_breaks b SET found_in = NULL FROM unnest($3::text[], $4::timestamptz[]) AS agreed (subject, at)
     WHERE b.gateway = $1 AND b.gateway_account = $2 AND b.subject = agreed.subject AND b.kind = 'other_state' AND b.found_in = $5
       AND b.happened_at <= agreed.at`,
    [gateway, account, agreements.map(({ subject }) => subject), agreements.map(({ at }) => at), id],
  )
}

/**
 * Closes what this comparison looked for and no longer found: breaks of its period, of refunds that it was shown, and of what has come
 * into the books since. Then Salesforce may hear of everything that changed.
 */
export async function endReconciliation(
  database: Database,
  { id, gateway, account, since, until }: Reconciliation,
  lines: number,
): Promise<{ open: number; closed: number }> {
  return database.transaction(async (tx) => {
    // Found and withdrawn within this comparison, and nobody has heard of it.
    await tx.query(
      `DELETE FROM refund_breaks WHERE gateway = $1 AND gateway_account = $2 AND found_in IS NULL AND crm_version = 0 AND crm_due_at IS NULL`,
      [gateway, account],
    )
    const closed = await tx.query(
      `UPDATE refund_breaks b SET closed_at = relay_now(), version = version + 1
       WHERE gateway = $1 AND gateway_account = $2 AND closed_at IS NULL AND found_in IS DISTINCT FROM $3
         -- What a comparison that began later has found is not ours to close.
         AND NOT EXISTS (SELECT FROM reconciliations other, reconciliations ours
           WHERE other.id = b.found_in AND ours.id = $3 AND other.started_at > ours.started_at)
         AND (coalesce(happened_at, opened_at) >= $4 AND coalesce(happened_at, opened_at) < $5
           OR EXISTS (SELECT FROM reconciled_refunds WHERE reconciliation_id = $3 AND refund_id = b.refund_id)
           OR (kind = 'missing_here' AND EXISTS (SELECT FROM refunds r WHERE r.gateway = b.gateway
             AND r.gateway_account = b.gateway_account AND r.gateway_reference = b.gateway_reference)))
       RETURNING id`,
      [gateway, account, id, since, until],
    )
    await tx.query(
      `UPDATE refund_breaks SET crm_due_at = relay_now()
       WHERE gateway = $1 AND gateway_account = $2 AND crm_due_at IS NULL AND crm_version < version`,
      [gateway, account],
    )
    await tx.query('DELETE FROM reconciled_refunds WHERE reconciliation_id = $1', [id])
    const [found] = await tx.query<{ open: number }>(
      'SELECT count(*)::int AS open FROM refund_breaks WHERE found_in = $1 AND closed_at IS NULL',
      [id],
    )
    await tx.query('UPDATE reconciliations SET ended_at = relay_now(), lines = $2, breaks = $3 WHERE id = $1', [
      id,
      lines,
      found!.open,
    ])
    return { open: found!.open, closed: closed.length }
  })
}

/** What this comparison found, worst first by amount of doubt: what is missing, then what differs. */
export async function listBreaks(database: Database, id: string, limit: number): Promise<Break[]> {
  return database.query<Break>(
    `SELECT kind, subject, refund_id AS "refundId", payment_id AS "paymentId", payment_reference AS "paymentReference",
       gateway_reference AS "gatewayReference", ledger_says AS "ledgerSays", gateway_says AS "gatewaySays", cause, command,
       happened_at AS "happenedAt"
     FROM refund_breaks WHERE found_in = $1 AND closed_at IS NULL ORDER BY kind, happened_at, subject LIMIT $2`,
    [id, limit],
  )
}
