import { freshDatabase } from '../fresh-database.ts'
import { Load } from './load.ts'
import { startRig } from './rig.ts'

describe('a rolling restart', () => {
  it('loses no request: each is answered, or was not taken, and everything ends as its gateway has it', async () => {
    const db = await freshDatabase()
    const rig = await startRig({ databaseUrl: db.url })
    try {
      await Promise.all([rig.fleet.start(0), rig.fleet.start(1)])
      const load = new Load(rig.world, rig.fleet)
      let over = false
      const run = load.run({ callers: 8, goOn: () => !over })
      for (const place of [0, 1, 0]) {
        await rig.fleet.stop(place)
        await rig.fleet.start(place)
      }
      over = true
      await run
      // A request that was stored and never answered would have been a replay at its second try.
      expect(load.replays).toBe(0)
      expect(load.heard.accepted.size).toBeGreaterThan(20)
      expect(await rig.judgement(load.heard)).toEqual([])
    } finally {
      await rig.close()
      await db.close()
    }
  }, 90_000)
})
