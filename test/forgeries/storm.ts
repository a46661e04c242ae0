import { execFileSync } from 'node:child_process'
import { createHmac, randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { Pool } from 'undici'
import type { Database } from '../../middleware/database/database.ts'
import { openDatabase } from '../../middleware/database/database.ts'
import { startMiddleware } from '../../scripts/local/middleware-process.ts'
import type { MiddlewareProcess } from '../../scripts/local/middleware-process.ts'
import { startLocalWorld } from '../emulators/local-world.ts'
import type { LocalWorld } from '../emulators/local-world.ts'
import { Memory } from '../endurance/memory.ts'
import { PAYMENT_MIX, newPayment } from '../instances/payments.ts'
import { Caller } from '../instances/caller.ts'
import { until } from '../until.ts'
import { captured, secretsOf } from './captured.ts'
import type { Captured } from './captured.ts'
import { forgeries } from './forgery.ts'
import type { Forgery } from './forgery.ts'
import { digestOf, redated } from './ledger-digest.ts'

const MAIN = fileURLToPath(new URL('../../middleware/main.ts', import.meta.url))
/** Fewer than the middleware lets in at once, so that none is refused for being one too many. */
const CONNECTIONS = 24
const BATCH = 1_000
const SLOW_UPLOADS = 5
/** A run that is long enough for it may not grow faster in its later half: garbage comes and goes, a leak of each delivery would be far more. */
const MEASURED_FROM = 20_000
const MOST_MB_PER_MINUTE = 60

export interface StormOptions {
  readonly databaseUrl: string
  readonly count: number
  readonly seed: number
  readonly onProgress?: (done: number) => void
}

export interface StormReport {
  readonly sent: Readonly<Record<string, number>>
  readonly statuses: Readonly<Record<string, number>>
  readonly seconds: number
  readonly perSecond: number
  readonly memory: { readonly atFirstMb: number; readonly peakMb: number; readonly slopeMbPerMinute: number }
  /** Genuine deliveries with a changed eventDate, which Adyen does not sign: stored as news, and without effect. */
  readonly storedWithoutEffect: number
  readonly wrong: readonly string[]
}

/** Real refunds at every connection, then forged webhooks over HTTP at the process that made them; then genuine ones again. */
export async function storm(options: StormOptions): Promise<StormReport> {
  const directory = await mkdtemp(join(tmpdir(), 'refund-relay-forgeries-'))
  const database = openDatabase(options.databaseUrl)
  let middleware: MiddlewareProcess | null = null
  const world = await startLocalWorld({
    directory,
    keep: false,
    middlewareUrl: () => middleware!.url,
    databaseUrl: options.databaseUrl,
    outcomeDelayMs: 0,
    spacingMs: 0,
  })
  try {
    middleware = await startMiddleware(MAIN, world.configPath, '/dev/null')
    return await run(options, world, database, middleware, directory)
  } finally {
    await middleware?.stop()
    await world.close()
    await database.close()
    await rm(directory, { recursive: true, force: true })
  }
}

async function run(
  { count, seed, onProgress }: StormOptions,
  world: LocalWorld,
  database: Database,
  middleware: MiddlewareProcess,
  directory: string,
): Promise<StormReport> {
  const wrong: string[] = []
  middleware.onExit((line) => wrong.push(line))
  await refundAtEveryConnection(world, database, middleware.url)
  const goCardlessSecret = await readFile(join(directory, 'gocardless-webhook-secret'), 'utf8')
  const sign = (body: string) => createHmac('sha256', goCardlessSecret).update(body, 'utf8').digest('hex')
  const captures = captured(world, secretsOf(directory), sign)
  const before = await digestOf(database)
  const lastEvent = await redated.last(database)

  const sent: Record<string, number> = {}
  const statuses: Record<string, number> = {}
  const memory = new Memory()
  const pool = new Pool(middleware.url, { connections: CONNECTIONS, pipelining: 1 })
  const started = performance.now()
  const seconds = () => (performance.now() - started) / 1_000
  const send = async (forgery: Forgery) => {
    const status = await post(pool, forgery)
    sent[forgery.kind] = (sent[forgery.kind] ?? 0) + 1
    statuses[status] = (statuses[status] ?? 0) + 1
    const isRight = status >= 400 && status < 500 ? true : status === 200 && forgery.may === 'be taken as known'
    if (!isRight && wrong.length < 50)
      wrong.push(`${forgery.kind} was answered ${status}: ${forgery.path} ${forgery.body.slice(0, 200)}`)
  }

  const slow = Array.from({ length: SLOW_UPLOADS }, () => slowUpload(middleware.url, captures[0]!))
  await smuggle(middleware.url, captures[0]!)
  const made = forgeries(captures)
  memory.add(0, memoryOf(middleware.pid))
  for (let done = 0; done < count; done += BATCH) {
    const batch = fc.sample(made, { seed: seed + done, numRuns: Math.min(BATCH, count - done) })
    let next = 0
    const work = async () => {
      for (let forgery = batch[next++]; forgery; forgery = batch[next++]) await send(forgery)
    }
    await Promise.all(Array.from({ length: CONNECTIONS }, work))
    memory.add(seconds(), memoryOf(middleware.pid))
    onProgress?.(done + batch.length)
  }
  const took = seconds()
  for (const close of slow) close()
  await pool.close()

  if (count >= MEASURED_FROM && memory.slopeMbPerMinute > MOST_MB_PER_MINUTE) {
    wrong.push(`memory grows by ${memory.slopeMbPerMinute} MB a minute`)
  }
  await settled(database)
  for (const [table, digest] of Object.entries(await digestOf(database, lastEvent))) {
    if (digest !== before[table]) wrong.push(`${table} changed`)
  }
  const { stored, effects } = await redated.since(database, lastEvent)
  wrong.push(...effects)
  await refundAtEveryConnection(world, database, middleware.url).catch((error: unknown) =>
    wrong.push(`genuine deliveries no longer work: ${(error as Error).message}`),
  )
  return {
    sent,
    statuses,
    seconds: Math.round(took),
    perSecond: Math.round(count / took),
    memory: { atFirstMb: memory.firstMb, peakMb: memory.peakMb, slopeMbPerMinute: memory.slopeMbPerMinute },
    storedWithoutEffect: stored,
    wrong,
  }
}

/** One refund at each connection, and all that the gateways tell of it. */
async function refundAtEveryConnection(world: LocalWorld, database: Database, url: string): Promise<void> {
  const caller = new Caller(world.org)
  for (const like of new Set(PAYMENT_MIX)) {
    const { body, reference } = await newPayment(world, like)
    const answer = await caller.askUntilAnswered(() => url, randomUUID(), { ...body, amount: '20.00' })
    const id = answer.body.refund?.id
    if (like.gateway === 'braintree') {
      await world.braintree.settleWebhooks()
      // Card refunds at Braintree send no webhook; a dispute does.
      world.braintree.closeDispute(world.braintree.openDispute(reference), 'won')
    }
    for (const gateway of [world.adyen, world.braintree, world.goCardless]) await gateway.settleWebhooks()
    await until(async () => {
      const [row] = await database.query<{ state: string }>('SELECT state FROM refunds WHERE id = $1', [id])
      if (row?.state !== 'succeeded') throw new Error(`a refund at ${like.gateway} is ${row?.state}`)
    }, 30_000)
  }
  await settled(database)
}

/** Nothing is being applied or written any more. */
async function settled(database: Database): Promise<void> {
  await until(async () => {
    const [open] = await database.query<{ count: number }>(
      // One that is being applied is due at the end of its lease.
      `SELECT (SELECT count(*) FROM gateway_events WHERE due_at IS NOT NULL)::int
         + (SELECT count(*) FROM refunds WHERE crm_version < version)::int AS count`,
    )
    if (open!.count > 0) throw new Error(`${open!.count} things are still under way`)
  }, 60_000)
}

async function post(pool: Pool, { path, headers, body }: Forgery): Promise<number> {
  const { statusCode, body: answer } = await pool.request({ method: 'POST', path, headers, body })
  await answer.dump()
  return statusCode
}

function slowUpload(url: string, { path, body }: Captured): () => void {
  const socket = connect(Number(new URL(url).port), new URL(url).hostname)
  socket.on('error', () => undefined)
  socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 3)}`)
  return () => socket.destroy()
}

/** Requests that two servers could read differently; each connection is closed by the middleware, or by us. */
async function smuggle(url: string, { path, body }: Captured): Promise<void> {
  const inner = `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  const heads = [
    'Content-Length: 4\r\nTransfer-Encoding: chunked',
    'Content-Length: 4\r\nContent-Length: 400',
    'Transfer-Encoding: chunked, identity',
    'Transfer-Encoding : chunked',
    'Transfer-Encoding: xchunked',
    'Content-Length: +4',
    'Content-Length: 4, 4',
    'X-A: b\nX-B: c',
    'Expect: nothing',
  ]
  const tries = heads.map(
    (head) =>
      new Promise<void>((resolve) => {
        const socket = connect(Number(new URL(url).port), new URL(url).hostname, () =>
          socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\n${head}\r\n\r\n0\r\n\r\n${inner}`),
        )
        socket.setTimeout(2_000, () => socket.destroy())
        socket.on('error', () => undefined)
        socket.on('data', () => socket.destroy())
        socket.on('close', () => resolve())
      }),
  )
  await Promise.all(tries)
}

/** Bytes that the process has in memory. */
function memoryOf(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024
}
