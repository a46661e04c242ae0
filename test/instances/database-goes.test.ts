import { DatabaseProxy } from './database-proxy.ts'
import { Load } from './load.ts'
import { startOwnPostgres } from './own-postgres.ts'
import type { OwnPostgres } from './own-postgres.ts'
import { startRig } from './rig.ts'
import type { Rig } from './rig.ts'
import { startStandby } from './standby.ts'
import { until } from '../until.ts'

describe('when the database goes away under load', () => {
  let postgres: OwnPostgres
  let proxy: DatabaseProxy
  let rig: Rig
  let load: Load
  beforeEach(async () => {
    // Durable, as in production. Enough of its log is kept for a standby that begins to follow.
    postgres = await startOwnPostgres({ wal_keep_size: '256MB' })
    proxy = new DatabaseProxy(Number(new URL(postgres.url).port))
    const databaseUrl = await proxy.listen(postgres.url)
    rig = await startRig({ databaseUrl })
    await Promise.all([rig.fleet.start(0), rig.fleet.start(1)])
    load = new Load(rig.world, rig.fleet)
  }, 60_000)
  afterEach(async () => {
    await rig.close()
    await proxy.close()
    await postgres.close()
  })

  /** Some more are accepted than now: the middleware has found its database again. */
  const more = () => {
    const now = load.heard.accepted.size
    return until(() => expect(load.heard.accepted.size).toBeGreaterThan(now + 10), 30_000)
  }

  it('through a restart and a kill, nothing acknowledged is lost and nothing is sent twice', async () => {
    let over = false
    const run = load.run({ callers: 6, goOn: () => !over })
    await more()
    await postgres.stop()
    await postgres.start()
    await more()
    await postgres.kill()
    await postgres.start()
    await more()
    over = true
    await run
    expect(await rig.judgement(load.heard)).toEqual([])
  }, 120_000)

  it('for good and its standby takes over, nothing acknowledged is lost and nothing is sent twice', async () => {
    const standby = await startStandby(postgres)
    try {
      let over = false
      const run = load.run({ callers: 6, goOn: () => !over })
      await more()
      await postgres.kill()
      await standby.promote()
      proxy.leadTo(standby.port)
      await more()
      over = true
      await run
      expect(await rig.judgement(load.heard)).toEqual([])
    } finally {
      // Before the server that it stands for: the connections through the proxy end with it.
      await rig.fleet.close()
      await standby.close()
    }
  }, 120_000)
})
