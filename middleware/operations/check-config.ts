import { parseArgs } from 'node:util'
import { ConfigError, readConfig, refuseUnsafeEnvironment } from '../config.ts'
import type { Config } from '../config.ts'
import { checkEverything } from './check-everything.ts'
import type { Finding } from './finding.ts'
import { textTable } from './text-table.ts'

const HELP = `Looks whether everything that the configuration names is there and as it should be, and names a remedy for what is not.
It reads the file, reaches the database, every host, org and gateway account, and changes nothing.

  npm run check-config -- --config FILE [--json]       after npm run build: node dist/operations/check-config.js --config FILE

  --config FILE   the middleware's configuration (.data/config.json, as npm start writes it)
  --json          for programs
  --help          this text

Ends with 0 when nothing is missing, else with 1.
`

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      config: { type: 'string', default: '.data/config.json' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return void process.stdout.write(HELP)
  refuseUnsafeEnvironment(process.env)
  const config = readConfig(values.config)
  const findings = [
    { subject: values.config, what: 'valid', detail: 'secrets found and closed to others', remedy: null },
    retentionOf(values.config, config),
    ...(await checkEverything(config, progress)),
  ]
  const missing = findings.filter(({ remedy }) => remedy !== null)
  if (values.json) process.stdout.write(`${JSON.stringify({ ok: missing.length === 0, findings }, null, 2)}\n`)
  else process.stdout.write(`${report(findings)}\n\n${lastLine(missing.length, findings.length)}\n`)
  if (missing.length > 0) process.exitCode = 1
}

/** Nothing is wrong with either; whoever answers for personal data should see which it is. */
function retentionOf(subject: string, { retention }: Config): Finding {
  const detail = retention ? `notes and messages are erased after ${retention.days} days` : 'nothing is ever erased'
  return { subject, what: 'retention', detail, remedy: null }
}

/** On a terminal, one line that is written over; a check takes seconds each, so elsewhere nothing is needed. */
function progress(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[Kchecking ${what} …`)
}

function report(findings: readonly Finding[]): string {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  return textTable(
    ['', 'subject', 'what', 'found', 'remedy'],
    findings.map(({ subject, what, detail, remedy }) => [
      remedy === null ? '✓' : '✗',
      subject,
      what,
      detail,
      remedy ?? '',
    ]),
  )
}

function lastLine(missing: number, all: number): string {
  return missing === 0 ? `All ${all} checks passed.` : `${missing} of ${all} checks failed: see the remedies above.`
}

main().catch((error: unknown) => {
  const { message, code } = error as NodeJS.ErrnoException
  const line = error instanceof ConfigError || !code?.startsWith('ERR_PARSE_ARGS') ? message : `${message}; see --help`
  process.stderr.write(`check-config: ${line}\n`)
  process.exitCode = 1
})
