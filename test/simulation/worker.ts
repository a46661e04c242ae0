// One process of the simulator: runs the histories that it is given, one after the other, on a database of its own.
import './seeded-globals.ts'
import { readFileSync } from 'node:fs'
import { runHistory } from './history.ts'
import { everyInterleaving } from './interleavings.ts'
import type { Race } from './interleavings.ts'
import { mutantNamed } from './mutants/all.ts'
import { planOf } from './plan.ts'
import { summaryOf } from './report.ts'
import type { HistorySummary } from './report.ts'
import { shrink } from './shrink.ts'
import { openSimulationDatabase } from './simulation-database.ts'
import type { Shrunk } from './shrink.ts'

export type Task =
  | { readonly kind: 'run'; readonly seeds: readonly number[]; readonly mutant: string | null }
  | { readonly kind: 'every interleaving'; readonly race: Race; readonly faults: number }
  | { readonly kind: 'shrink'; readonly seed: number; readonly mutant: string | null }
  | { readonly kind: 'replay'; readonly seed: number; readonly mutant: string | null; readonly shrunk: string | null }

export type Answer =
  | { readonly kind: 'history'; readonly history: HistorySummary }
  | { readonly kind: 'done' }
  | { readonly kind: 'shrunk'; readonly shrunk: Shrunk }
  | { readonly kind: 'failed'; readonly message: string }

const [serverUrl, name] = process.argv.slice(2) as [string, string]
const send = (answer: Answer) => process.send!(answer)

/** One database for each mutant in turn; the product's own rules come first. */
let open: {
  readonly mutant: string | null
  readonly database: Awaited<ReturnType<typeof openSimulationDatabase>>
} | null = null

async function databaseFor(mutant: string | null) {
  if (open?.mutant === mutant) return open.database
  await open?.database.close()
  open = { mutant, database: await openSimulationDatabase(serverUrl, name, mutantNamed(mutant)?.sql) }
  return open.database
}

async function perform(task: Task): Promise<void> {
  if (task.kind === 'every interleaving') {
    await everyInterleaving(await databaseFor(null), task.race, task.faults, (history) =>
      send({ kind: 'history', history }),
    )
    return void send({ kind: 'done' })
  }
  const database = await databaseFor(task.mutant)
  const mutant = mutantNamed(task.mutant)
  if (task.kind === 'run') {
    for (const seed of task.seeds) {
      const history = summaryOf(await runHistory(planOf(seed), database, { mutant }))
      send({ kind: 'history', history })
      // A mutant is caught by one history.
      if (mutant && history.violation) break
    }
    return void send({ kind: 'done' })
  }
  if (task.kind === 'shrink') return void send({ kind: 'shrunk', shrunk: await shrink(task.seed, database, mutant) })
  const kept = task.shrunk === null ? null : (JSON.parse(readFileSync(task.shrunk, 'utf8')) as Omit<Shrunk, 'result'>)
  const plan = kept?.plan ?? planOf(task.seed)
  const without = kept?.without ?? []
  const result = await runHistory(plan, database, { mutant, without: new Set(without) })
  send({ kind: 'shrunk', shrunk: { plan, without, result } })
}

process.on('message', (task: Task | 'stop') => {
  if (task === 'stop') {
    void (open?.database.close() ?? Promise.resolve()).finally(() => process.disconnect())
    return
  }
  perform(task).catch((error: unknown) => {
    send({ kind: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  })
})
