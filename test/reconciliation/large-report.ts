import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { migrate } from '../../middleware/database/migrate.ts'
import { ACCOUNTS } from '../emulators/local-gateways.ts'
import { ORG_ID, startLocalWorld } from '../emulators/local-world.ts'
import { startOwnPostgres } from '../instances/own-postgres.ts'
import { Progress, clock } from '../progress.ts'

const HELP = `A large report: an accounting report of Adyen with one line for every refund, compared by the real command with a ledger
that holds as many. One line in a thousand has another amount, and one refund in a thousand has no line.

  npm run large-report -- --lines 1000000

  --lines N   lines of the report, and refunds in the ledger (default 1000000)
  --most MB   memory of the command at its highest; more is a failure (default 450)
  --help      this text
`

const COMMAND = fileURLToPath(new URL('../../middleware/operations/refunds.ts', import.meta.url))
const DAY = '2026-11-25'
const ONE_IN = 1_000
const CHUNK = 50_000
const MEGABYTE = 1024

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      lines: { type: 'string', default: '1000000' },
      most: { type: 'string', default: '450' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return void process.stdout.write(HELP)
  const [lines, most] = [Number(values.lines), Number(values.most)]
  if (!(lines >= ONE_IN) || !(most > 0)) throw new Error(`--lines must be ${ONE_IN} at least, --most above 0`)
  const directory = await mkdtemp(join(tmpdir(), 'refund-relay-report-'))
  const postgres = await startOwnPostgres()
  try {
    const world = await startLocalWorld({
      ...{ directory, keep: false, databaseUrl: postgres.url },
      middlewareUrl: () => 'http://127.0.0.1:1',
    })
    try {
      await fillLedger(postgres.url, lines)
      const report = join(directory, 'report.csv')
      await pipeline(Readable.from(reportOf(lines)), createWriteStream(report))
      await compare(world.configPath, report, lines, most)
    } finally {
      await world.close()
    }
  } finally {
    await postgres.close()
    await rm(directory, { recursive: true, force: true })
  }
}

/** As many refunds as the report has lines, paid on its day; history in a hurry, without its triggers. */
async function fillLedger(url: string, count: number): Promise<void> {
  await migrate(url)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const progress = new Progress(count, 'refunds in the ledger', process.stderr)
  try {
    await client.query('INSERT INTO orgs (org_id) VALUES ($1)', [ORG_ID])
    await client.query('ALTER TABLE refunds DISABLE TRIGGER USER')
    for (let from = 1; from <= count; from += CHUNK) {
      const range = [from, Math.min(from + CHUNK - 1, count)]
      await client.query(
        `INSERT INTO payments (org_id, payment_id, gateway, gateway_account, gateway_reference, currency, captured, refunded)
         SELECT $3, 'a01' || lpad(n::text, 15, '0'), 'adyen', $4, 'PAY' || n, 'EUR', 100, 10 FROM generate_series($1::int, $2::int) n`,
        [...range, ORG_ID, ACCOUNTS.adyen],
      )
      await client.query(
        `INSERT INTO refunds (id, org_id, payment_id, gateway, gateway_account, currency, kind, origin, state, amount, gateway_reference,
           evidence, evidence_at, decided_at, crm_version, crm_due_at)
         SELECT gen_random_uuid(), $3, 'a01' || lpad(n::text, 15, '0'), 'adyen', $4, 'EUR', 'refund', 'here', 'succeeded', 10, 'REF' || n,
           'event', '${DAY} 12:00Z', '${DAY} 12:00Z', 1, NULL FROM generate_series($1::int, $2::int) n`,
        [...range, ORG_ID, ACCOUNTS.adyen],
      )
      progress.at(range[1]!)
    }
    await client.query('ALTER TABLE refunds ENABLE TRIGGER USER')
    await client.query('ANALYZE')
  } finally {
    progress.end()
    await client.end()
  }
}

function* reportOf(lines: number): Generator<string> {
  yield 'Company Account,Merchant Account,Psp Reference,Booking Date,TimeZone,Main Currency,Main Amount,Record Type,Payment Currency,Captured (PC),Modification Psp Reference\n'
  for (let n = 1; n <= lines; n++) {
    if (n % ONE_IN === 1) continue
    const amount = n % ONE_IN === 0 ? '11.00' : '10.00'
    yield `Shop,${ACCOUNTS.adyen},PAY${n},${DAY} 12:00:00,UTC,EUR,-${amount},Refunded,EUR,${amount},REF${n}\n`
  }
}

/** The real command, watched from outside. */
async function compare(config: string, report: string, lines: number, most: number): Promise<void> {
  const account = ['--gateway', 'adyen', '--account', ACCOUNTS.adyen]
  const began = performance.now()
  const command = spawn(
    process.execPath,
    [COMMAND, 'reconcile', ...account, '--from', DAY, '--report', report, '--config', config],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let text = ''
  command.stdout.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')))
  let peak = 0
  let cpu = ''
  const watch = setInterval(() => {
    try {
      const [rss = '0', time = ''] = execFileSync('ps', ['-o', 'rss=,time=', '-p', String(command.pid)], {
        encoding: 'utf8',
      })
        .trim()
        .split(/\s+/)
      peak = Math.max(peak, Number(rss))
      cpu = time
    } catch {
      // It has just ended.
    }
  }, 500)
  const [code] = (await once(command, 'close')) as [number]
  clearInterval(watch)
  const took = performance.now() - began
  const expected = 2 * Math.ceil(lines / ONE_IN) - (lines % ONE_IN === 0 ? 0 : 1)
  const last = text.trim().split('\n').at(-1) ?? ''
  process.stdout.write(
    `${last}\n${lines} refunds, ${clock(took)} min, ${Math.round(lines / (took / 1_000))} a second, ${cpu} CPU of the command, ${Math.round(peak / MEGABYTE)} MB at most\n`,
  )
  if (code !== 0) throw new Error('the command failed')
  if (!last.includes(`${expected.toLocaleString('en')} breaks`))
    throw new Error(`it should have found ${expected} breaks`)
  if (peak / MEGABYTE > most) throw new Error(`it took more than ${most} MB`)
}

main().catch((error: unknown) => {
  process.stderr.write(`large-report: ${(error as Error).message}\n`)
  process.exitCode = 1
})
