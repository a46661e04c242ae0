import type { Settlement } from '../../middleware/refunds/settle-by-hand.ts'
import type { LedgerRefund } from './gateway-ledger.ts'
import type { WorkKind } from './instance.ts'
import type { World } from './world.ts'

const DAY_MS = 86_400_000
/** When the faults stop, everything has come to its end within this: the longest hold, its release, and the days between two looks. */
const CALM_DAYS = 24
/** An event that may have been of the refund that was settled is looked at again within a day, and what rests on that within another. */
const DAYS_AFTER_SETTLING = 3
const MOST_ROUNDS = 2_000

/** The faults stop. Time goes on from one thing that is due to the next, until nothing is that could still change. */
export async function comeToRest(world: World): Promise<void> {
  world.isCalm = true
  world.crm.downUntil = 0
  world.crm.permit(true)
  for (const instance of world.instances) instance.paused = false
  let end = world.now + CALM_DAYS * DAY_MS
  let chores: readonly WorkKind[] = ['catch-up', 'join', 'permissions', 'silence']
  let lookedFor = -1
  let isLooking = true
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const instance = world.instances[round % world.instances.length]!
    await finishSteps(world)
    while (world.webhooks.hasDeliverable) {
      await world.webhooks.deliverOne(instance)
      await finishSteps(world)
    }
    while (world.callersRetry.length > 0) {
      const request = world.callersRetry.shift()!
      await world.scheduler.start(instance, () => instance.submit(request, world.callers.of(request.key).bodyWasOther))
      await finishSteps(world)
    }
    if (world.violations.length > 0) return
    const due = await dueTimes(world)
    const kinds = (['refunds', 'events', 'writes'] as const).filter((kind) => (due[kind] ?? Infinity) <= world.now)
    for (const kind of [...kinds, ...chores]) {
      world.step++
      await world.scheduler.start(instance, () => instance.work(kind))
      await finishSteps(world)
    }
    if (kinds.length > 0 || chores.length > 0) {
      chores = []
      world.now += 10
      continue
    }
    if (due.unknownPayments && lookedFor < world.claimed && !instance.isAt('join')) {
      // The org is asked again after all that was worked on, and not while it still owes an answer from before.
      lookedFor = world.claimed
      chores = ['join']
      continue
    }
    const times = [due.refunds, due.events, due.writes, world.scheduler.nextReadyAt, world.webhooks.nextAt]
    const next = Math.min(...times.map((time) => time ?? Infinity))
    if (next > end) {
      if (!isLooking) return
      // What no gateway tells any more a person looks up in its records, and settles.
      isLooking = false
      end += DAYS_AFTER_SETTLING * DAY_MS
      await settleWhatIsLeft(world)
      continue
    }
    // The chores are done all the time; after hours they may find something.
    if (next > world.now + 3_600_000) chores = ['catch-up', 'silence']
    world.now = Math.max(world.now + 1, next)
  }
  world.violate('I6', `after ${MOST_ROUNDS} rounds without a fault something is still going on`)
}

/** Only what is marked for a person, and only at a gateway that cannot be asked. */
async function settleWhatIsLeft(world: World): Promise<void> {
  const left = await world.server.query<{ id: string; gateway: string; kind: string }>(
    `SELECT id, gateway, kind FROM refunds WHERE state IN ('unknown', 'pending') AND attention IS NOT NULL ORDER BY id`,
  )
  for (const { id, gateway, kind } of left) {
    const [real] = world.refundsAtGateway(id, null)
    if ((world.ledgers.get(gateway)!.profile.canBeAsked && kind !== 'void') || (real && !real.silent)) continue
    if (real?.status === 'pending') continue
    const instance = world.instances[0]!
    world.settledByHand.add(id)
    for (const outcome of outcomesOf(real)) {
      const found = { reason: 'found in the records of the gateway', by: 'an operator' }
      const settlement = { ...found, outcome, gatewayReference: real?.reference ?? null }
      await world.scheduler.start(instance, () => instance.settle(id, settlement))
      await finishSteps(world)
    }
  }
}

/**
 * What a person settles, one after the other: money that came back had gone out before. Where it never went out, what came back is no
 * outcome that anybody can give: that is left.
 */
function outcomesOf(real: LedgerRefund | undefined): readonly Settlement['outcome'][] {
  if (!real) return ['failed']
  if (real.status !== 'reversed') return [real.status === 'succeeded' ? 'succeeded' : 'failed']
  return real.was.has('succeeded') ? ['succeeded', 'reversed'] : []
}

async function finishSteps(world: World): Promise<void> {
  while (world.violations.length === 0 && world.scheduler.hasReady) {
    world.step++
    await world.scheduler.takeOne(world.chance.schedule)
  }
}

interface Due {
  readonly refunds: number | null
  readonly events: number | null
  readonly writes: number | null
  readonly unknownPayments: boolean
}

/** When each kind of work is next due, in milliseconds. */
async function dueTimes(world: World): Promise<Due> {
  const [row] = await world.server.query<Record<'refunds' | 'events' | 'writes', Date | null> & { unknown: boolean }>(
    `SELECT (SELECT min(due_at) FROM refunds) AS refunds,
       (SELECT min(due_at) FROM gateway_events WHERE outcome IS DISTINCT FROM 'no_such_payment' OR due_at <= relay_now()) AS events,
       (SELECT greatest(min(at), (SELECT max(crm_lease_until) FROM orgs)) FROM (
          SELECT crm_due_at FROM refunds UNION ALL SELECT crm_due_at FROM exposures UNION ALL SELECT crm_due_at FROM payments
        ) AS written (at) HAVING min(at) IS NOT NULL) AS writes,
       EXISTS (SELECT FROM gateway_events WHERE outcome = 'no_such_payment') AS unknown`,
  )
  const { refunds, events, writes, unknown } = row!
  const [first, second, third] = [refunds, events, writes].map((at) => at?.getTime() ?? null)
  return { refunds: first!, events: second!, writes: third!, unknownPayments: unknown }
}
