import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { startBenchDatabase } from './bench-database.ts'
import { missedOf, reaches } from './measure.ts'
import type { BenchContext, Figure } from './measure.ts'
import { MEASURES } from './measures.ts'
import { figuresTable, progressOf } from './report.ts'
import { describeProfiles } from './cpu-profile.ts'

const HELP = `Measures the speed of the product against its aims: one run, one table.

  npm run bench                       everything, about six minutes on two quiet cores
  npm run bench -- --only NAME        one measure; may be given several times
  npm run bench -- --full             also what takes long, ten minutes more: 3,000,000 rows, 100,000 refunds, an idle look of six minutes
  npm run bench -- --scale 0.05       a trial of the command: that share of the load, figures without meaning
  npm run bench -- --rounds N         rounds of which the median counts (5)
  npm run bench -- --json FILE        the figures as JSON
  npm run bench -- --profile          where the middleware's CPU goes, from a profile of every middleware that was started
  npm run bench -- --help             this text

Everything runs on this machine: a PostgreSQL of its own that flushes every commit to the disk, the middleware in processes of its own, and
stand-ins for gateway and org. What is compared is alternated round by round. It ends with 1 where an aim is missed.
The figures are of the machine and what else runs on it; ratios and CPU are steadier than rates.

${MEASURES.map(({ name, about }) => `${name}\n  ${about.replaceAll('\n', '\n  ')}`).join('\n\n')}
`

const ROOT = resolve(import.meta.dirname, '../..')

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true },
      full: { type: 'boolean', default: false },
      scale: { type: 'string', default: '1' },
      rounds: { type: 'string', default: '5' },
      json: { type: 'string' },
      profile: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(HELP)
    return 0
  }
  const unknown = values.only?.find((name) => !MEASURES.some((measure) => measure.name === name))
  if (unknown !== undefined) throw new Error(`no measure is called ${unknown}; there are ${names()}`)
  const [scale, rounds] = [Number(values.scale), Number(values.rounds)]
  if (!(scale > 0 && scale <= 1)) throw new Error('--scale must be above 0 and at most 1')
  if (!(Number.isInteger(rounds) && rounds > 0 && rounds < 100)) throw new Error('--rounds must be 1 to 99')

  const directory = join(ROOT, '.data/bench', String(process.pid))
  mkdirSync(directory, { recursive: true })
  const profiles = values.profile ? join(ROOT, '.data/bench-profiles', String(process.pid)) : null
  const progress = progressOf(process.stderr)
  const server = await startBenchDatabase(directory, progress.say)
  // The server outlives whoever started it, and nobody wants this one afterwards.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void server.stop().finally(() => process.exit(130)))
  }
  const figures: Figure[] = []
  try {
    const asked = MEASURES.filter(({ name }) => values.only?.includes(name) ?? true)
    for (const [place, measure] of asked.entries()) {
      progress.begin(`${measure.name} (${place + 1} of ${asked.length})`)
      const context: BenchContext = {
        full: values.full,
        scale,
        rounds,
        server,
        directory,
        profiles,
        progress: progress.say,
      }
      figures.push(...(await measure.run(context)))
    }
  } finally {
    progress.end()
    await server.stop()
  }

  const missed = missedOf(figures)
  process.stdout.write(`${figuresTable(figures)}\n\n`)
  for (const { details } of figures)
    if (details) process.stdout.write(`How the rows are found:\n  ${details.join('\n  ')}\n\n`)
  if (profiles !== null) process.stdout.write(`${describeProfiles(profiles)}\n\n`)
  if (values.json !== undefined) {
    const [load] = loadavg()
    const told = figures.map((figure) => ({ ...figure, reached: reaches(figure) }))
    const machine = { cores: availableParallelism(), load, node: process.version }
    const { full } = values
    writeFileSync(values.json, JSON.stringify({ machine, scale, rounds, full, figures: told }, null, 2) + '\n')
  }
  const aims = figures.filter(({ aim }) => aim !== undefined).length
  process.stdout.write(
    missed.length === 0
      ? `All ${aims} aims are reached.\n`
      : `${missed.length} of ${aims} aims are missed: ${missed.map(({ name }) => name).join('; ')}.\n`,
  )
  return missed.length === 0 ? 0 : 1
}

function names(): string {
  return MEASURES.map(({ name }) => name).join(', ')
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`npm run bench: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(2)
  },
)
