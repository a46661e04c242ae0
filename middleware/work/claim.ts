import type { Database } from '../database/database.ts'

/** Tables whose rows are work: `id`, `due_at`, `lease_number`. */
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
