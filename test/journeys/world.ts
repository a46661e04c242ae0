import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../middleware/config.ts'
import type {
  creditAnswerSchema,
  paymentAnswerSchema,
  previewSchema,
  refundAnswerSchema,
} from '../../middleware/http/refund-response-schema.ts'
import { openLog } from '../../middleware/log.ts'
import { startRelay } from '../../middleware/relay.ts'
import type { Relay } from '../../middleware/relay.ts'
import { ACCOUNTS } from '../emulators/local-gateways.ts'
import { startLocalWorld } from '../emulators/local-world.ts'
import type { LocalWorld, LocalWorldOptions } from '../emulators/local-world.ts'
import type { PaymentOptions as AdyenPayment } from '../emulators/adyen/company.ts'
import { card } from '../emulators/sample-payments.ts'
import type { SamplePayment } from '../emulators/sample-payments.ts'
import { freshDatabase } from '../fresh-database.ts'
import type { FreshDatabase } from '../fresh-database.ts'
import { LogCanary } from '../security/log-canary.ts'
import { until } from '../until.ts'

/** Gateways take longer to decide than to answer; tests that hear the decision first ask for that. */
const DECISION_MS = 400

export const AGENT = '005000000000001AAA'
export const OBSERVER = '005000000000002AAA'

type RefundAnswer = (typeof refundAnswerSchema)['_output']
type PreviewAnswer = (typeof previewSchema)['_output']
type CreditAnswer = (typeof creditAnswerSchema)['_output']
type PaymentAnswer = (typeof paymentAnswerSchema)['_output']

/** A whole product on real sockets: org, gateway, PostgreSQL, and the middleware in this process, as a member of its database role. */
export interface World extends LocalWorld {
  readonly database: FreshDatabase
  /** Adds a card payment at Adyen and tells how the org would ask for its refund. */
  pay(atGateway: AdyenPayment, inOrg: SamplePayment['inOrg']): Promise<PaidPayment>
  /** The same at any gateway. */
  payWith(payment: SamplePayment): Promise<PaidPayment>
  /** POST as the org does it. */
  post(path: string, body: object, options?: CallOptions): Promise<Answer<RefundAnswer & PreviewAnswer & CreditAnswer>>
  /** The middleware that runs now. */
  relay(): Relay
  /** POST /v1/refunds as the org does it. */
  request(body: object, options?: CallOptions): Promise<Answer<RefundAnswer>>
  get(path: string, options?: CallOptions): Promise<Answer<PaymentAnswer & RefundAnswer>>
  /** Restarts the middleware that much later by the clock of its leases and back-offs, e.g. "10 seconds". */
  later(interval: string): Promise<void>
  /** The Refund__c of a refund, once it says so. */
  record(refundId: string, stage: string): Promise<Record<string, unknown>>
}

export interface PaidPayment {
  readonly recordId: string
  readonly reference: string
  /** The body of POST /v1/refunds, without an amount. */
  readonly body: {
    paymentId: string
    gateway: string
    gatewayAccount: string
    gatewayReference: string
    capturedAmount: string
    currency: string
    route?: string
  }
}

export interface CallOptions {
  readonly key?: string
  readonly user?: string
  readonly token?: string
  readonly headers?: Record<string, string>
  /** Sent as it is instead of the JSON of the body. */
  readonly raw?: string
}

export interface Answer<Body> {
  readonly status: number
  readonly headers: Headers
  readonly body: Body & { readonly code: string; readonly detail: string; readonly field?: string }
}

export async function startWorld(
  options: Pick<LocalWorldOptions, 'pageDirectory' | 'outcomeDelayMs' | 'spacingMs' | 'limits' | 'orgLimits'> = {},
): Promise<World> {
  const directory = await mkdtemp(join(tmpdir(), 'refund-relay-world-'))
  const database = await freshDatabase()
  let relay: Relay | null = null
  const url = () => relay!.url
  const local = await startLocalWorld({
    outcomeDelayMs: DECISION_MS,
    ...options,
    directory,
    keep: false,
    middlewareUrl: url,
    // With the rights that it has in production: what it may not do, no journey needs.
    databaseUrl: database.serviceUrl,
  })
  const canary = new LogCanary(directory)
  const log = openLog('info', canary)
  relay = await startRelay(readConfig(local.configPath), log)

  let offset = '0'
  const restart = async () => {
    await relay!.stop()
    relay = await startRelay(readConfig(local.configPath), log)
  }

  const call = async (method: string, path: string, options: CallOptions, body?: object) => {
    const token = options.token ?? (await local.org.tokenFor(options.user ?? AGENT))
    const response = await fetch(url() + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(method === 'POST' && {
          'content-type': 'application/json',
          'idempotency-key': options.key ?? randomUUID(),
        }),
        ...options.headers,
      },
      ...(method === 'POST' && { body: options.raw ?? JSON.stringify(body) }),
    })
    return { status: response.status, headers: response.headers, body: await response.json() }
  }

  const payWith = async (payment: SamplePayment): Promise<PaidPayment> => {
    const { recordId, reference } = await local.addPayment(payment)
    const { Amount__c, Currency__c, Route__c, Scheme__c, Payment_Date__c } = payment.inOrg
    return {
      recordId,
      reference,
      body: {
        paymentId: recordId,
        gateway: payment.gateway,
        gatewayAccount: payment.account ?? ACCOUNTS[payment.gateway],
        gatewayReference: reference,
        capturedAmount: String(Amount__c),
        currency: String(Currency__c),
        ...(Route__c === 'Direct Debit' && { route: 'direct_debit', scheme: Scheme__c, collectedOn: Payment_Date__c }),
      },
    }
  }

  return {
    ...local,
    database,
    relay: () => relay!,
    async later(interval) {
      offset = `${offset} + ${interval}`
      const [row] = await database.database.query<{ offset: string }>(`SELECT (${intervals(offset)})::text AS offset`)
      const name = new URL(database.url).pathname.slice(1)
      await database.database.query(`ALTER DATABASE ${name} SET relay.clock_offset = '${row!.offset}'`)
      await restart()
    },
    pay: (atGateway, inOrg) =>
      payWith({ hint: '', gateway: 'adyen', atGateway, inOrg: { ...card(0, 'EUR', 'Visa', '2026-10-12'), ...inOrg } }),
    payWith,
    post: (path, body, options = {}) => call('POST', path, options, body),
    request: (body, options = {}) => call('POST', '/v1/refunds', options, body),
    get: (path, options = {}) => call('GET', path, options),
    record: (refundId, stage) =>
      until(() => {
        const row = local.org.rows('Refund__c').find((record) => record.Refund_Key__c === refundId)
        if (row?.Stage__c !== stage) throw new Error(`Refund__c ${refundId} is ${String(row?.Stage__c)}, not ${stage}`)
        return row
      }),
    async close() {
      await relay!.stop()
      await local.close()
      await database.close()
      await rm(directory, { recursive: true, force: true })
      canary.judge()
    },
  }
}

function intervals(sum: string): string {
  return sum
    .split(' + ')
    .map((interval) => `interval '${interval}'`)
    .join(' + ')
}
