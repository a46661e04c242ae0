import type { Database } from '../../middleware/database/database.ts'
import { FAULTS } from './faults.ts'
import type { Fault } from './faults.ts'
import { runHistory } from './history.ts'
import type { HistoryResult } from './history.ts'
import type { Mutant } from './mutants/mutant.ts'
import { planOf } from './plan.ts'
import type { Plan } from './plan.ts'

export interface Shrunk {
  readonly plan: Plan
  readonly without: readonly Fault[]
  readonly result: HistoryResult
}

/** So that a shrinking ends even where every run takes long. */
const MOST_RUNS = 150

/**
 * Leaves out operations and switches off faults as long as the same invariant still breaks. What is left is a plan of its own: the same
 * seed with it takes the same steps again.
 */
export async function shrink(seed: number, server: Database, mutant: Mutant | null): Promise<Shrunk> {
  let runs = 0
  const run = (plan: Plan, without: readonly Fault[]) => {
    runs++
    return runHistory(plan, server, { mutant, without: new Set(without) })
  }
  let plan = planOf(seed)
  let without: readonly Fault[] = []
  let result = await run(plan, without)
  const broken = result.violation?.invariant
  if (broken === undefined) return { plan, without, result }

  async function accept(shorter: Plan, faultsOff: readonly Fault[]): Promise<boolean> {
    if (runs >= MOST_RUNS) return false
    const tried = await run(shorter, faultsOff)
    if (tried.violation?.invariant !== broken) return false
    ;[plan, without, result] = [shorter, faultsOff, tried]
    return true
  }

  for (const fault of Object.keys(FAULTS) as Fault[]) {
    if ((result.coverage[fault] ?? 0) > 0) await accept(plan, [...without, fault])
  }
  for (let size = Math.ceil(plan.operations.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < plan.operations.length;) {
      const operations = [...plan.operations.slice(0, from), ...plan.operations.slice(from + size)]
      if (!(await accept({ ...plan, operations }, without))) from += size
    }
  }
  for (const count of [1, 2]) {
    if (plan.instances.length > count) await accept({ ...plan, instances: plan.instances.slice(0, count) }, without)
  }
  return { plan, without, result }
}
