import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../middleware/database/database.ts'
import type { Database } from '../../middleware/database/database.ts'
import { startLocalWorld } from '../emulators/local-world.ts'
import type { LocalWorld } from '../emulators/local-world.ts'
import { calmDown } from '../instances/calm.ts'
import { Fleet } from '../instances/fleet.ts'
import { Load } from '../instances/load.ts'
import { judge } from '../instances/oracle.ts'
import { startOwnPostgres } from '../instances/own-postgres.ts'
import type { Progress } from '../progress.ts'
import { Disturbance } from './disturbance.ts'
import type { Rates } from './disturbance.ts'
import { Memory } from './memory.ts'

export interface EnduranceOptions {
  readonly refunds: number
  /** No new payment is begun after so many minutes. */
  readonly minutes: number
  readonly instances: number
  readonly callers: number
  readonly rates: Rates
  /** Seconds that the last refunds get before the clock of leases and back-offs is moved for them. */
  readonly patience: number
  readonly progress: Progress
}

export interface EnduranceReport {
  readonly accepted: number
  readonly refused: number
  /** Requests sent, repeated ones included. */
  readonly asked: number
  readonly seconds: number
  readonly refundsPerSecond: number
  readonly calmSeconds: number
  /** How often the clock was moved for what still waited. */
  readonly clockMoved: number
  readonly disturbances: Readonly<Record<string, number>>
  readonly states: Readonly<Record<string, number>>
  readonly salesforceCalls: number
  readonly memory: readonly { readonly what: string; readonly peakMb: number; readonly slopeMbPerMinute: number }[]
  readonly wrong: readonly string[]
}

const OUTCOME_MS = 200

/** Asks for refunds while processes die, gateways misbehave and the org goes away; then calms down and judges all of them. */
export async function endure(options: EnduranceOptions): Promise<EnduranceReport> {
  const directory = await mkdtemp(join(tmpdir(), 'refund-relay-endurance-'))
  const postgres = await startOwnPostgres()
  const database = openDatabase(postgres.url)
  let fleet: Fleet | null = null
  const world = await startLocalWorld({
    directory,
    keep: false,
    middlewareUrl: () => fleet!.url(),
    databaseUrl: postgres.url,
    outcomeDelayMs: OUTCOME_MS,
    spacingMs: 200,
    tasksAtOnce: 16,
    limits: { requestsPerMinute: 1_000_000 },
  })
  world.org.usage.limit = 1_000_000
  fleet = new Fleet(world.configPath, directory)
  try {
    for (let place = 0; place < options.instances; place++) await fleet.start(place)
    return await run(options, world, database, fleet)
  } finally {
    await fleet.close()
    await world.close()
    await database.close()
    await postgres.close()
    await rm(directory, { recursive: true, force: true })
  }
}

async function run(
  options: EnduranceOptions,
  world: LocalWorld,
  database: Database,
  fleet: Fleet,
): Promise<EnduranceReport> {
  const started = performance.now()
  const secondsPassed = () => (performance.now() - started) / 1_000
  const load = new Load(world, fleet)
  const { heard, caller } = load
  const disturbance = new Disturbance(world, fleet, options.rates)
  const memory = watchMemory(fleet, options.instances, secondsPassed)

  disturbance.start()
  await load.run({
    callers: options.callers,
    // A few refunds may be done before anything has gone wrong: then there are a few more.
    goOn: (begun) => (begun * 2 < options.refunds || !disturbance.hasBegun) && secondsPassed() < options.minutes * 60,
    beforeEach: (payment) => disturbance.order(payment),
    afterEach: () => options.progress.at(heard.accepted.size, `${disturbance.counts['kills']} kills`),
  })
  await disturbance.stop()
  const seconds = secondsPassed()
  options.progress.say(`${heard.accepted.size} accepted in ${seconds.toFixed(0)} s; now calm`)
  const clockMoved = await calmDown(world, database, fleet, options.patience)
  const wrong = [...(await judge(world, database, heard)), ...(await wrongReplays(load, fleet))]
  const states = await database.query<{ state: string; count: number }>(
    `SELECT concat_ws(' ', state, error_code) AS state, count(*)::int AS count FROM refunds GROUP BY 1 ORDER BY 1`,
  )
  return {
    accepted: heard.accepted.size,
    refused: heard.refused.size,
    asked: caller.asked,
    seconds: Math.round(seconds),
    refundsPerSecond: Number((heard.accepted.size / seconds).toFixed(1)),
    calmSeconds: Math.round(secondsPassed() - seconds),
    clockMoved,
    disturbances: disturbance.counts,
    states: Object.fromEntries(states.map(({ state, count }) => [state, count])),
    salesforceCalls: world.org.apiCalls(),
    memory: memory.stop(),
    wrong,
  }
}

/** I8: the same key is the same refund ever after, and with another amount it is none. */
async function wrongReplays({ heard: { accepted }, caller }: Load, fleet: Fleet): Promise<string[]> {
  const wrong: string[] = []
  const some = [...accepted].filter((_, place) => place % Math.ceil(accepted.size / 50) === 0)
  for (const [key, { id, body }] of some) {
    const same = await caller.askUntilAnswered(() => fleet.url(), key, body)
    if (!same.isReplay || same.body.refund?.id !== id) wrong.push(`I8: the key of ${id} led to ${same.body.refund?.id}`)
    const other = await caller.askUntilAnswered(() => fleet.url(), key, { ...body, amount: '39.99' })
    if (other.body.code !== 'refund_already_requested') wrong.push(`I8: the key of ${id} was taken for another amount`)
  }
  return wrong
}

/** Looks every second, from the fifth second of a process on: until then it is still loading. */
function watchMemory(fleet: Fleet, instances: number, secondsPassed: () => number) {
  const places = Array.from({ length: instances }, () => new Memory())
  const run = new Memory()
  const seenSince = new Map<number, number>()
  const timer = setInterval(async () => {
    run.add(secondsPassed(), process.memoryUsage().rss)
    for (const { place, pid, bytes } of await fleet.memory()) {
      if (!seenSince.has(pid)) seenSince.set(pid, secondsPassed())
      if (secondsPassed() - seenSince.get(pid)! > 5) places[place]!.add(secondsPassed(), bytes)
    }
  }, 1_000)
  return {
    stop() {
      clearInterval(timer)
      const told = ({ peakMb, slopeMbPerMinute }: Memory, what: string) => ({ what, peakMb, slopeMbPerMinute })
      return [
        ...places.map((memory, place) => told(memory, `middleware ${place + 1}`)),
        told(run, 'this run, which holds every ledger'),
      ]
    },
  }
}
