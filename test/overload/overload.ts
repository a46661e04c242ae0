import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { Progress } from '../progress.ts'
import { overload } from './overload-run.ts'

const HELP = `Overload: measures what one middleware process sustains, then sends it ten times that, whether or not it answers.

  npm run overload -- --seconds 60

  --seconds N       how long the overload lasts (default 60)
  --measure N       how long the sustainable rate is measured (default 10)
  --times N         how often that rate arrives (default 10)
  --report FILE     JSON (default .data/overload.json)
  --help            this text
`

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '60' },
      measure: { type: 'string', default: '10' },
      times: { type: 'string', default: '10' },
      report: { type: 'string', default: '.data/overload.json' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return void process.stdout.write(HELP)
  const number = (name: 'seconds' | 'measure' | 'times') => {
    const value = Number(values[name])
    if (!Number.isFinite(value) || value <= 0) throw new Error(`--${name} must be a number above 0`)
    return value
  }
  const progress = new Progress(number('seconds'), 'seconds of overload', process.stderr)
  const report = await overload({
    seconds: number('seconds'),
    measure: number('measure'),
    times: number('times'),
    progress,
  }).finally(() => progress.end())
  mkdirSync(dirname(values.report), { recursive: true })
  writeFileSync(values.report, `${JSON.stringify(report, null, 2)}\n`)
  const { sustainablePerSecond, arrivedPerSecond, accepted, refused, unanswered, acceptedMs, refusedMs, memory } =
    report
  process.stdout.write(
    `sustainable ${sustainablePerSecond} a second, arrived ${arrivedPerSecond} a second\n` +
      `accepted ${accepted} (half within ${acceptedMs.p50} ms, 99 % within ${acceptedMs.p99} ms), refused ${refused} (99 % within ${refusedMs.p99} ms), unanswered ${unanswered}\n` +
      `memory at most ${memory.peakMb} MB, ${memory.slopeMbPerMinute} MB a minute in the later half\n`,
  )
  for (const line of report.wrong.slice(0, 20)) process.stdout.write(`${line}\n`)
  if (report.wrong.length > 0) throw new Error(`${report.wrong.length} things are wrong, see ${values.report}`)
  process.stdout.write(
    `What was accepted ended well, what was refused had no effect and was told when to come again. Details: ${values.report}\n`,
  )
}

main().catch((error: unknown) => {
  process.stderr.write(`overload: ${(error as Error).message}\n`)
  process.exit(1)
})
