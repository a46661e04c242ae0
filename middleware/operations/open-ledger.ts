import { hostname, userInfo } from 'node:os'
import type { Config } from '../config.ts'
import { openDatabase } from '../database/database.ts'
import type { Database } from '../database/database.ts'
import { startEmbedded } from '../database/embedded.ts'

export interface OpenLedger {
  readonly database: Database
  /** Leaves an embedded PostgreSQL as it was found, running or stopped, unless somebody else has begun to use it. */
  close(): Promise<void>
}

/** The ledger of a middleware that may be running at this moment; audit rows name the operator. */
export async function openLedger(config: Pick<Config, 'database'>): Promise<OpenLedger> {
  const instance = `operator ${operatorName()}@${hostname()}`
  const options = { instance, maxConnections: 2, plansFreely: true }
  if ('url' in config.database) {
    const database = openDatabase(config.database.url, options)
    return { database, close: () => database.close() }
  }
  const server = await startEmbedded(config.database.embedded)
  const database = openDatabase(server.url, options)
  return {
    database,
    async close() {
      // A middleware that started meanwhile has adopted the server, and needs it.
      const [others] = await database.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM pg_stat_activity WHERE backend_type = 'client backend' AND application_name <> $1`,
        [instance.slice(0, 63)],
      )
      await database.close()
      if (!server.adopted && others!.count === 0) await server.stop()
    },
  }
}

/** Who is at the keyboard, for the audit row. */
export function operatorName(): string {
  return userInfo().username
}
