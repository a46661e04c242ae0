import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { removeEmbedded, startEmbedded } from '../../middleware/database/embedded.ts'
import { runCell } from './cell-run.ts'
import type { CellResult } from './cell-run.ts'
import { allCells, cellOf, nameOf } from './cells.ts'
import type { Cell } from './cells.ts'
import { doubleCells, sample } from './double-crashes.ts'
import { KILL_SWITCH, MAIN } from './fleet.ts'
import { Progress } from '../progress.ts'
import { inWords, reportOf } from './report.ts'

const HELP = `Kills the middleware at every point of a refund's life, restarts it, and asks the gateways' own ledgers, the org's rows and the
store whether anything was lost or paid twice. Real processes, real SIGKILL, a real PostgreSQL with fsync on.

  npm run crash-matrix                          every cell that can be reached, then 200 double crashes
  npm run crash-matrix -- --only 'braintree/*'  cells whose name fits: connection/outcome/instances/point:side

  --only PATTERN   * stands for anything; may be given more than once; a double crash is named with a + between its points
  --double N       so many double crashes: killed again during recovery (200; with --only none, unless asked for)
  --seed N         which ones (1)
  --jobs N         cells at the same time (two for each processor)
  --json FILE      the report for machines: every cell, and what cannot be reached, with its reason
  --list           names the cells and what cannot be reached; runs nothing
  --help           this text
`

const DOUBLES = 200

interface Options {
  readonly only: readonly string[]
  readonly doubles: number
  readonly seed: number
  readonly jobs: number
  readonly json: string | undefined
  readonly list: boolean
}

function readOptions(): Options | 'help' {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true, default: [] },
      double: { type: 'string' },
      seed: { type: 'string', default: '1' },
      jobs: { type: 'string', default: String(2 * availableParallelism()) },
      json: { type: 'string' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return 'help'
  const whole = (name: string, text: string, least: number) => {
    if (!/^\d{1,9}$/.test(text) || Number(text) < least)
      throw new Error(`--${name} must be a whole number, ${least} or more`)
    return Number(text)
  }
  return {
    only: values.only,
    doubles: whole('double', values.double ?? String(values.only.length > 0 ? 0 : DOUBLES), 0),
    seed: whole('seed', values.seed, 0),
    jobs: whole('jobs', values.jobs, 1),
    json: values.json,
    list: values.list,
  }
}

function choose({ only, doubles, seed }: Options): Cell[] {
  const { cells } = allCells()
  // A double crash is named, not searched for: there are thousands.
  const named = only.filter((pattern) => pattern.includes('+')).map(cellOf)
  const patterns = only.filter((pattern) => !pattern.includes('+')).map(toExpression)
  const fits =
    only.length === 0 ? cells : cells.filter((cell) => patterns.some((pattern) => pattern.test(nameOf(cell))))
  const chosen = [...fits, ...named, ...sample(doubleCells(fits), doubles, seed)]
  if (chosen.length === 0) throw new Error(`no cell is called ${only.join(' or ')}; --list names them`)
  return chosen
}

function toExpression(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[\\^$.|?+()[\]{}]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`)
}

async function main(): Promise<number> {
  const options = readOptions()
  if (options === 'help') {
    process.stdout.write(HELP)
    return 0
  }
  const cells = choose(options)
  const { leftOut } = allCells()
  if (options.list) {
    for (const cell of cells) process.stdout.write(`${nameOf(cell)}\n`)
    for (const { where, reason, cells: count } of leftOut)
      process.stdout.write(`not reachable (${count}): ${reason}: ${where.join(', ')}\n`)
    return 0
  }
  const started = performance.now()
  const results = await runAll(cells, options.jobs)
  const report = reportOf(cells, results, leftOut, options.seed, performance.now() - started)
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`)
  process.stdout.write(inWords(report))
  return report.failed === 0 && report.notRun === 0 ? 0 : 1
}

async function runAll(cells: readonly Cell[], jobs: number): Promise<CellResult[]> {
  const directory = mkdtempSync(join(tmpdir(), 'refund-relay-crash-matrix-'))
  // As root, PostgreSQL's user must be able to reach its part of it.
  chmodSync(directory, 0o755)
  const say = (line: string) => process.stderr.write(`${line}\n`)
  const database = { directory: join(directory, 'postgres'), settings: { max_connections: String(30 * jobs + 20) } }
  const server = await startEmbedded({ ...database, onNotice: say })
  process.env.TEST_DATABASE_URL = server.url
  const codeCache = join(directory, 'code')
  // A process that is killed leaves no compiled code behind.
  spawnSync(process.execPath, ['--import', KILL_SWITCH, MAIN, '--help'], {
    env: { ...process.env, NODE_COMPILE_CACHE: codeCache },
  })
  const progress = new Progress(cells.length, 'cells', process.stderr)
  const left = [...cells]
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    // What is under way comes to its end, so that nothing is left running.
    process.once(signal, () => {
      say('stopping after the cells under way')
      left.length = 0
    })
  }
  const results: CellResult[] = []
  const work = async (runner: number) => {
    for (let cell = left.shift(); cell; cell = left.shift()) {
      const result = await runCell(cell, { directory: join(directory, `runner-${runner + 1}`), codeCache })
      results.push(result)
      const failed = results.filter(({ wrong }) => wrong.length > 0).length
      progress.at(results.length, `${failed} failed`)
      if (result.wrong.length > 0) progress.say(failure(result))
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(jobs, cells.length) }, (_, runner) => work(runner)))
  } finally {
    progress.end()
    await removeEmbedded(database.directory)
    // Logs of what failed stay.
    if (results.every(({ wrong }) => wrong.length === 0)) {
      rmSync(directory, { recursive: true, force: true })
    }
  }
  return results
}

function failure({ cell, wrong }: CellResult): string {
  return [
    `FAILED ${cell}`,
    ...wrong.map((line) => `  ${line}`),
    `  again: npm run crash-matrix -- --only '${cell}'`,
  ].join('\n')
}

main().then(
  (exitCode) => process.exit(exitCode),
  (error: unknown) => {
    process.stderr.write(`crash-matrix: ${(error as Error).message}\n`)
    process.exit(1)
  },
)
