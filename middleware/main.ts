import { parseArgs } from 'node:util'
import { ConfigError, readConfig, refuseUnsafeEnvironment } from './config.ts'
import { openLog } from './log.ts'
import { startRelay } from './relay.ts'

const HELP = `Refund Relay: relays refunds from Salesforce to the gateway that took the money.

  node main.js --config FILE [--log-level LEVEL]

  --config FILE       the configuration, one JSON file (see the README)
  --log-level LEVEL   trace, debug, info (default), warn, error, silent
  --help              this text
`

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      config: { type: 'string' },
      'log-level': { type: 'string', default: 'info' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return void process.stdout.write(HELP)
  if (values.config === undefined)
    throw new ConfigError('--config is missing: name the configuration file, or see --help')
  refuseUnsafeEnvironment(process.env)
  const log = openLog(values['log-level'])
  const relay = await startRelay(readConfig(values.config), log)
  process.send?.({ url: relay.url, metricsUrl: relay.metricsUrl })
  let stopping = false
  const stop = (reason: string) => {
    if (stopping) return
    stopping = true
    log.info({ detail: reason }, 'stopping')
    relay.stop().then(() => process.exit(0), fail)
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  // Whoever started it over a channel has died: nobody is left to stop it.
  process.on('disconnect', () => stop('disconnect'))
}

function fail(error: unknown): never {
  const { message, code, port } = error as NodeJS.ErrnoException & { port?: number }
  const told =
    code === 'EADDRINUSE'
      ? `port ${port} is in use: choose another as server.port or metrics.port in the configuration`
      : message
  process.stderr.write(`refund-relay: ${told}\n`)
  process.exit(1)
}

main().catch(fail)
