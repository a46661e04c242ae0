import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../middleware/database/database.ts'
import type { Database } from '../../middleware/database/database.ts'
import { startLocalWorld } from '../emulators/local-world.ts'
import type { LocalWorld } from '../emulators/local-world.ts'
import { calmDown } from './calm.ts'
import { Fleet } from './fleet.ts'
import { judge } from './oracle.ts'
import type { Heard } from './oracle.ts'

/** Gateways and org in this process, and a database; the middleware processes are started by the test. */
export interface Rig {
  readonly world: LocalWorld
  readonly fleet: Fleet
  readonly database: Database
  /** What is wrong when everything has come to rest. */
  judgement(heard: Heard): Promise<string[]>
  close(): Promise<void>
}

export interface RigOptions {
  /** By which the middleware reaches the database; it may lead through something that the test breaks. */
  readonly databaseUrl: string
  /** By which the test looks into it, where that is another. */
  readonly ownUrl?: string
  readonly outcomeDelayMs?: number
  readonly limits?: object
}

export async function startRig({ databaseUrl, ownUrl, outcomeDelayMs = 100, limits }: RigOptions): Promise<Rig> {
  const directory = await mkdtemp(join(tmpdir(), 'refund-relay-instances-'))
  const database = openDatabase(ownUrl ?? databaseUrl)
  let fleet: Fleet | null = null
  const world = await startLocalWorld({
    directory,
    keep: false,
    middlewareUrl: () => fleet!.url(),
    databaseUrl,
    outcomeDelayMs,
    spacingMs: 100,
    tasksAtOnce: 8,
    limits: { requestsPerMinute: 1_000_000, ...limits },
  })
  const started = new Fleet(world.configPath, directory)
  fleet = started
  return {
    world,
    fleet: started,
    database,
    async judgement(heard) {
      await calmDown(world, database, started, 5)
      return judge(world, database, heard)
    },
    async close() {
      await started.close()
      await world.close()
      await database.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
