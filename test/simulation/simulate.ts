import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { MUTANTS } from './mutants/all.ts'
import { huntMutants } from './hunt-mutants.ts'
import { RACES, faultsIn } from './interleavings.ts'
import { Pool } from './pool.ts'
import { Progress } from '../progress.ts'
import { Report } from './report.ts'
import type { Shrunk } from './shrink.ts'

const HELP = `Runs seeded histories of refunds over the real steps and a real PostgreSQL: instances are killed between any two steps, the clock jumps,
gateways, webhooks and the org fail in every way they can. Then the faults stop, and the gateways' ledgers judge what is left.

  npm run simulate                        300 histories
  npm run simulate -- --histories 10000   as many as that; from 10,000 on every fault and transition must have happened
    --seed N          the first seed (1); the others follow it
    --jobs N          processes (2)
    --replay SEED     one history again, step by step
    --shrunk FILE     with --replay: the shortened plan that a failing run wrote
    --mutant NAME     with a planted bug: succeeds when the bug is caught
    --all-mutants     each planted bug in turn, at most 1,000 histories each (or --histories), and a table
    --list-mutants    their names
    --every-interleaving   two requests for one payment at two instances, in every order of their steps
    --faults N        with it: so many faults anywhere (1); one fewer where the gateway is looked at first
    --json FILE       the figures, as JSON
`

const ROOT = resolve(import.meta.dirname, '../..')
const BATCH = 10
const MOST_FAILURES = 5

let isStopped = false

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    histories: { type: 'string' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '2' },
    replay: { type: 'string' },
    shrunk: { type: 'string' },
    mutant: { type: 'string' },
    'all-mutants': { type: 'boolean', default: false },
    'list-mutants': { type: 'boolean', default: false },
    'every-interleaving': { type: 'boolean', default: false },
    faults: { type: 'string', default: '1' },
    json: { type: 'string' },
  },
})

/** @returns the exit code */
async function main(): Promise<number> {
  if (values.help) return say(HELP)
  if (values['list-mutants']) {
    return say(MUTANTS.map(({ name, bug }) => `${name.padEnd(34)} ${bug}\n`).join(''))
  }
  const mutant = values.mutant ?? null
  if (mutant !== null && mutant.split(',').some((name) => !MUTANTS.some((known) => known.name === name))) {
    process.stderr.write(`There is no planted bug "${mutant}": --list-mutants names them all.\n`)
    return 2
  }
  const pool = await Pool.open(values.replay === undefined ? whole('jobs', values.jobs) : 1)
  // The first Ctrl-C ends after the batches under way and reports what was run; the second ends at once.
  const stop = () => {
    if (isStopped) void pool.close().finally(() => process.exit(130))
    isStopped = true
  }
  process.on('SIGINT', stop).on('SIGTERM', stop)
  try {
    if (values.replay !== undefined) return await replay(pool, whole('replay', values.replay), mutant)
    if (values['all-mutants'] || mutant !== null) {
      const names = mutant === null ? MUTANTS.map(({ name }) => name) : mutant.split(',')
      return await huntMutants(
        pool,
        names,
        whole('seed', values.seed),
        whole('histories', values.histories ?? '1000'),
        values.json,
      )
    }
    if (values['every-interleaving']) return await tryEveryOrder(pool, whole('faults', values.faults))
    return await simulate(pool, whole('seed', values.seed), whole('histories', values.histories ?? '300'))
  } finally {
    await pool.close()
  }
}

async function simulate(pool: Pool, first: number, histories: number): Promise<number> {
  const seeds = Array.from({ length: histories }, (_, place) => first + place)
  const batches = Array.from({ length: Math.ceil(histories / BATCH) }, (_, batch) =>
    seeds.slice(batch * BATCH, (batch + 1) * BATCH),
  )
  const report = new Report()
  const progress = new Progress(histories, 'histories', process.stderr)
  await pool.performAll(
    batches.map((batch) => ({ kind: 'run', seeds: batch, mutant: null })),
    (history) => {
      report.add(history)
      progress.at(report.histories, report.failures.length > 0 ? `${report.failures.length} failed` : '')
    },
    () => isStopped || report.failures.length >= MOST_FAILURES,
  )
  progress.end()
  say(`${report.table}\n`)
  if (values.json !== undefined) {
    writeFileSync(values.json, JSON.stringify({ ...report.asJson, seconds: Math.round(progress.seconds) }, null, 2))
  }
  for (const [place, failure] of report.failures.entries()) {
    say(`seed ${failure.seed}: ${failure.violation!.invariant}: ${failure.violation!.what}\n`)
    // One is shortened; the next is another run.
    if (place === 0) await tellShortened(pool, failure.seed)
  }
  for (const gap of report.gaps) say(`not tried enough: ${gap}\n`)
  const { kills, gatewayRefunds, requests } = report
  const told = `${report.histories} histories, ${requests} requests, ${kills} kills, ${gatewayRefunds} refunds at the gateways, ${Math.round(progress.seconds)} s`
  const isGood = report.failures.length === 0 && report.gaps.length === 0
  say(
    isGood
      ? `✓ ${told}: nothing lost, nothing twice.\n`
      : `✗ ${told}: ${report.failures.length} histories broke an invariant.\n`,
  )
  if (isStopped) say(`Stopped before all ${histories} were run.\n`)
  return isStopped ? 130 : isGood ? 0 : 1
}

async function tryEveryOrder(pool: Pool, faults: number): Promise<number> {
  const report = new Report()
  const progress = new Progress(null, 'orders', process.stderr)
  await pool.performAll(
    RACES.map((race) => ({ kind: 'every interleaving', race, faults: faultsIn(race, faults) })),
    (history) => {
      report.add(history)
      progress.at(report.histories)
    },
    () => isStopped || report.failures.length > 0,
  )
  progress.end()
  for (const { violation } of report.failures.slice(0, MOST_FAILURES))
    say(`${violation!.invariant}: ${violation!.what}\n`)
  const told = `${report.histories} orders of two requests at two instances, ${faults} faults at most, ${Math.round(progress.seconds)} s`
  const isGood = report.failures.length === 0 && !isStopped
  say(isGood ? `✓ ${told}: each ended well.\n` : `✗ ${told}: ${report.failures.length} broke an invariant.\n`)
  return isGood ? 0 : 1
}

async function tellShortened(pool: Pool, seed: number): Promise<void> {
  const answer = await pool.perform(0, { kind: 'shrink', seed, mutant: null })
  if (answer.kind !== 'shrunk') return
  const { plan, without, result } = answer.shrunk
  const folder = join(ROOT, '.data/simulation')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `seed-${seed}.json`)
  writeFileSync(file, JSON.stringify({ plan, without }, null, 2))
  const fired = Object.keys(result.coverage).join(', ')
  say(
    `  shortened to ${plan.operations.length} operations and ${result.steps.length} steps; faults: ${fired || 'none'}\n`,
  )
  for (const step of result.steps.slice(-40)) say(`    ${step}\n`)
  say(`  again, the same steps: npm run simulate -- --replay ${seed}\n`)
  say(`  the shortened one:     npm run simulate -- --replay ${seed} --shrunk ${relative(ROOT, file)}\n`)
}

async function replay(pool: Pool, seed: number, mutant: string | null): Promise<number> {
  const answer = await pool.perform(0, { kind: 'replay', seed, mutant, shrunk: values.shrunk ?? null })
  const { result } = (answer as { shrunk: Shrunk }).shrunk
  for (const step of result.steps) say(`${step}\n`)
  say(`digest ${result.digest}\n`)
  const { violation } = result
  say(
    violation ? `✗ seed ${seed}: ${violation.invariant}: ${violation.what}\n` : `✓ seed ${seed}: no invariant broke.\n`,
  )
  return violation ? 1 : 0
}

function whole(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new RangeError(`--${name} takes a whole number, not "${text}"`)
  return Number(text)
}

function say(text: string): 0 {
  process.stdout.write(text)
  return 0
}

main()
  .then((code) => (process.exitCode = code))
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  })
