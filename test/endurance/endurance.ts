import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { Progress, clock } from '../progress.ts'
import { endure } from './endurance-run.ts'

const HELP = `Endurance: refunds through real processes on one PostgreSQL, while processes are killed every 5 to 15 seconds, one gateway
call in twenty fails in some way, and the org goes away. Afterwards every refund is judged by the gateways' own ledgers.

  npm run endurance -- --refunds 100000

  --refunds N       refunds to be accepted (default 10000)
  --minutes M       begin nothing new after so many minutes (default 240)
  --instances N     middleware processes (default 2)
  --callers N       payments refunded at the same time (default 24)
  --kill-every S,T  seconds between two kills, at least and at most (default 5,15)
  --outage-every S  seconds between two outages of the org (default 60); each is 8 seconds, or half of that
  --patience S      seconds that the last refunds get before the clock is moved for them (default 90)
  --report FILE     JSON (default .data/endurance.json)
  --help            this text
`

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      refunds: { type: 'string', default: '10000' },
      minutes: { type: 'string', default: '240' },
      instances: { type: 'string', default: '2' },
      callers: { type: 'string', default: '24' },
      'kill-every': { type: 'string', default: '5,15' },
      'outage-every': { type: 'string', default: '60' },
      patience: { type: 'string', default: '90' },
      report: { type: 'string', default: '.data/endurance.json' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return void process.stdout.write(HELP)
  const number = (name: 'refunds' | 'minutes' | 'instances' | 'callers' | 'patience' | 'outage-every') => {
    const value = Number(values[name])
    if (!Number.isFinite(value) || value <= 0) throw new Error(`--${name} must be a number above 0`)
    return value
  }
  const [least, most] = values['kill-every'].split(',').map(Number)
  if (!least || !most || least > most) throw new Error('--kill-every must be two numbers of seconds, like 5,15')
  const outageEvery = number('outage-every')
  const refunds = number('refunds')
  const progress = new Progress(refunds, 'refunds', process.stderr)
  const report = await endure({
    refunds,
    minutes: number('minutes'),
    instances: number('instances'),
    callers: number('callers'),
    patience: number('patience'),
    rates: {
      gatewayFaults: 0.05,
      killEvery: [least, most],
      orgOutageEvery: outageEvery,
      orgOutage: Math.min(8, outageEvery / 2),
    },
    progress,
  }).finally(() => progress.end())
  mkdirSync(dirname(values.report), { recursive: true })
  writeFileSync(values.report, `${JSON.stringify(report, null, 2)}\n`)
  for (const { what, peakMb, slopeMbPerMinute } of report.memory)
    process.stdout.write(`memory of ${what}: at most ${peakMb} MB, ${slopeMbPerMinute} MB a minute\n`)
  for (const line of report.wrong.slice(0, 20)) process.stdout.write(`${line}\n`)
  const { kills, gatewayFaults, orgOutages } = report.disturbances
  const told = `${report.accepted} refunds accepted and ${report.refused} refused in ${clock(report.seconds * 1_000)}, with ${kills} kills, ${gatewayFaults} gateway faults and ${orgOutages} outages of the org`
  if (report.wrong.length > 0) throw new Error(`${told}: ${report.wrong.length} things are wrong, see ${values.report}`)
  process.stdout.write(
    `${told}: none lost, none twice, every one told as its gateway has it. Details: ${values.report}\n`,
  )
}

main().catch((error: unknown) => {
  process.stderr.write(`endurance: ${(error as Error).message}\n`)
  process.exit(1)
})
