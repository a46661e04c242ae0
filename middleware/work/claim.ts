import type { Database } from '../database/database.ts'
import { backoffMs } from './backoff.ts'

/** Tables whose rows are work: `id`, `due_at`, `lease_number`, `work_failures`. */
type WorkTable = 'refunds' | 'gateway_events'

/**
 * Leases due rows to this process, oldest first, each to one process only. The lease ends by itself: `due_at` is its end, so the
 * work of a dead process is due again. The new lease number is the fence behind which results are stored.
 * @returns ids of the leased rows
 */
export async function claimDue(
  database: Database,
  table: WorkTable,
  limit: number,
  leaseSeconds: number,
): Promise<string[]> {
  const rows = await database.query<{ id: string }>(
    `UPDATE ${table} SET lease_number = lease_number + 1, due_at = relay_now() + make_interval(secs => $2)
     WHERE id IN (
       SELECT id FROM ${table} WHERE due_at <= relay_now() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED
     ) RETURNING id`,
    [limit, leaseSeconds],
  )
  return rows.map((row) => row.id)
}

/** A row leased to this process. */
export interface LeasedRow {
  readonly id: string
  readonly leaseNumber: number
  /** How often the work on it has thrown. */
  readonly workFailures: number
}

/**
 * The work on a leased row threw: it is due again later, each time later still, so that it neither fills the claims nor is forgotten.
 * @returns how often it has thrown now; null when somebody else took or changed the row
 */
export async function putOff(database: Database, table: WorkTable, row: LeasedRow): Promise<number | null> {
  const [kept] = await database.query<{ failures: number }>(
    `UPDATE ${table} SET work_failures = work_failures + 1, lease_number = lease_number + 1,
       due_at = relay_now() + $3 * interval '1 millisecond'
     WHERE id = $1 AND lease_number = $2 AND due_at IS NOT NULL RETURNING work_failures AS failures`,
    [row.id, row.leaseNumber, backoffMs(row.workFailures)],
  )
  return kept?.failures ?? null
}
