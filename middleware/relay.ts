import { hostname } from 'node:os'
import type { Config } from './config.ts'
import type { Crm } from './crm/crm.ts'
import { SalesforceCrm } from './crm/salesforce-crm.ts'
import { openDatabase } from './database/database.ts'
import { findFolder } from './database/embedded-folder.ts'
import type { Database } from './database/database.ts'
import { startEmbedded } from './database/embedded.ts'
import { migrate } from './database/migrate.ts'
import { openGateway } from './gateways/registry.ts'
import { startServer } from './http/server.ts'
import type { Log } from './log.ts'
import { startMetricsServer } from './operations/metrics-server.ts'
import { openMetrics } from './operations/metrics.ts'
import { openReadiness } from './operations/readiness.ts'
import { startTracing } from './operations/tracing.ts'
import { applyEvent } from './refunds/apply-event.ts'
import { catchUp } from './refunds/catch-up.ts'
import { eraseOld } from './refunds/erase-old.ts'
import { putOffEvent, putOffRefund } from './refunds/failing-work.ts'
import { claimRefunds, doRefundWork } from './refunds/due-work.ts'
import { GatewayAccounts } from './refunds/gateway-accounts.ts'
import { claimEvents } from './refunds/gateway-events.ts'
import { joinPayments } from './refunds/join-payments.ts'
import { markSilence } from './refunds/mark-silence.ts'
import { PermittedUsers } from './refunds/permitted-users.ts'
import { claimWrites, writeBack } from './refunds/write-back.ts'
import { planWrites } from './refunds/write-budget.ts'
import { Worker } from './work/worker.ts'

/** How long an agent waits for the gateway before hearing what is known so far. */
const ANSWER_WITHIN_MS = 5_000
const CHORES_MS = 30_000
/** At gateways that keep their events: how often what was not delivered is fetched, the first time at once. */
const CATCH_UP_MS = 900_000
/** Node's timers count whole milliseconds, and may be early by one: the pause would not be over yet, and the next look half a second away. */
const SURELY_OVER_MS = 5

export interface Relay {
  readonly url: string
  /** Where Prometheus reads; null when it is switched off. */
  readonly metricsUrl: string | null
  /** Takes nothing new, finishes what is under way, then closes everything, an embedded PostgreSQL included. */
  stop(): Promise<void>
}

/** Everything, wired together: database, gateways, orgs, workers, then the door. */
export async function startRelay(config: Config, log: Log): Promise<Relay> {
  const closing: (() => Promise<void>)[] = []
  /** Whatever begins work; all of it at once, for what is due while another drains would be begun for nobody and prolong the stop. */
  const draining: (() => Promise<void>)[] = []
  const stop = async () => {
    await Promise.all(draining.splice(0).map((drain) => drain()))
    for (const close of closing.splice(0).reverse()) await close()
  }
  try {
    const instance = `${hostname()}-${process.pid}`
    if (config.tracing) {
      // Closed last: the end of the last refund is worth telling.
      const tracing = await startTracing(config.tracing.otlpUrl, instance)
      closing.push(() => tracing.close())
    }
    const databaseUrl = await databaseOf(config, log, closing)
    const applied = await migrate(databaseUrl)
    if (applied.length > 0) log.info({ count: applied.length }, 'migrations applied')
    const database = openDatabase(databaseUrl, {
      instance,
      onConnectionLost: (error) => log.warn({ detail: error.message }, 'a database connection was lost'),
    })
    closing.push(() => database.close())
    const begun = new Set<Promise<unknown>>()
    closing.push(async () => void (await Promise.all(begun)))
    await database.query('INSERT INTO orgs (org_id) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING', [
      config.orgs.map((org) => org.id),
    ])

    const accounts = accountsOf(config)
    const crms = new Map<string, Crm>(config.orgs.map((org) => [org.id, new SalesforceCrm(org)]))
    const metricsUrl = await serveMetrics(config, database, crms, closing)
    const permittedUsers = new PermittedUsers(database, crms)
    const workers = openWorkers(database, accounts, crms, log)
    for (const worker of workers.all) {
      worker.start()
      draining.push(() => worker.stop())
    }
    const joinedAt = new Map<string, number>()
    const chores: readonly (() => Promise<unknown>)[] = [
      () => permittedUsers.refreshStale(),
      () => markSilence(database, accounts.all),
      () => forgetOld(database, config, log),
      ...config.orgs.map(({ id }) => async () => {
        const crm = crms.get(id)!
        // As much an API call as one for a state that is not final, and held back as long.
        if (performance.now() - (joinedAt.get(id) ?? -Infinity) < planWrites(crm.apiUsage).holdMs) return
        joinedAt.set(id, performance.now())
        const ours = accounts.all.filter((account) => account.orgId === id)
        if ((await joinPayments(database, crm, id, ours)) > 0) workers.wake()
      }),
    ]
    draining.push(repeat(chores, CHORES_MS, log))
    draining.push(
      repeat(
        accounts.all.map((account) => () => catchUp(database, account.gateway, account.account)),
        CATCH_UP_MS,
        log,
      ),
    )

    const server = await startServer({
      ...config.server,
      orgs: config.orgs,
      database,
      accounts,
      permittedUsers,
      log,
      readiness: openReadiness(database, diskOf(config)),
      directDebit: config.directDebit,
      refundLimits: new Map(config.orgs.flatMap(({ id, limits }) => (limits ? [[id, limits]] : []))),
      limits: config.limits,
      onWork: workers.wake,
      onBegun(work) {
        begun.add(work)
        void work.finally(() => begun.delete(work))
      },
      answerWithinMs: ANSWER_WITHIN_MS,
    })
    draining.push(() => server.close())
    log.info({ address: server.url }, 'ready')
    return { url: server.url, metricsUrl, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function databaseOf(config: Config, log: Log, closing: (() => Promise<void>)[]): Promise<string> {
  if ('url' in config.database) return config.database.url
  const embedded = await startEmbedded({
    ...config.database.embedded,
    onNotice: (line) => log.info({ detail: line }, 'embedded PostgreSQL'),
  })
  closing.push(() => embedded.stop())
  return embedded.url
}

/** The disk of an embedded database; that of another server is its own operator's. */
function diskOf({ database }: Config) {
  if (!('embedded' in database)) return null
  const { directory, minimumFreeMegabytes } = database.embedded
  return { folder: findFolder(directory)?.data ?? directory, minimumFreeBytes: minimumFreeMegabytes * 1_048_576 }
}

async function serveMetrics(
  { metrics, orgs }: Config,
  database: Database,
  crms: ReadonlyMap<string, Crm>,
  closing: (() => Promise<void>)[],
): Promise<string | null> {
  if (metrics === false) return null
  const measured = openMetrics(
    database,
    orgs.map(({ id, name }) => ({ name, crm: crms.get(id)! })),
  )
  closing.push(async () => measured.close())
  const server = await startMetricsServer(measured, metrics)
  closing.push(() => server.close())
  return server.url
}

async function forgetOld(database: Database, { retention }: Config, log: Log): Promise<void> {
  const count = retention ? await eraseOld(database, retention.days) : 0
  if (count > 0) log.info({ count }, 'what was old was erased')
}

function accountsOf(config: Config): GatewayAccounts {
  return new GatewayAccounts(
    config.gatewayAccounts.map((settings) => ({
      account: settings.account,
      orgId: settings.org,
      live: settings.live,
      gateway: openGateway(settings),
    })),
    new Set(config.orgs.filter((org) => org.sandbox).map((org) => org.id)),
  )
}

function openWorkers(database: Database, accounts: GatewayAccounts, crms: ReadonlyMap<string, Crm>, log: Log) {
  const refunds = new Worker(
    {
      name: 'refunds',
      concurrency: 16,
      claim: (limit) => claimRefunds(database, limit),
      async run(job) {
        const { refund } = job
        const account = accounts.find(refund.gateway, refund.gatewayAccount)
        // An account that was taken out of the configuration: its refunds wait, and are shown to a person.
        if (!account) throw new Error(`no account ${refund.gateway} ${refund.gatewayAccount} is configured`)
        await doRefundWork(database, account.gateway, job)
        log.info({ refundId: refund.id, state: refund.state }, 'refund worked on')
        events.wake()
      },
      idOf: ({ refund }) => ({ refundId: refund.id }),
      putOff: (job) => putOffRefund(database, job),
    },
    log,
  )
  const events = new Worker(
    {
      name: 'events',
      concurrency: 8,
      claim: (limit) => claimEvents(database, limit),
      async run(event) {
        const account = accounts.find(event.gateway, event.account)
        if (!account) throw new Error(`no account ${event.gateway} ${event.account} is configured`)
        const outcome = await applyEvent(database, account.gateway, event)
        log.info({ gateway: event.gateway, event: event.gatewayKind, outcome }, 'event applied')
      },
      idOf: ({ id }) => ({ eventId: id }),
      putOff: (event) => putOffEvent(database, event),
    },
    log,
  )
  const writes = new Worker(
    {
      name: 'write-back',
      concurrency: 4,
      claim: () => claimWrites(database, crms),
      idOf: ({ orgId }) => ({ orgId }),
      async run(lease) {
        const { written, refused, nextInMs, failed } = await writeBack(database, crms.get(lease.orgId)!, lease)
        // What gathers meanwhile need not wait for the next poll as well.
        setTimeout(() => writes.wake(), nextInMs + SURELY_OVER_MS).unref()
        const { orgId } = lease
        if (failed)
          return log.warn(
            { orgId, detail: failed.error.message, againInMs: failed.againInMs },
            'Salesforce could not be written to',
          )
        log.info({ orgId, written, refused }, 'written to Salesforce')
      },
    },
    log,
  )
  return {
    all: [writes, events, refunds],
    wake: () => {
      refunds.wake()
      events.wake()
    },
  }
}

/**
 * Does the chores now and again and again, each whether or not another fails.
 * @returns what ends the repetition
 */
function repeat(chores: readonly (() => Promise<unknown>)[], everyMs: number, log: Log): () => Promise<void> {
  let running: Promise<unknown> = Promise.resolve()
  const run = () => {
    const failed = (error: unknown) => log.error({ error }, 'a chore failed; it is done again later')
    running = Promise.all(chores.map((chore) => chore().catch(failed)))
  }
  run()
  const timer = setInterval(run, everyMs)
  return async () => {
    clearInterval(timer)
    await running
  }
}
