import { parseArgs } from 'node:util'
import { startOwnPostgres } from '../instances/own-postgres.ts'
import { Progress, clock } from '../progress.ts'
import { storm } from './storm.ts'

const HELP = `Forged webhooks: generated deliveries that nobody may believe, and old genuine ones, over HTTP at every connection of a real
middleware. Afterwards no row of money may have changed, and genuine deliveries must work.

  npm run forgeries -- --count 100000 --seed 1

  --count N    deliveries (default 100000)
  --seed S     the same seed makes the same deliveries of the same captures (default 1)
  --json       the report as JSON
  --help       this text
`

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return void process.stdout.write(HELP)
  const [count, seed] = [Number(values.count), Number(values.seed)]
  if (!Number.isInteger(count) || count < 1) throw new Error('--count must be a whole number above 0')
  if (!Number.isInteger(seed)) throw new Error('--seed must be a whole number')
  const progress = new Progress(count, 'deliveries', process.stderr)
  const postgres = await startOwnPostgres()
  try {
    const onProgress = (done: number) => progress.at(done)
    const report = await storm({ databaseUrl: postgres.url, count, seed, onProgress })
    progress.end()
    if (values.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
    else
      for (const [kind, times] of Object.entries(report.sent))
        process.stdout.write(`${String(times).padStart(8)}  ${kind}\n`)
    const { memory, perSecond, storedWithoutEffect, wrong } = report
    for (const line of wrong) process.stderr.write(`${line}\n`)
    const told = `${count} deliveries in ${clock(report.seconds * 1_000)} (${perSecond} a second), memory ${memory.atFirstMb} MB at first, at most ${memory.peakMb} MB, ${memory.slopeMbPerMinute} MB a minute in the later half`
    if (wrong.length > 0) throw new Error(`${told}: ${wrong.length} things are wrong (seed ${seed})`)
    process.stdout.write(
      `${told}: nothing changed. ${storedWithoutEffect} with another date were stored, without effect.\n`,
    )
  } finally {
    progress.end()
    await postgres.close()
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`forgeries: ${(error as Error).message}\n`)
  process.exit(1)
})
