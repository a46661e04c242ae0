import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startMiddleware } from '../../scripts/local/middleware-process.ts'
import type { MiddlewareProcess } from '../../scripts/local/middleware-process.ts'
import type { FreshDatabase } from '../fresh-database.ts'
import { builtMiddleware } from './built-middleware.ts'
import type { BenchContext } from './measure.ts'
import type { StandInOrder, StandInReport } from './stand-in-tally.ts'

export const ORG = '00D000000000001EAA'
export const AGENT = '005000000000001AAA'
export const STRANGER = '005000000000002AAA'
export const ACCOUNT = 'BenchECOM'
export const AUDIENCE = 'refund-relay-bench'
const WEBHOOK_USER = 'bench'

export interface BenchWorld {
  readonly database: FreshDatabase
  readonly configPath: string
  /** Of the stand-ins for Adyen and for the org. */
  readonly standInsUrl: string
  /** PEM; signs what the org asks for. */
  readonly requestKey: string
  readonly hmacKey: string
  /** The header of a webhook. */
  readonly authorization: string
  /** One more process of the middleware on the same database; `name` names its log and profile. */
  startMiddleware(name: string): Promise<MiddlewareProcess>
  /** What came before was to warm it up: from here on its CPU is looked at, where that was asked for. */
  warm(middleware: MiddlewareProcess): void
  order(order: StandInOrder): void
  report(): Promise<StandInReport>
  close(): Promise<void>
}

/** A database, stand-ins for Adyen and for an org in a process of their own, and the configuration of a middleware between them. */
export async function startBenchWorld(context: BenchContext): Promise<BenchWorld> {
  const directory = await mkdtemp(join(context.directory, 'world-'))
  const main = await builtMiddleware(context.directory)
  const database = await context.server.fresh()
  const standIns = fork(fileURLToPath(new URL('stand-ins.ts', import.meta.url)), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const standInsUrl = ((await nextMessage(standIns)) as { url: string }).url
  const running: MiddlewareProcess[] = []

  const [orgKeys, ourKeys] = [newKeys(), newKeys()]
  const hmacKey = randomBytes(32).toString('hex')
  const password = randomBytes(12).toString('hex')
  const secret = async (name: string, value: string) => {
    await writeFile(join(directory, name), value, { mode: 0o600 })
    return { file: join(directory, name) }
  }
  const configPath = join(directory, 'config.json')
  const config = {
    server: { port: 0, audience: AUDIENCE },
    database: { url: await secret('database-url', database.url) },
    metrics: { port: 0 },
    // One caller asks for everybody.
    limits: { requestsPerMinute: 1_000_000 },
    orgs: [
      {
        ...{ id: ORG, name: 'Bench', sandbox: true, loginUrl: standInsUrl, instanceUrl: standInsUrl },
        ...{ clientId: 'bench', username: 'integration@bench.local' },
        privateKey: await secret('integration-key', ourKeys.privateKey),
        requestCertificates: [await secret('request-certificate', orgKeys.publicKey)],
      },
    ],
    gatewayAccounts: [
      {
        ...{ gateway: 'adyen', account: ACCOUNT, org: ORG, live: false, baseUrl: standInsUrl },
        apiKey: await secret('api-key', 'bench'),
        webhook: {
          hmacKeys: [await secret('hmac-key', hmacKey)],
          username: WEBHOOK_USER,
          passwords: [await secret('webhook-password', password)],
        },
      },
    ],
  }
  await writeFile(configPath, JSON.stringify(config))

  return {
    database,
    configPath,
    standInsUrl,
    requestKey: orgKeys.privateKey,
    hmacKey,
    authorization: `Basic ${Buffer.from(`${WEBHOOK_USER}:${password}`).toString('base64')}`,
    async startMiddleware(name) {
      const log = join(directory, `${name}.log`)
      const middleware = await startMiddleware(
        main,
        configPath,
        log,
        context.profiles === null ? {} : profiling(join(context.profiles, name)),
      )
      running.push(middleware)
      return middleware
    },
    warm: ({ pid }) => void (context.profiles !== null && process.kill(pid, 'SIGUSR2')),
    order: (order) => void standIns.send(order),
    async report() {
      standIns.send({ kind: 'report' } satisfies StandInOrder)
      return (await nextMessage(standIns)) as StandInReport
    },
    async close() {
      await Promise.all(running.map((middleware) => middleware.stop()))
      standIns.disconnect()
      await once(standIns, 'exit')
      await database.close()
    },
  }
}

function newKeys() {
  return generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
}

function profiling(folder: string) {
  const preload = fileURLToPath(new URL('profile-preload.ts', import.meta.url))
  return { execArgv: ['--import', preload], env: { ...process.env, BENCH_PROFILES: folder } }
}

/** @throws Error when it ends instead */
export async function nextMessage(child: ChildProcess): Promise<unknown> {
  const ended = new AbortController()
  const exit = once(child, 'exit', { signal: ended.signal }).then(([code]) => {
    throw new Error(`a process of the bench ended (${String(code)})`)
  })
  const message = once(child, 'message', { signal: ended.signal }).then(([said]) => said as unknown)
  try {
    return await Promise.race([message, exit])
  } finally {
    exit.catch(() => {})
    message.catch(() => {})
    ended.abort()
  }
}
