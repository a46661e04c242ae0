import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { bundlePage } from '../test/emulators/org/page/bundle.ts'
import { startLocalWorld } from '../test/emulators/local-world.ts'
import { SAMPLE_PAYMENTS } from '../test/emulators/sample-payments.ts'
import { narrateRefunds } from './local/narrate-refunds.ts'
import { PortInUseError, requireFreePorts } from './local/free-ports.ts'
import { startMiddleware } from './local/middleware-process.ts'
import { forgetEverything } from './local/reset.ts'

const HELP = `Starts the whole product on this machine, without a credential: PostgreSQL, the middleware, a local org, and the
gateways Adyen, Braintree and GoCardless.
No money and no Salesforce is involved.

  npm start                   what was there before is kept in .data/
  npm start -- --reset        begins anew

  --port N               the middleware        (3000)
  --org-port N           the local org         (3001)
  --adyen-port N         the local Adyen       (3002)
  --braintree-port N     the local Braintree   (3003)
  --gocardless-port N    the local GoCardless  (3004)
  --metrics-port N       metrics of the middleware  (9090)
  --data FOLDER          where data is kept    (.data)
  --help                 this text
`

const ROOT = resolve(import.meta.dirname, '..')

function readOptions() {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean', default: false },
      reset: { type: 'boolean', default: false },
      port: { type: 'string', default: '3000' },
      'org-port': { type: 'string', default: '3001' },
      'adyen-port': { type: 'string', default: '3002' },
      'braintree-port': { type: 'string', default: '3003' },
      'gocardless-port': { type: 'string', default: '3004' },
      'metrics-port': { type: 'string', default: '9090' },
      data: { type: 'string', default: join(ROOT, '.data') },
    },
  })
  const port = (name: 'port' | 'org-port' | 'adyen-port' | 'braintree-port' | 'gocardless-port' | 'metrics-port') => {
    const number = Number(values[name])
    if (!Number.isInteger(number) || number < 1 || number > 65_535)
      throw new Error(`--${name} must be a port number, 1 to 65535`)
    return number
  }
  return {
    help: values.help,
    reset: values.reset,
    data: resolve(values.data),
    ports: {
      middleware: port('port'),
      org: port('org-port'),
      adyen: port('adyen-port'),
      braintree: port('braintree-port'),
      gocardless: port('gocardless-port'),
      metrics: port('metrics-port'),
    },
  }
}

async function main(): Promise<void> {
  const options = readOptions()
  if (options.help) return void process.stdout.write(HELP)
  const { ports, data } = options
  await requireFreePorts({
    '--port': ports.middleware,
    '--org-port': ports.org,
    '--adyen-port': ports.adyen,
    '--braintree-port': ports.braintree,
    '--gocardless-port': ports.gocardless,
    '--metrics-port': ports.metrics,
  })
  if (options.reset) await forgetEverything(data)
  mkdirSync(data, { recursive: true, mode: 0o700 })

  const say = (line: string) => process.stdout.write(`${line}\n`)
  const pageDirectory = join(data, 'page')
  await bundlePage({ forceApp: join(ROOT, 'force-app'), outDirectory: pageDirectory, onProgress: say })

  const middlewareUrl = `http://127.0.0.1:${ports.middleware}`
  const world = await startLocalWorld({
    directory: data,
    keep: true,
    middlewareUrl: () => middlewareUrl,
    ports,
    outcomeDelayMs: 1_500,
    pollOutcomeMs: 5_000,
    spacingMs: 7_000,
    pageDirectory,
  })
  const middleware = await startMiddleware(
    join(ROOT, 'middleware/main.ts'),
    world.configPath,
    join(data, 'middleware.log'),
  )

  say(`
  Refund Relay runs on this machine. No money and no Salesforce is involved.

  Payments, in a local org    ${world.org.url}
${world.links.map(({ label, url }) => `  ${`What ${label} saw`.padEnd(26)}  ${url}`).join('\n')}
  API of the middleware       ${middlewareUrl}/openapi.json
  Metrics of the middleware   http://127.0.0.1:${ports.metrics}/metrics
  Log of the middleware       ${join(data, 'middleware.log')}

  Open ${world.org.url}, choose a payment and press Refund. Sign in as Ava Agent, who may refund, or as Olu Observer, who may not.
  Payments to try:
${SAMPLE_PAYMENTS.map((payment, place) => `    PAY-${String(place + 1).padStart(9, '0')}   ${payment.hint}`).join('\n')}

  Ctrl-C stops everything. npm start keeps what happened, npm start -- --reset begins anew.
`)
  const quiet = narrateRefunds(world.org, say)

  let stopping = false
  const stop = async (exitCode: number) => {
    if (stopping) return
    stopping = true
    quiet()
    await middleware.stop()
    await world.close()
    process.exit(exitCode)
  }
  const stopOr = (exitCode: number) => void stop(exitCode).catch(fail)
  process.on('SIGINT', () => stopOr(0))
  process.on('SIGTERM', () => stopOr(0))
  middleware.onExit((line) => {
    process.stderr.write(`${line}\n`)
    stopOr(1)
  })
}

function fail(error: unknown): never {
  const told = error instanceof PortInUseError || error instanceof Error ? error.message : String(error)
  process.stderr.write(`npm start: ${told}\n`)
  process.exit(1)
}

main().catch(fail)
