import { setTimeout as pause } from 'node:timers/promises'
import type { Database } from '../../middleware/database/database.ts'
import type { LocalWorld } from '../emulators/local-world.ts'
import type { Fleet } from './fleet.ts'
import { openWork } from './oracle.ts'

const MOST_MOVES = 12
/** Of patience; gateways that have much to tell get longer. */
const MOST_ROUNDS = 60

/** Moves the clock of leases and back-offs; processes that are started from now on go by it. */
export async function moveClock(database: Database, interval: string): Promise<void> {
  const [row] = await database.query<{ name: string }>('SELECT current_database() AS name')
  await database.query(`ALTER DATABASE ${row!.name} SET relay.clock_offset = '${interval}'`)
}

/**
 * Waits until nothing is open. Gateways' retries are hastened; what waits for the end of a lease or a back-off longer than the patience
 * gets the clock moved, and what is still open after that is for the judgement.
 * @param patience seconds
 * @returns how often the clock was moved
 */
export async function calmDown(world: LocalWorld, database: Database, fleet: Fleet, patience: number): Promise<number> {
  let moved = 0
  for (let round = 0; round < MOST_ROUNDS && moved < MOST_MOVES; round++) {
    const end = performance.now() + patience * 1_000
    do {
      if ((await openWork(database)).open === 0 && (await isToldAndStill(world, database))) return moved
      world.adyen.advanceClock(60_000)
      world.goCardless.advanceClock(60_000)
      await pause(200)
    } while (performance.now() < end)
    const { open, untold } = await openWork(database)
    if (open === untold) continue
    moved++
    await moveClock(database, `${2 ** moved} minutes`)
    await Promise.all(
      fleet.up().map(async (place) => {
        // A call that its gateway never answers would hold a gentle stop for half a minute.
        await fleet.stop(place, 'SIGKILL')
        await fleet.start(place)
      }),
    )
  }
  return moved
}

/** Gateways may have had one more thing to tell. */
async function isToldAndStill({ adyen, braintree, goCardless }: LocalWorld, database: Database): Promise<boolean> {
  await Promise.all([adyen, braintree, goCardless].map((gateway) => gateway.settleWebhooks()))
  return (await openWork(database)).open === 0
}
