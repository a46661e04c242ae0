import type { Database } from '../../middleware/database/database.ts'
import { runHistory } from './history.ts'
import type { Plan } from './plan.ts'
import type { Profile } from './gateway-profiles.ts'
import { summaryOf } from './report.ts'
import type { HistorySummary } from './report.ts'
import type { Waiting } from './scheduler.ts'
import { ORG_ID } from './world.ts'
import type { World } from './world.ts'

/** Two requests for one payment, each at an instance of its own. */
export interface Race {
  readonly profile: Profile['name']
  /** Whether both amounts together are left of the payment. */
  readonly fits: boolean
}

export const RACES: readonly Race[] = (['webhooks', 'look-ups', 'confirmed'] as const).flatMap((profile) =>
  [true, false].map((fits) => ({ profile, fits })),
)

/** A gateway that is looked at first has a tree a hundred times as large: one fault fewer there. */
export function faultsIn({ profile }: Race, faults: number): number {
  return profile === 'webhooks' ? faults : Math.max(0, faults - 1)
}

const LEASE_MS = 61_000

/**
 * Runs every order in which the steps of a race can be taken, with at most so many faults at every place where one can come: a
 * killed instance, a lost request, a lost answer, a lease that runs out under a living owner, an event that is faster than the answer.
 * Steps that nobody else can notice are taken at once: their order changes nothing.
 */
export async function everyInterleaving(
  server: Database,
  race: Race,
  faults: number,
  onHistory: (history: HistorySummary) => void,
): Promise<void> {
  const plan = planOf(race)
  for (let path: readonly number[] | null = []; path !== null;) {
    const choices: Choices = new Choices(path)
    const result = await runHistory(plan, server, { trouble: (world) => takeAll(world, choices, faults) })
    onHistory(summaryOf(result))
    path = choices.next
  }
}

/** One way through the tree of choices, and the next one after it. */
class Choices {
  readonly #path: readonly number[]
  readonly #taken: { readonly place: number; readonly of: number }[] = []

  constructor(path: readonly number[]) {
    this.#path = path
  }

  take<Option>(options: readonly Option[]): Option {
    const place = this.#path[this.#taken.length] ?? 0
    this.#taken.push({ place, of: options.length })
    return options[place]!
  }

  /** Null when every way was taken. */
  get next(): readonly number[] | null {
    const last = this.#taken.findLastIndex(({ place, of }) => place + 1 < of)
    if (last === -1) return null
    return [...this.#taken.slice(0, last).map(({ place }) => place), this.#taken[last]!.place + 1]
  }
}

interface Option {
  readonly costs: 0 | 1
  take(): Promise<void>
}

async function takeAll(world: World, choices: Choices, faults: number): Promise<void> {
  // Who may refund is known: to ask is no part of the race.
  await world.tellDatabase('i0')
  await world.server.query('UPDATE orgs SET permitted_users = $2, permissions_at = relay_now() WHERE org_id = $1', [
    ORG_ID,
    [world.crm.userId],
  ])
  for (const [place, operation] of world.plan.operations.entries()) {
    const instance = world.instances[place]!
    if (operation.kind === 'submit')
      await world.scheduler.start(instance, () => instance.submit(operation.request, false))
  }
  let left = faults
  for (;;) {
    if (world.violations.length > 0) return
    const unnoticed = world.scheduler.ready.find(({ label }) => UNNOTICED.test(label))
    if (unnoticed) {
      world.step++
      await world.scheduler.take(unnoticed)
      continue
    }
    const options = optionsOf(world).filter(({ costs }) => costs <= left)
    if (!options.some(({ costs }) => costs === 0)) return
    const option = choices.take(options)
    left -= option.costs
    world.step++
    await option.take()
  }
}

/** Nothing but the coroutine itself is changed or read. */
const UNNOTICED = /^sends |^hears |^acknowledges | answers |^answers |^SELECT (orgs|relay_now)$/

const OUTCOME = /: .* (refund|void)_(succeeded|failed|reversed)/

function optionsOf(world: World): Option[] {
  const step = (waiting: Waiting): Option => ({ costs: 0, take: () => world.scheduler.take(waiting) })
  // How a refund ends at the gateway belongs to the calm, unless an event of it is to be faster than the answer.
  const outcomes = world.scheduler.ready.filter(({ label }) => OUTCOME.test(label))
  const ready = world.scheduler.ready.filter((waiting) => !outcomes.includes(waiting))
  const lossy = ready.filter(({ label }) => / arrives at /.test(label))
  const lost = (waiting: Waiting, fault: 'request_lost' | 'answer_lost'): Option => ({
    costs: 1,
    async take() {
      world.forced = fault
      await world.scheduler.take(waiting)
      world.forced = null
    },
  })
  return [
    ...ready.map(step),
    ...lossy.flatMap((waiting) => [lost(waiting, 'request_lost'), lost(waiting, 'answer_lost')]),
    ...world.instances.flatMap((instance, place): Option[] => [
      { costs: 1, take: () => Promise.resolve(world.kill(place)) },
      {
        costs: 1,
        async take() {
          world.now += LEASE_MS
          await world.scheduler.start(instance, () => instance.work('refunds'))
        },
      },
    ]),
    ...outcomes.map((outcome): Option => ({
      costs: 1,
      async take() {
        await world.scheduler.take(outcome)
        if (world.webhooks.hasDeliverable) await world.webhooks.deliverOne(world.instances[0]!)
      },
    })),
  ]
}

function planOf({ profile, fits }: Race): Plan {
  const request = (number: number, amount: number) => ({
    kind: 'submit' as const,
    otherBody: false,
    request: { key: `key-${number}-00000000`, payment: 0, amount, undo: false },
  })
  return {
    seed: 0,
    payments: [
      {
        ...{ paymentId: 'a0P000000000000AAA', profile, reference: 'PAY0', currency: 'EUR' },
        ...{ captured: 1_000, settlesInHours: 0, isDebit: false },
      },
    ],
    instances: [{ skewMs: 0 }, { skewMs: 0 }],
    gatewayCaps: false,
    operations: [request(1, 600), request(2, fits ? 400 : 500)],
    rates: {},
    fates: { fails: 0, failsLate: 0, repaired: 0, reversed: 0 },
  }
}
