import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openReadiness } from '../../../middleware/operations/readiness.ts'
import { openDatabase } from '../../../middleware/database/database.ts'
import { freshDatabase } from '../../fresh-database.ts'
import { startWorld } from '../../journeys/world.ts'
import { until } from '../../until.ts'

describe('readiness', () => {
  it('falls while PostgreSQL takes no writes, and comes back; the process is live all the while', async () => {
    const world = await startWorld()
    const name = new URL(world.database.url).pathname.slice(1)
    const readOnly = async (on: boolean) => {
      await world.database.database.query(`ALTER DATABASE ${name} SET default_transaction_read_only = ${on}`)
      // Connections keep what they began with.
      await world.database.database.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()`,
        [name],
      )
    }
    const status = async (path: string) => (await fetch(world.relay().url + path)).status
    try {
      expect(await status('/health/ready')).toBe(200)
      await readOnly(true)
      await until(async () => expect(await status('/health/ready')).toBe(503))
      expect(await status('/health/live')).toBe(200)
      const whole = await (await fetch(`${world.relay().url}/health/ready`)).text()
      expect(whole).not.toMatch(/read-only|read only|INSERT|127\.0\.0\.1/)
      // A new connection of ours may write again only when it says so itself.
      await world.database.database.query('SET default_transaction_read_only = off')
      await readOnly(false)
      await until(async () => expect(await status('/health/ready')).toBe(200))
    } finally {
      await world.close()
    }
  })

  it('falls when the disk of the database is nearly full', async () => {
    const database = await freshDatabase()
    const folder = mkdtempSync(join(tmpdir(), 'refund-relay-disk-'))
    const ask = (minimumFreeBytes: number) => openReadiness(database.database, { folder, minimumFreeBytes })()
    try {
      expect(await ask(1)).toBeNull()
      expect(await ask(Number.MAX_SAFE_INTEGER)).toMatch(/the disk of the database has \d+ MB left/)
    } finally {
      rmSync(folder, { recursive: true })
      await database.close()
    }
  })

  it('says no when there is no database at all', async () => {
    const nowhere = openDatabase('postgres://nobody:none@127.0.0.1:9/none')
    expect(await openReadiness(nowhere, null)()).toMatch(/the database takes no write/)
    await nowhere.close()
  })
})
