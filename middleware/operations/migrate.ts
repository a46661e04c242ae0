import { parseArgs } from 'node:util'
import { refuseUnsafeEnvironment } from '../config.ts'
import { migrate } from '../database/migrate.ts'
import { READER_ROLE, SERVICE_ROLE } from '../database/roles.ts'
import { secretSchema } from '../secret.ts'

const HELP = `Brings the tables up to date without starting the service, and gives the database's roles what they need:
${SERVICE_ROLE} for the service, ${READER_ROLE} for whoever only looks. As often as wanted.

  npm run migrate -- [--url-file FILE]                 after npm run build: node dist/operations/migrate.js

  --url-file FILE   holds postgres://…, of the owner of the tables; left out: the environment variable DATABASE_URL does
  --help            this text
`

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { 'url-file': { type: 'string' }, help: { type: 'boolean', default: false } },
  })
  if (values.help) return void process.stdout.write(HELP)
  refuseUnsafeEnvironment(process.env)
  const file = values['url-file']
  const url = secretSchema.safeParse(file === undefined ? { env: 'DATABASE_URL' } : { file })
  if (!url.success) throw new Error(`${url.error.issues[0]!.message}; see --help`)
  const applied = await migrate(url.data, { roles: true })
  const what = applied.length === 0 ? 'The tables were up to date' : `Applied ${applied.join(', ')}`
  process.stdout.write(`${what}; ${SERVICE_ROLE} and ${READER_ROLE} have what they need.\n`)
}

main().catch((error: unknown) => {
  const { message, code } = error as NodeJS.ErrnoException
  process.stderr.write(`migrate: ${code?.startsWith('ERR_PARSE_ARGS') ? `${message}; see --help` : message || code}\n`)
  process.exitCode = 1
})
