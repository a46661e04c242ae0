import type { Queryable } from '../middleware/database/database.ts'
import { until } from './until.ts'

/** Waits until so many of the database's sessions, or more, wait for somebody's lock. */
export function untilWaiting(database: Queryable, count = 1): Promise<void> {
  return until(async () => {
    const rows = await database.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    )
    expect(rows.length).toBeGreaterThanOrEqual(count)
  })
}
