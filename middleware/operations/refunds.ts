import { parseArgs } from 'node:util'
import type { ParseArgsConfig } from 'node:util'
import { z } from 'zod'
import { ConfigError, readConfig } from '../config.ts'
import { RefundError } from '../errors.ts'
import type { Command } from './command.ts'
import { UsageError } from './command.ts'
import { erase } from './erase-command.ts'
import { list } from './list-command.ts'
import { openLedger } from './open-ledger.ts'
import { reconcileCommand } from './reconcile-command.ts'
import { release, settle } from './settle-command.ts'
import { show } from './show-command.ts'
import { replay, retry } from './retry-command.ts'

const COMMANDS: Readonly<Record<string, Command>> = {
  list,
  show,
  retry,
  settle,
  release,
  replay,
  erase,
  reconcile: reconcileCommand,
}

const HELP = `What an operator does with refunds: see what is stuck and why, and mend it. Works while the middleware runs.

${Object.values(COMMANDS)
  .map(({ usage, about }) => `  ${usage}\n      ${about}`)
  .join('\n')}

  --config FILE   the middleware's configuration (.data/config.json, as npm start writes it)
  --json          for programs
  --help          this text
`

const OPTIONS = {
  config: { type: 'string', default: '.data/config.json' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const satisfies ParseArgsConfig['options']

async function main(): Promise<void> {
  const [name = '', ...rest] = process.argv.slice(2)
  const command = COMMANDS[name]
  const { values, positionals } = parseArgs({
    args: command ? rest : [name, ...rest].filter(Boolean),
    options: { ...command?.options, ...OPTIONS },
    allowPositionals: true,
  })
  if (values.help || (name === '' && positionals.length === 0)) return void process.stdout.write(HELP)
  if (!command) throw new UsageError(`there is no command "${positionals[0] ?? name}"; see --help`)
  const { config: path, json, help: _, ...options } = values
  const config = readConfig(path)
  const run = command.prepare(positionals, options)
  const ledger = await openLedger(config)
  try {
    const { data, text } = await run({ database: ledger.database, config })
    process.stdout.write(`${json ? JSON.stringify(data, null, 2) : text}\n`)
  } finally {
    await ledger.close()
  }
}

/** One line that helps; a defect of ours shows where it is. */
function lineOf(error: unknown): string {
  if (error instanceof RefundError) return `${error.message} ${error.details.remedy ?? ''}`.trim()
  if (error instanceof z.ZodError)
    return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
  if (error instanceof ConfigError || error instanceof UsageError) return error.message
  const { message, code } = error as NodeJS.ErrnoException
  return code?.startsWith('ERR_PARSE_ARGS') ? `${message}; see --help` : message
}

main().catch((error: unknown) => {
  process.stderr.write(`refunds: ${lineOf(error)}\n`)
  process.exitCode = 1
})
