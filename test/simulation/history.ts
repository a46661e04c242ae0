import { createHash } from 'node:crypto'
import type { Database } from '../../middleware/database/database.ts'
import type { Chance } from './chance.ts'
import { comeToRest } from './calm.ts'
import type { Fault } from './faults.ts'
import type { Mutant } from './mutants/mutant.ts'
import { judge } from './oracle.ts'
import { perform, submitTogether } from './operations.ts'
import type { Operation, Plan, Submit } from './plan.ts'
import { seedGlobals } from './seeded-globals.ts'
import { emptyDatabase } from './simulation-database.ts'
import { WORK } from './instance.ts'
import type { Violation } from './world.ts'
import { ORG_ID, World } from './world.ts'

export interface HistoryResult {
  readonly seed: number
  readonly violation: Violation | null
  readonly steps: readonly string[]
  readonly digest: string
  readonly coverage: Readonly<Partial<Record<Fault, number>>>
  /** "from to" → how often. */
  readonly transitions: Readonly<Record<string, number>>
  readonly kills: number
  readonly gatewayRefunds: number
  readonly requests: number
  readonly crmCalls: number
  readonly calmDays: number
  readonly mutantMatched: boolean
}

export interface HistoryOptions {
  readonly mutant?: Mutant | null
  readonly without?: ReadonlySet<Fault>
  /** What happens before the calm, instead of what chance brings. */
  readonly trouble?: (world: World) => Promise<void>
}

/** After the last operation, how many turns the faults still last. */
const TURNS_AFTER = 40
const MOST_TURNS = 3_000

/** Runs one history from its plan: faults, calm, judgement. The same plan takes the same steps, always. */
export async function runHistory(plan: Plan, server: Database, options: HistoryOptions = {}): Promise<HistoryResult> {
  await emptyDatabase(server)
  const world = new World(plan, server, options.mutant ?? null, options.without ?? new Set())
  seedGlobals({ now: () => world.clock, chance: () => world.chance.product.number() })
  try {
    options.mutant?.world?.(world)
    await server.query('INSERT INTO orgs (org_id) VALUES ($1)', [ORG_ID])
    await (options.trouble ?? troubledPhase)(world)
    const calmFrom = world.now
    if (world.violations.length === 0) await comeToRest(world)
    const transitions = await judge(world)
    return {
      seed: plan.seed,
      violation: world.violations[0] ?? null,
      steps: world.scheduler.steps,
      digest: createHash('sha256').update(world.scheduler.steps.join('\n')).digest('hex'),
      coverage: Object.fromEntries(world.coverage),
      transitions,
      kills: world.kills,
      gatewayRefunds: [...world.ledgers.values()].reduce((sum, { all }) => sum + all.length, 0),
      requests: plan.operations.filter(({ kind }) => kind === 'submit').length,
      crmCalls: world.crm.calls,
      calmDays: (world.now - calmFrom) / 86_400_000,
      mutantMatched: world.mutantMatched,
    }
  } finally {
    seedGlobals(null)
  }
}

/** Requests that follow in the plan and come at the same time. */
function moreOf(waiting: Operation[], schedule: Chance): Submit[] {
  const more: Submit[] = []
  for (let next = waiting[0]; next?.kind === 'submit' && schedule.happens(0.4); next = waiting[0]) {
    more.push(next)
    waiting.shift()
  }
  return more
}

async function troubledPhase(world: World): Promise<void> {
  const { schedule } = world.chance
  const waiting = [...world.plan.operations]
  let after = TURNS_AFTER
  for (let turn = 0; turn < MOST_TURNS && (waiting.length > 0 || after-- > 0); turn++) {
    if (world.violations.length > 0) return
    world.step++
    if (schedule.happens(0.3)) world.now += schedule.between(0, 1_500)
    const choice = schedule.weighted({ operation: 1.2, step: 8, work: 2.5, webhook: 1.5, retry: 0.5 })
    if (choice === 'operation' && waiting.length > 0) {
      const operation = waiting.shift()!
      if (operation.kind !== 'submit') await perform(world, operation)
      else await submitTogether(world, [operation, ...moreOf(waiting, schedule)])
      continue
    }
    if (choice === 'retry' && world.callersRetry.length > 0) {
      const request = world.callersRetry.shift()!
      world.cover('caller_without_answer')
      const instance = world.anyInstance()
      if (instance)
        await world.scheduler.start(instance, () =>
          instance.submit(request, world.callers.of(request.key).bodyWasOther),
        )
      continue
    }
    const instance = world.anyInstance()
    if (choice === 'webhook' && instance && world.webhooks.hasDeliverable) {
      await world.webhooks.deliverOne(instance)
      continue
    }
    if (choice === 'work' && instance) {
      const kind = schedule.weighted({
        refunds: 4,
        events: 4,
        writes: 3,
        'catch-up': 0.4,
        join: 0.4,
        permissions: 0.3,
        silence: 0.2,
      })
      await world.scheduler.start(instance, () => instance.work(kind))
      continue
    }
    if (!(await world.scheduler.takeOne(schedule)) && instance) {
      await world.scheduler.start(instance, () => instance.work(schedule.pick(WORK)))
    }
  }
}
