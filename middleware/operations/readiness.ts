import { statfs } from 'node:fs/promises'
import type { Database } from '../database/database.ts'
import { withPatience } from './ledger-gauges.ts'

export interface DiskRule {
  /** Any folder on the disk. */
  readonly folder: string
  readonly minimumFreeBytes: number
}

/** Null: refunds can be taken. Otherwise why not, for the log; it names no address and no data. */
export type Readiness = () => Promise<string | null>

/** However often somebody asks, the database is asked once a second. */
const FRESH_MS = 1_000
const PATIENCE_MS = 2_000

/** Whether PostgreSQL takes a write, and whether there is room for more of them. */
export function openReadiness(database: Database, disk: DiskRule | null): Readiness {
  let last: { readonly at: number; readonly answer: Promise<string | null> } | null = null
  return () => {
    const now = performance.now()
    if (!last || now - last.at >= FRESH_MS) last = { at: now, answer: look(database, disk) }
    return last.answer
  }
}

async function look(database: Database, disk: DiskRule | null): Promise<string | null> {
  try {
    // A standby, a read-only database and a full disk all answer SELECT 1.
    await withPatience(
      database.query(`INSERT INTO write_probe VALUES (1, relay_now())
        ON CONFLICT (id) DO UPDATE SET written_at = excluded.written_at`),
      PATIENCE_MS,
    )
  } catch (error) {
    return `the database takes no write: ${(error as Error).message}`
  }
  if (!disk) return null
  const { bavail, bsize } = await statfs(disk.folder)
  const free = bavail * bsize
  if (free >= disk.minimumFreeBytes) return null
  const megabytes = (bytes: number) => `${Math.floor(bytes / 1_048_576)} MB`
  return `the disk of the database has ${megabytes(free)} left, fewer than ${megabytes(disk.minimumFreeBytes)}`
}
